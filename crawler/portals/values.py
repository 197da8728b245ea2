"""Values of portal files that are checked when the file is read: addresses, hosts, hours, keys."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urljoin, urlsplit

from pydantic import AfterValidator

from archive.urls import host_of


def _address(text: str) -> str:
    """An http or https address, or one relative to base_url."""
    text = text.strip()
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text)
    if scheme and scheme.group().lower() not in ("http:", "https:"):
        raise ValueError(f"has the address '{text}': only http and https can be crawled")
    if not text or re.search(r"[\s<>\"\\]", text):
        raise ValueError(f"has the address '{text}': write one without spaces, quotes or backslashes")
    if (scheme or text.startswith("//")) and not _has_host(text):
        raise ValueError(f"has the address '{text}', whose host or port is none: correct it")
    return text


def _absolute(text: str) -> str:
    """A whole http or https address with a host and a usable port."""
    text = _address(text)
    if urlsplit(text).scheme not in ("http", "https"):
        raise ValueError(f"has the address '{text}': write it whole, as https://www.example.gov.cn/")
    return text if urlsplit(text).path else text + "/"


def _has_host(text: str) -> bool:
    try:
        return host_of(urljoin("http://x/", text)) != ""
    except ValueError:
        return False


def _host(text: str) -> str:
    """A host, with its port if that is no default one, as ``host_of`` writes it."""
    host = text.strip().lower()
    try:
        if re.search(r"[/?#@\s]", host):
            raise ValueError("more than a host")
        return host_of(f"http://{host}/").removesuffix(":443")
    except ValueError as error:
        raise ValueError(
            f"names '{text}', which is no host: write it as www.example.gov.cn, with :port if it has one"
        ) from error


def _key(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}", text):
        raise ValueError(
            f"has '{text}': write a key in up to 80 letters, digits, hyphens, underscores and dots"
        )
    return text


def _hours(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError(f"has '{text}': write hours in which nothing is fetched as 08:30-18:00")
    return text


Address = Annotated[str, AfterValidator(_address)]
AbsoluteAddress = Annotated[str, AfterValidator(_absolute)]
Host = Annotated[str, AfterValidator(_host)]
Hours = Annotated[str, AfterValidator(_hours)]
Key = Annotated[str, AfterValidator(_key)]
