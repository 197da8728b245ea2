"""CSS selectors of profiles, compiled once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from lxml.cssselect import CSSSelector
from lxml.etree import _Element


@lru_cache(maxsize=2048)
def compiled(selector: str) -> CSSSelector:
    """The compiled selector; raises ``cssselect.SelectorError`` on a bad one (the portal loader checks them all)."""
    return CSSSelector(selector, translator="html")


def matches(root: _Element, selectors: Iterable[str]) -> Iterator[_Element]:
    """What each selector finds below ``root``: selectors in their order, elements in the document's."""
    for selector in selectors:
        yield from compiled(selector)(root)
