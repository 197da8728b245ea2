"""Which elements of a body may be no part of it: hidden ones, and those named as furniture is."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import XPath, _Element, iterwalk

from pipelines.body.furniture import is_furniture_element, is_furniture_name
from pipelines.markup import is_hidden
from pipelines.remember import remembered

_VALUES = XPath("descendant::*/@*", smart_strings=False)
_HIDDEN = XPath("boolean(descendant::*/@hidden)")


def suspects(element: _Element) -> Iterator[_Element]:
    """The outermost elements within ``element`` that are hidden or named as furniture."""
    if not _may_hold_any(element):
        return
    walker = iterwalk(element, events=("start",))
    for _, node in walker:
        if node is not element and (is_furniture_element(node) or is_hidden(node)):
            walker.skip_subtree()
            yield node


def _may_hold_any(element: _Element) -> bool:
    """Whether there is any reason to look at each element: along the attribute axis that is soon told."""
    return (
        any(_hints_at_one(value) for value in set(_VALUES(element)))
        or bool(_HIDDEN(element))
        or next(element.iter("nav", "footer"), None) is not None
    )


@remembered
def _hints_at_one(value: str) -> bool:
    """Whether the value of any attribute could be the name of furniture, or a style that hides."""
    return "display" in value.lower() or is_furniture_name(value.lower())
