"""Addresses in listings: which of them can be documents."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal
from urllib.parse import urljoin, urlsplit

from archive.urls import host_of
from crawler.platforms.model import Urls

MAX_LENGTH = 2048
_QUOTED = re.compile(r"""['"]([^'"\s]{1,2000})['"]""")
_NO_LINK = re.compile(r"(?:javascript|mailto|tel|data|about|vbscript|file|ftp)\s?:", re.IGNORECASE)

Likeness = Literal["document", "file", "offsite"]


def resolve(raw: str, base: str) -> str | None:
    """``raw`` as an absolute http(s) address of at most ``MAX_LENGTH`` characters, else None."""
    url = absolute(raw, base)
    return url if url is not None and len(url) <= MAX_LENGTH else None


def absolute(raw: str, base: str) -> str | None:
    """``raw`` as an absolute http(s) address of any length; None for anchors, scripts, mail and addresses that
    are none. As browsers do, tabs and line ends inside are dropped and ``\\`` counts as ``/``.
    """
    raw = re.sub(r"[\t\r\n\0]", "", raw).strip()
    if not raw or raw.startswith("#") or _NO_LINK.match(raw):
        return None
    try:
        url = urljoin(base, raw.replace("\\", "/").replace(" ", "%20"))
        parts = urlsplit(url)
        usable = (
            parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return None
    return url if usable else None


def from_script(value: str) -> str | None:
    """The address in an ``onclick``: its first quoted string that looks like one."""
    for found in _QUOTED.finditer(value[:MAX_LENGTH]):
        text = found.group(1)
        if "/" in text or re.search(r"\.[a-z]{3,5}(?:\?|$)", text):
            return text
    return None


def is_file(urls: Urls, url: str) -> bool:
    """Whether the address is that of a file, by its extension (``urls.files``)."""
    name = urlsplit(url).path.rpartition("/")[2]
    return "." in name and name.rpartition(".")[2].lower() in urls.files


def likeness(urls: Urls, own_hosts: frozenset[str], url: str) -> Likeness | None:
    """What an entry's address looks like; None: it is no document of this family (navigation, another
    column).
    """
    if any(pattern.search(url) for pattern in _compiled(tuple(urls.exclude))):
        return None
    try:
        own = host_of(url) in own_hosts
    except ValueError:
        return None
    if not own:
        return "offsite"
    if is_file(urls, url):
        return "file"
    patterns = _compiled(tuple(urls.document))
    return "document" if not patterns or any(pattern.search(url) for pattern in patterns) else None


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)
