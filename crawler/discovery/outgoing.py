"""The links of a page, in its order, with the names that they are shown under."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crawler.engines import links
from crawler.selectors import text_of

_LINKS = ("a", "area", "iframe", "frame")
MAX_LINKS = 3000
"""A page with more is read no further: menus of real portals stay far below."""


@dataclass(frozen=True, slots=True)
class Link:
    """``frame``: the address of an (i)frame, which is a part of the page rather than a link."""

    name: str
    url: str
    frame: bool = False


def outgoing(root: etree._Element | None, base: str) -> list[Link]:
    """Links and frames of a page: each address once (its fragment counts), with the first name that it has.

    ``data-url`` and ``onclick`` stand in for an ``href`` that leads nowhere (platforms.md §1: 内蒙古, §11).
    """
    found: dict[str, Link] = {}
    if root is None:
        return []
    for link in _all(root, _base(root, base)):
        known = found.get(link.url)
        if known is None or (not known.name and link.name):
            found[link.url] = link
        if len(found) >= MAX_LINKS:
            break
    return list(found.values())


def _all(root: etree._Element, base: str) -> Iterator[Link]:
    for element in root.iter("a", "area", "iframe", "frame", "li", "span", "div", "td", "button"):
        frame = element.tag in ("iframe", "frame")
        if element.tag not in _LINKS and not element.get("onclick"):
            continue
        for raw in _addresses(element, frame):
            url = links.resolve(raw, base)
            if url is not None:
                yield Link(_name(element), url, frame)
                break


def _addresses(element: etree._Element, frame: bool) -> Iterator[str]:
    if frame:
        yield element.get("src") or element.get("data-src") or ""
        return
    yield element.get("href") or ""
    yield element.get("data-url") or ""
    yield links.from_script(element.get("onclick") or "") or ""


def _name(element: etree._Element) -> str:
    shown = text_of(element) or element.get("title") or element.get("alt") or element.get("name") or ""
    if not shown:
        shown = next((image.get("alt") or image.get("title") or "" for image in element.iter("img")), "")
    return " ".join(shown.split())[:80]


def _base(root: etree._Element, url: str) -> str:
    for element in root.iter("base"):
        return links.resolve(element.get("href") or "", url) or url
    return url
