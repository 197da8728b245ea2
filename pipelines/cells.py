"""A page as a flat row of cells: the text of each innermost block, in document order, from one walk."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from lxml.etree import _Element, iterwalk

from pipelines.markup import BLOCKS, SILENT
from pipelines.scripts import written_text

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_TABLE_CELLS = frozenset(("td", "th"))
_CLOSING = BLOCKS - SILENT - {"br"}
# Anything longer is prose, in which nobody looks for labels.
LONGEST = 4000


@dataclass(slots=True)
class Cell:
    """The text of one block between two block boundaries.

    ``text`` is the text nodes joined as they stand (``br`` is a line feed); ``runs`` are the offsets where the
    text nodes begin, so that a label in its own ``span`` or ``b`` can be told from prose. ``owner`` is the block
    element, ``table_cell`` the innermost td or th around it.
    """

    text: str
    runs: list[int]
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


class _Open:
    """The blocks, tables, rows and table cells that are open while the walk goes on."""

    def __init__(self, found: Cells) -> None:
        self.found = found
        self.blocks: list[_Element] = []
        self.table_cells: list[_Element | None] = [None]
        self.table_rows: list[_Element] = []
        self.tables: list[_Element] = []
        self.starts: list[int] = []

    def flush(self, parts: list[str]) -> None:
        """End the line: what was gathered is a cell of the innermost block, unless it is white space."""
        text = "".join(parts)
        if self.blocks and not text.isspace():
            runs = [0] if len(parts) == 1 else [0, *accumulate(map(len, parts[:-1]))]
            self.found.items.append(Cell(text, runs, self.blocks[-1], self.table_cells[-1]))
        parts.clear()

    def start(self, node: _Element, tag: str) -> None:
        found = self.found
        self.blocks.append(node)
        self.starts.append(len(found.items))
        if tag in _TABLE_CELLS:
            self.table_cells.append(node)
            if self.table_rows:
                found.rows[self.table_rows[-1]].append(node)
        elif tag == "tr":
            self.table_rows.append(node)
            found.rows[node] = []
            if self.tables:
                found.tables[self.tables[-1]].append(node)
        elif tag == "table":
            self.tables.append(node)
            self.table_cells.append(None)
            found.tables[node] = []
        elif tag in _HEADINGS:
            found.headings.append(node)

    def end(self, tag: str) -> None:
        node = self.blocks.pop()
        self.found.extent[node] = (self.starts.pop(), len(self.found.items))
        if tag in _TABLE_CELLS:
            self.table_cells.pop()
        elif tag == "tr":
            self.table_rows.pop()
        elif tag == "table":
            self.tables.pop()
            self.table_cells.pop()


def cells(root: _Element) -> Cells:
    """Walk ``root`` once. Scripts count only for the text that they write into the page (``document.write``)."""
    found = Cells()
    opened = _Open(found)
    parts: list[str] = []  # text nodes since the last block boundary
    walker = iterwalk(root, events=("start", "end"))
    for event, node in walker:
        tag = node.tag
        if event == "start":
            if tag in SILENT:
                if tag == "script" and node.text and "document.write" in node.text:
                    parts.append(written_text(node.text))
                walker.skip_subtree()
                continue
            if tag == "br":
                parts.append("\n")
            elif tag in BLOCKS:
                if parts:
                    opened.flush(parts)
                opened.start(node, tag)
            text = node.text
        else:
            if tag in _CLOSING:
                if parts:
                    opened.flush(parts)
                opened.end(tag)
            text = node.tail if node is not root else None
        if text:
            parts.append(text)
    return found


def run_starts(cell: Cell, offset: int) -> bool:
    """Whether a text node begins at ``offset`` (or only white space stands between its beginning and it)."""
    at = bisect_left(cell.runs, offset + 1) - 1
    return at >= 0 and not cell.text[cell.runs[at] : offset].strip()
