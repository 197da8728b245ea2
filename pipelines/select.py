"""CSS selectors of profiles, compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from cssselect.xpath import XPathExpr
from lxml.cssselect import LxmlHTMLTranslator
from lxml.etree import XPath, _Element

# Conditions on one attribute, as cssselect writes them, and as a step to the attribute that fulfils them.
_STEPS = (
    (re.compile(r"@([a-z][\w-]*) = ('[^']*')"), r"@\1[. = \2]"),
    (re.compile(r"@([a-z][\w-]*) and (contains|starts-with)\(@\1, ('[^']*')\)"), r"@\1[\2(., \3)]"),
    (
        re.compile(
            r"@([a-z][\w-]*) and contains\(@\1, '[^']*'\) "
            r"and contains\(concat\(' ', normalize-space\(@\1\), ' '\), ('[^']*')\)"
        ),
        r"@\1[contains(concat(' ', normalize-space(.), ' '), \2)]",
    ),
)


class _Expression(XPathExpr):
    """A step that starts from the attribute: ``*/@id[. = 'zoom']/..`` finds what ``*[@id = 'zoom']`` finds.

    Few elements have the attribute, and libxml2 takes a sixth of the time.
    """

    def __str__(self) -> str:
        for condition, step in _STEPS:
            found = condition.fullmatch(self.condition)
            if found:
                return f"{self.path}{self.element}/{found.expand(step)}/.."
        return super().__str__()


@lru_cache(maxsize=2048)
def compiled(selector: str) -> XPath:
    """The compiled selector; raises ``cssselect.SelectorError`` on a bad one (the portal loader checks them all)."""
    translator = LxmlHTMLTranslator()
    translator.xpathexpr_cls = _Expression
    return XPath(translator.css_to_xpath(selector))


def matches(root: _Element, selectors: Iterable[str]) -> Iterator[_Element]:
    """What each selector finds below ``root``: selectors in their order, elements in the document's."""
    for selector in selectors:
        yield from compiled(selector)(root)
