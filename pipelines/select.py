"""CSS selectors of profiles, compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from cssselect import GenericTranslator, parser
from lxml.cssselect import CSSSelector
from lxml.etree import XPath, _Element

_IS_MERE = re.compile(r"([A-Za-z][A-Za-z0-9]*)?([.#])([A-Za-z_][\w-]*)")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_TESTS = {"=": ". = {}", "*=": "contains(., {})", "^=": "starts-with(., {})"}


class Selector:
    """A compiled selector: called with an element, it gives what it matches at or below it, in document order.

    Most selectors of a profile match nothing on a page. So first the attribute is looked for without which there is
    no match, along the attribute axis: a tenth of the time, as few elements have it. For a mere class or id (of
    one tag or any) its elements are the answer, a class among the names of each. (In XPath the step back to them would be quadratic: libxml2 compares each with all.)
    """

    def __init__(self, selector: str) -> None:
        self._find = CSSSelector(selector, translator="html")
        parsed = parser.parse(selector)
        needed = _needed(parsed[0].parsed_tree) if len(parsed) == 1 else None
        self._attributes = XPath(f"descendant-or-self::*/{needed}") if needed else None
        mere = _IS_MERE.fullmatch(selector.strip())
        self._is_mere = mere is not None
        self._tag = mere.group(1).lower() if mere and mere.group(1) else None
        self._class = mere.group(3) if mere and mere.group(2) == "." else None

    def __call__(self, root: _Element) -> list[_Element]:
        if self._attributes is not None:
            attributes = self._attributes(root)
            if self._class is not None:
                # White space in CSS is ASCII's.
                attributes = [names for names in attributes if self._class in _SPACES.split(names)]
            if self._is_mere or not attributes:
                elements = [attribute.getparent() for attribute in attributes]
                return [node for node in elements if node.tag == self._tag] if self._tag else elements
        found: list[_Element] = self._find(root)
        return found


def _needed(tree: parser.Tree) -> str | None:
    """The attribute that some element must have for anything to match, as an XPath step; None if that is not simple."""
    if isinstance(tree, parser.CombinedSelector):
        return _needed(tree.selector) or _needed(tree.subselector)
    value: str | None
    if isinstance(tree, parser.Class):
        name, value, test = "class", tree.class_name, "contains(., {})"
    elif isinstance(tree, parser.Hash):
        name, value, test = "id", tree.id, ". = {}"
    elif isinstance(tree, parser.Attrib) and tree.operator in _TESTS and not tree.namespace and not tree.flag:
        name, value, test = tree.attrib.lower(), tree.value and tree.value.value, _TESTS[tree.operator]
    else:
        return None
    if value is None or not (name.isascii() and name.isalpha()):
        return None
    return f"@{name}[{test.format(GenericTranslator.xpath_literal(value))}]"


@lru_cache(maxsize=2048)
def compiled(selector: str) -> Selector:
    """The compiled selector; raises ``cssselect.SelectorError`` on a bad one (the portal loader checks them all)."""
    return Selector(selector)


def matches(root: _Element, selectors: Iterable[str]) -> Iterator[_Element]:
    """What each selector finds below ``root``: selectors in their order, elements in the document's."""
    for selector in selectors:
        yield from compiled(selector)(root)
