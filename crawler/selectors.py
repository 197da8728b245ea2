"""CSS selectors of profiles and portal files: ``css``, ``css::attr(name)``, ``css::text``; checked once,
compiled once.

``::text`` is the whole text below the element, whitespace collapsed (not Scrapy's direct text nodes: titles
hold ``<em>`` and ``<font>``). A selector that starts with ``::`` speaks of the element one starts from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cssselect
from lxml import etree

_TRANSLATOR = cssselect.HTMLTranslator()
_STRING = etree.XPath("string()")


class BadSelector(ValueError):
    """A selector that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Selector:
    """One compiled selector. ``css`` is the part before ``::``, ``attribute`` the attribute's name or None
    for text.
    """

    css: str
    attribute: str | None
    find: etree.XPath | None

    def elements(self, root: etree._Element) -> list[etree._Element]:
        """Matches at or below ``root``, in document order."""
        if self.find is None:
            return [root]
        return list(self.find(root))

    def value(self, element: etree._Element) -> str:
        """What the selector takes from one match: an attribute, else its text; empty if there is none."""
        if self.attribute is not None:
            return " ".join((element.get(self.attribute) or "").split())
        return text_of(element)

    def values(self, root: etree._Element) -> list[str]:
        """The non-empty values of all matches at or below ``root``."""
        found = (self.value(element) for element in self.elements(root))
        return [value for value in found if value]


def text_of(element: etree._Element) -> str:
    """All text below ``element``, comments left out, whitespace (also U+3000 and nbsp) collapsed."""
    return " ".join(str(_STRING(element)).split())


@lru_cache(maxsize=1024)
def compile_selector(selector: str) -> Selector:
    """Compile ``selector``; raises :class:`BadSelector`."""
    if selector.startswith("::"):
        return Selector("", _taken(cssselect.parse("*" + selector)), None)
    try:
        parsed = cssselect.parse(selector)
        attribute = _taken(parsed)
        xpath = " | ".join(_TRANSLATOR.selector_to_xpath(part, "descendant-or-self::") for part in parsed)
        return Selector(selector.partition("::")[0].strip(), attribute, etree.XPath(xpath))
    except (cssselect.SelectorError, etree.XPathSyntaxError, RecursionError) as error:
        raise BadSelector(f"is not a CSS selector ({error}): correct it") from error


def _taken(parsed: list[cssselect.Selector]) -> str | None:
    """The attribute that all parts of a selector group take, None for text."""
    taken = {_pseudo(part.pseudo_element) for part in parsed}
    if len(taken) > 1:
        raise BadSelector("takes different things in its parts; write a list of selectors instead")
    return taken.pop()


def _pseudo(pseudo: Any) -> str | None:
    if pseudo is None or pseudo == "text":
        return None
    arguments = getattr(pseudo, "arguments", None)
    if getattr(pseudo, "name", None) == "attr" and arguments and len(arguments) == 1 and arguments[0].value:
        return str(arguments[0].value)
    raise BadSelector("ends in something else than ::text or ::attr(name): end it in one of them")
