"""The element of a new page that holds a body that is known, and what stands in it beside."""

from __future__ import annotations

from collections.abc import Sequence

from lxml.etree import _Element

from archive.history.similarity import condense
from crawler.repair.elements import lost
from crawler.repair.parsed import Parsed
from crawler.repair.paths import Target
from pipelines.body.find import find_body
from pipelines.detail import Detail
from pipelines.markup import SILENT

_PIECE = 12
"""Characters that a paragraph must have to be told from another one."""

_MOST_PIECES = 60
_DEEPEST = 30
_ENOUGH = 0.9
"""The share of a body's paragraphs that its container must hold: the rest may have been edited."""


def body_targets(page: Parsed, height: int) -> Target:
    """The innermost element that holds the known body, or its ancestor ``height`` levels up; none where it is read."""
    root = page.page.root
    wanted = _pieces(page.known.body_text)
    if not wanted or not lost(page, "body_text"):
        return Target(root, [])
    element = _innermost(root, wanted)
    for _ in range(height):
        parent = element.getparent() if element is not None else None
        element = parent if parent is not None and parent.tag not in ("body", "html") else None
    return Target(root, [] if element is None or element.tag in ("body", "html") else [element])


def surplus_targets(page: Parsed, detail: Detail) -> Target:
    """Elements of the body as it is read of whose text the known body has nothing."""
    root = page.page.root
    if not lost(page, "body_text"):
        return Target(root, [])
    origin = find_body(page.page, detail).origin
    known = condense(page.known.body_text)
    if origin is None or not known:
        return Target(root, [])
    return Target(root, list(_foreign(origin, known, 0))[:6])


def _foreign(element: _Element, known: str, depth: int) -> Sequence[_Element]:
    """The largest elements below with a text of which ``known`` holds no line, not deeper than a page's own boxes."""
    found: list[_Element] = []
    for child in element.iterchildren("*"):
        lines = [condense(text) for text in child.itertext()]
        lines = [line for line in lines if line]
        if child.tag in SILENT or not lines:
            continue
        if not any(line in known for line in lines):
            found.append(child)
        elif len(child) and depth < _DEEPEST and len(found) < 20:
            found += _foreign(child, known, depth + 1)
    return found


def _pieces(body: str) -> list[str]:
    """What the body's paragraphs begin with, without what a layout may change."""
    lines = [condense(part) for line in body.split("\n") for part in line.split(" | ")]
    return list(dict.fromkeys(line[:40] for line in lines if len(line) >= _PIECE))[:_MOST_PIECES]


def _innermost(root: _Element, wanted: Sequence[str]) -> _Element | None:
    """Down from the root as long as one child holds enough of what is wanted."""
    least = max(1, int(_ENOUGH * len(wanted)))
    element, held = root, _held(root, wanted)
    if held < least:
        return None
    while True:
        below = next(
            (
                child
                for child in element.iterchildren("*")
                if child.tag not in SILENT and _held(child, wanted) >= held
            ),
            None,
        )
        if below is None:
            return element
        element = below


def _held(element: _Element, wanted: Sequence[str]) -> int:
    text = condense("".join(element.itertext()))
    return sum(piece in text for piece in wanted)
