"""A page as a flat row of cells: the text of each innermost block, in document order, from one walk."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from lxml.etree import _Element

from pipelines.markup import BLOCKS, SILENT
from pipelines.scripts import written_text

# Anything longer is prose, in which nobody looks for labels.
LONGEST = 4000
# What `br` is in the text of a cell: white space that ends a line, unlike a line feed of the source.
BREAK = "\u2028"


@dataclass(slots=True)
class Cell:
    """The text of one block between two block boundaries.

    ``text`` is the text nodes joined as they stand (``br`` is ``BREAK``); ``runs`` are the offsets where the
    text nodes begin, so that a label in its own ``span`` or ``b`` can be told from prose. ``owner`` is the block
    element, ``table_cell`` the innermost td or th around it.
    """

    text: str
    runs: Sequence[int]
    owner: _Element
    table_cell: _Element | None


@dataclass(slots=True)
class Cells:
    """All cells of a tree that hold more than white space.

    ``extent`` maps each block element to its cells (first, one past the last); ``rows`` each ``tr`` to its own
    td and th elements; ``tables`` each table to its own rows; ``headings`` are h1 to h6 in document order.
    """

    items: list[Cell] = field(default_factory=list)
    extent: dict[_Element, tuple[int, int]] = field(default_factory=dict)
    rows: dict[_Element, list[_Element]] = field(default_factory=dict)
    tables: dict[_Element, list[_Element]] = field(default_factory=dict)
    headings: list[_Element] = field(default_factory=list)

    def text_of(self, element: _Element) -> str:
        """The text of a block element, its cells separated by a space."""
        first, last = self.extent.get(element, (0, 0))
        return " ".join(cell.text for cell in self.items[first:last])

    def within(self, element: _Element) -> Iterator[tuple[int, Cell]]:
        """The cells of a block element with their numbers."""
        first, last = self.extent.get(element, (0, 0))
        for number in range(first, last):
            yield number, self.items[number]


class _Tables:
    """The tables, rows and table cells that are open while the walk goes on."""

    def __init__(self, found: Cells) -> None:
        self.found = found
        self.cells: list[_Element | None] = [None]
        self.rows: list[_Element] = []
        self.tables: list[_Element] = []

    def start(self, node: _Element) -> None:
        found, tag = self.found, node.tag
        if tag == "tr":
            self.rows.append(node)
            found.rows[node] = []
            if self.tables:
                found.tables[self.tables[-1]].append(node)
        elif tag == "table":
            self.tables.append(node)
            self.cells.append(None)
            found.tables[node] = []
        else:
            self.cells.append(node)
            if self.rows:
                found.rows[self.rows[-1]].append(node)

    def end(self, node: _Element) -> None:
        tag = node.tag
        if tag == "tr":
            self.rows.pop()
            return
        self.cells.pop()
        if tag == "table":
            self.tables.pop()


_SILENT, _BREAK, _BLOCK, _TABLE, _HEADING = 1, 2, 3, 4, 5
_KINDS = {
    **dict.fromkeys(BLOCKS, _BLOCK),
    **dict.fromkeys(("table", "tr", "td", "th"), _TABLE),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _HEADING),
    "br": _BREAK,
    **dict.fromkeys(SILENT, _SILENT),
}
_ONE_RUN = (0,)


def cells(root: _Element) -> Cells:
    """Walk ``root`` once. Scripts count only for the text that they write into the page (``document.write``)."""
    # Most of a page is navigation: for its thousands of small blocks this loop calls as little as it can, and
    # tells the end of an element by its successor's parent, which costs half of what iterwalk's events cost.
    found = Cells()
    extent, kinds, tables = found.extent, _KINDS, _Tables(found)
    blocks: list[tuple[_Element, int]] = []  # those that are open, with the number of their first cell
    parts: list[str] = []  # text nodes since the last block boundary
    path: list[_Element] = []  # open elements: the blocks, and others that have children
    hidden: _Element | None = None  # the one of them that is silent
    for node in (*root.iter("*"), None):
        parent = None if node is None else node.getparent()
        while path and path[-1] is not parent:
            closed = path.pop()
            if hidden is not None:
                if closed is not hidden:
                    continue
                hidden = None
            elif blocks and closed is blocks[-1][0]:
                if parts:
                    if len(parts) > 1 or not parts[0].isspace():
                        _add_cell(found, parts, closed, tables)
                    parts.clear()
                extent[closed] = (blocks.pop()[1], len(found.items))
                if kinds[closed.tag] == _TABLE:
                    tables.end(closed)
            if text := closed.tail:
                parts.append(text)
        if node is None:
            break
        if hidden is not None:
            if len(node):
                path.append(node)
            continue
        kind = kinds.get(node.tag, 0)
        if kind == _SILENT:
            if node.tag == "script" and node.text and "document.write" in node.text:
                parts.append(written_text(node.text))
            if len(node):
                hidden = node
        else:
            if kind >= _BLOCK:
                if parts:
                    if len(parts) > 1 or not parts[0].isspace():
                        _add_cell(found, parts, blocks[-1][0] if blocks else None, tables)
                    parts.clear()
                blocks.append((node, len(found.items)))
                if kind == _TABLE:
                    tables.start(node)
                elif kind == _HEADING:
                    found.headings.append(node)
            elif kind:
                parts.append(BREAK)
            if text := node.text:
                parts.append(text)
        if kind >= _BLOCK or len(node):
            path.append(node)
        elif text := node.tail:
            parts.append(text)
    return found


def _add_cell(found: Cells, parts: list[str], owner: _Element | None, tables: _Tables) -> None:
    """What was gathered in ``parts`` is a cell of the innermost block, unless it is white space."""
    text = parts[0] if len(parts) == 1 else "".join(parts)
    if owner is not None and not text.isspace():
        runs = _ONE_RUN if len(parts) == 1 else (0, *accumulate(map(len, parts[:-1])))
        found.items.append(Cell(text, runs, owner, tables.cells[-1]))


def run_starts(cell: Cell, offset: int) -> bool:
    """Whether a text node begins at ``offset`` (or only white space stands between its beginning and it)."""
    at = bisect_left(cell.runs, offset + 1) - 1
    return at >= 0 and not cell.text[cell.runs[at] : offset].strip()
