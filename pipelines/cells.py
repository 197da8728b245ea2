"""A page as a flat row of cells: the text of each innermost block, in document order, from one walk."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from pipelines.markup import BLOCKS, SILENT
from pipelines.scripts import written_text

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_TABLE_CELLS = frozenset(("td", "th"))
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
    owner: HtmlElement
    table_cell: HtmlElement | None


@dataclass(slots=True)
class Cells:
    """All cells of a tree that hold more than white space.

    ``extent`` maps each block element to its cells (first, one past the last); ``rows`` each ``tr`` to its own
    td and th elements; ``tables`` each table to its own rows; ``headings`` are h1 to h6 in document order.
    """

    items: list[Cell] = field(default_factory=list)
    extent: dict[HtmlElement, tuple[int, int]] = field(default_factory=dict)
    rows: dict[HtmlElement, list[HtmlElement]] = field(default_factory=dict)
    tables: dict[HtmlElement, list[HtmlElement]] = field(default_factory=dict)
    headings: list[HtmlElement] = field(default_factory=list)

    def text_of(self, element: HtmlElement) -> str:
        """The text of a block element, its cells separated by a space."""
        first, last = self.extent.get(element, (0, 0))
        return " ".join(cell.text for cell in self.items[first:last])

    def within(self, element: HtmlElement) -> Iterator[tuple[int, Cell]]:
        """The cells of a block element with their numbers."""
        first, last = self.extent.get(element, (0, 0))
        for number in range(first, last):
            yield number, self.items[number]


class _Walk:
    """The one walk: what is open, and the text gathered since the last block boundary."""

    def __init__(self) -> None:
        self.found = Cells()
        self.parts: list[str] = []
        self.runs: list[int] = []
        self.length = 0
        self.blocks: list[HtmlElement] = []
        self.table_cells: list[HtmlElement | None] = [None]
        self.table_rows: list[HtmlElement] = []
        self.open_tables: list[HtmlElement] = []
        self.starts: list[int] = []

    def add(self, text: str) -> None:
        self.runs.append(self.length)
        self.parts.append(text)
        self.length += len(text)

    def flush(self) -> None:
        if not self.parts:
            return
        text = "".join(self.parts)
        if not text.isspace() and self.blocks:
            self.found.items.append(Cell(text, self.runs, self.blocks[-1], self.table_cells[-1]))
            self.runs = []
        else:
            self.runs.clear()
        self.parts.clear()
        self.length = 0

    def open(self, node: HtmlElement, tag: str) -> None:
        self.flush()
        self.blocks.append(node)
        self.starts.append(len(self.found.items))
        if tag in _TABLE_CELLS:
            self.table_cells.append(node)
            if self.table_rows:
                self.found.rows[self.table_rows[-1]].append(node)
        elif tag == "tr":
            self.table_rows.append(node)
            self.found.rows[node] = []
            if self.open_tables:
                self.found.tables[self.open_tables[-1]].append(node)
        elif tag == "table":
            self.open_tables.append(node)
            self.table_cells.append(None)
            self.found.tables[node] = []
        elif tag in _HEADINGS:
            self.found.headings.append(node)

    def close(self, tag: str) -> None:
        self.flush()
        node = self.blocks.pop()
        self.found.extent[node] = (self.starts.pop(), len(self.found.items))
        if tag in _TABLE_CELLS:
            self.table_cells.pop()
        elif tag == "tr":
            self.table_rows.pop()
        elif tag == "table":
            self.open_tables.pop()
            self.table_cells.pop()


def cells(root: HtmlElement) -> Cells:
    """Walk ``root`` once. Scripts count only for the text that they write into the page (``document.write``)."""
    walk = _Walk()
    walker = iterwalk(root, events=("start", "end"))
    for event, node in walker:
        tag = node.tag
        if event == "start":
            if tag in SILENT:
                if tag == "script" and node.text and "document.write" in node.text:
                    walk.add(written_text(node.text))
                walker.skip_subtree()
            elif tag == "br":
                walk.add("\n")
            elif tag in BLOCKS:
                walk.open(node, tag)
            if node.text and tag not in SILENT:
                walk.add(node.text)
            continue
        if tag in BLOCKS and tag != "br" and tag not in SILENT:
            walk.close(tag)
        if node.tail and node is not root:
            walk.add(node.tail)
    return walk.found


def run_starts(cell: Cell, offset: int) -> bool:
    """Whether a text node begins at ``offset`` (or only white space stands between its beginning and it)."""
    at = bisect_left(cell.runs, offset + 1) - 1
    return at >= 0 and not cell.text[cell.runs[at] : offset].strip()
