"""Where an element stands, as a selector that a profile can use."""

from __future__ import annotations

import re

from cssselect import SelectorError
from lxml.etree import _Element

from pipelines.select import Selector

_NAME = re.compile(r"[A-Za-z_][\w-]*\Z", re.ASCII)
_MOST_STEPS = 8


def selector_of(element: _Element) -> str:
    """A CSS selector whose first match in the page is ``element``: the shortest end of its path that begins with a name.

    Steps are ids, else a tag with its first class, else a tag with its number among its siblings. Where nothing
    around the element has a name it is the shortest end that matches; of a very deep element only the end of its path.
    """
    root = element.getroottree().getroot()
    steps: list[str] = []
    nameless = ""
    node: _Element | None = element
    while node is not None and len(steps) < _MOST_STEPS:
        for step in _steps(node):
            path = " > ".join([step, *steps])
            if (named := "#" in step or "." in step) or not nameless:
                if not _is_first(path, root, element):
                    continue
                if named:
                    return path
                nameless = path
        steps.insert(0, _steps(node)[-1])
        node = node.getparent()
    return nameless or " > ".join(steps)


def _steps(node: _Element) -> list[str]:
    """The ways to name one element, from the best readable to the most exact."""
    found = []
    identifier = node.get("id")
    if identifier and _NAME.match(identifier):
        found.append(f"#{identifier}")
    classes = [name for name in (node.get("class") or "").split() if _NAME.match(name)]
    if classes:
        found.append(f"{node.tag}.{classes[0]}")
    parent = node.getparent()
    alike = [node] if parent is None else list(parent.iterchildren(node.tag))
    if len(alike) == 1:
        return [*found, node.tag]
    return [*found, f"{node.tag}:nth-of-type({alike.index(node) + 1})"]


def _is_first(path: str, root: _Element, element: _Element) -> bool:
    try:
        matched = Selector(path)(root)
    except SelectorError:  # a tag whose name is none in CSS (o:p)
        return False
    return bool(matched) and matched[0] is element
