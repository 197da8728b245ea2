"""The address of the next listing page: the suffix rules of platforms.md §22, and links to it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from lxml import etree

from archive.urls import host_of
from crawler.engines import links
from crawler.engines.base import ListingError
from crawler.selectors import compile_selector

_NUMBERED = re.compile(r"^(.{0,200}?)([0-9]{1,6})(\.[A-Za-z]{2,6})?$")


def page_address(
    rule: str,
    first: str,
    page: int,
    *,
    stem: str | None = None,
    ext: str | None = None,
    default_ext: str = "html",
    number: int | None = None,
) -> str:
    """The address of page ``page`` (from 2), ``first`` being that of page 1.

    ``stem`` and ``ext``: as the page itself announces them, else they are taken from ``first`` (a directory
    is ``index``). ``number``: for ``descending``, the page's own number, counted down from the last. Raises
    :class:`ListingError` where the rule does not fit ``first``.
    """
    parts = urlsplit(first)
    folder, _, name = parts.path.rpartition("/")
    shown_stem, _, shown_ext = name.rpartition(".") if "." in name else (name, "", "")
    stem = stem or shown_stem or "index"
    ext = ext or shown_ext or default_ext
    if rule == "zero":
        last = f"{stem}_{page - 1}.{ext}"
    elif rule == "one":
        last = f"{stem}_{page}.{ext}"
    elif rule == "bare":
        last = f"{page}.{ext}"
    elif rule == "descending":
        last = f"{stem}/{number}.{ext}"
    elif rule == "path":
        last = f"{name}/{page}" if name else str(page)
    else:
        last = _segment(name, page, first)
    return urlunsplit((parts.scheme, parts.netloc, f"{folder}/{last}", parts.query, ""))


def _segment(name: str, page: int, first: str) -> str:
    match = _NUMBERED.match(name)
    if match is None:
        raise ListingError(f"{first} ends in no page number: give the address of page 1, as …/page_1.html")
    return f"{match.group(1)}{page}{match.group(3) or ''}"


def next_link(selector: str, root: etree._Element | None, base: str, current: str) -> str | None:
    """Where the page's own next link leads; None where it has none, or one elsewhere, to itself or to a
    script.
    """
    if root is None:
        return None
    compiled = compile_selector(selector)
    for element in compiled.elements(root):
        raw = element.get(compiled.attribute or "href", "")
        url = links.resolve(raw, base)
        if url is None or url.partition("#")[0] == current.partition("#")[0]:
            continue
        if host_of(url) == host_of(current):
            return url
    return None
