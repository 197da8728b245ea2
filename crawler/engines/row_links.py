"""The links of a row that can be documents."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from crawler.engines import links
from crawler.platforms.model import Listing, Urls
from crawler.selectors import compile_selector, text_of


@dataclass(frozen=True, slots=True)
class RowLink:
    """One link: ``css`` is the selector that found ``element``."""

    url: str
    element: etree._Element
    css: str
    offsite: bool


def document_links(
    listing: Listing, urls: Urls, own_hosts: frozenset[str], row: etree._Element, base: str
) -> tuple[list[RowLink], int]:
    """The row's links that can be documents, each address once, and how many links it has in all: over-long
    ones (``links.MAX_LENGTH``) are counted, never followed.

    Those of the portal come first. Where the same address stands twice, the first link with a text counts
    (``<a href="x"><a href="x">title</a>``).
    """
    seen = 0
    found: dict[str, RowLink] = {}
    for selector in map(compile_selector, listing.link):
        for element in selector.elements(row):
            # As it is written, not a selector's value: a line end inside an address is dropped, not a space.
            raw = element.get(selector.attribute or "href", "")
            if selector.attribute == "onclick":
                raw = links.from_script(raw) or ""
            url = links.absolute(raw, base)
            if url is None:
                continue
            seen += 1
            if len(url) > links.MAX_LENGTH:
                continue
            like = links.likeness(urls, own_hosts, url)
            known = found.get(url)
            if like is not None and (known is None or not text_of(known.element)):
                found[url] = RowLink(url, element, selector.css, offsite=like == "offsite")
    return sorted(found.values(), key=lambda link: link.offsite), seen
