"""Tables as full grids: the WHATWG algorithm, with bounds for what hostile markup asks for (DESIGN §9)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import _Element, iterwalk

from archive.record import Table
from pipelines.markup import inline_text

MAX_COLUMNS = 1000  # the standard's own bound on colspan
MAX_ROWSPAN = 65534  # the standard's own
MAX_CELLS = 200_000
MAX_CHARACTERS = 4_000_000
MAX_TABLES = 500
_NUMBER = re.compile(r"\s*\+?(\d{1,9})")
_GROUPS = frozenset(("thead", "tbody", "tfoot"))
_LONG_CELL = 800  # characters; a cell that holds so much and nearly all of the table is a page column


def span(value: str | None, *, default: int, most: int) -> int:
    """A ``colspan`` or ``rowspan`` as browsers read it: leading digits (``2px`` is 2), clamped; else ``default``."""
    found = _NUMBER.match(value) if value else None
    return min(int(found.group(1)), most) if found else default


def row_groups(table: _Element) -> list[list[_Element]]:
    """The rows of a table without those of tables inside it, by row group, ``tfoot`` last.

    Elements that do not belong between table and row (``form``, ``div``) are looked through.
    """
    groups: list[list[_Element]] = []
    feet: list[list[_Element]] = []
    loose: list[_Element] = []
    current: list[_Element] | None = None
    walker = iterwalk(table, events=("start", "end"))
    for event, node in walker:
        tag = node.tag
        if tag in _GROUPS:
            if event == "start" and current is None:
                current = []
                (feet if tag == "tfoot" else groups).append(current)
                loose = []
            elif event == "end":
                current = None
        elif event == "start":
            if tag == "tr":
                if current is None and not loose:
                    groups.append(loose)
                (loose if current is None else current).append(node)
            if tag == "tr" or (tag == "table" and node is not table):
                walker.skip_subtree()
    return [group for group in groups + feet if group]


def cells_of(row: _Element) -> Iterator[_Element]:
    """The cells of one row."""
    return (cell for cell in row if cell.tag in ("td", "th"))


class _Grid:
    """Cells placed so far; ``budget`` is what may still be written."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.cells_left = MAX_CELLS
        self.characters_left = MAX_CHARACTERS

    def add_group(self, group: list[_Element]) -> None:
        # column -> (text, rows it still covers); the list of downward-growing cells of the standard
        growing: dict[int, tuple[str, int]] = {}
        for row in group:
            if self.cells_left <= 0:
                return
            line: dict[int, str] = {column: text for column, (text, _) in growing.items()}
            growing = {column: (text, left - 1) for column, (text, left) in growing.items() if left > 1}
            column = 0
            for cell in cells_of(row):
                while column in line:
                    column += 1
                if column >= MAX_COLUMNS:
                    break
                text = inline_text(cell, nested_tables=False)
                down = span(cell.get("rowspan"), default=1, most=MAX_ROWSPAN) or MAX_ROWSPAN
                across = max(1, span(cell.get("colspan"), default=1, most=MAX_COLUMNS))
                for covered in range(column, min(column + across, MAX_COLUMNS)):
                    line[covered] = text
                    if down > 1:
                        growing[covered] = (text, down - 1)
                column += across
            self._write(line)

    def _write(self, line: dict[int, str]) -> None:
        width = max(line, default=-1) + 1
        self.cells_left -= max(width, 1)
        written = []
        for column in range(width):
            text = line.get(column, "")
            # Past the bound a text is left out: one long cell must not be multiplied by its spans.
            self.characters_left -= len(text)
            written.append(text if self.characters_left >= 0 else "")
        self.rows.append(written)

    def finished(self) -> list[list[str]]:
        width = max(map(len, self.rows), default=0)
        if width * len(self.rows) > 2 * MAX_CELLS:
            self.rows = self.rows[: max(1, 2 * MAX_CELLS // width)]
        return [row + [""] * (width - len(row)) for row in self.rows]


def grid(table: _Element) -> list[list[str]]:
    """The cells of a table as text, spanned cells repeated, every row equally long.

    Tables in cells are not part of a cell's text. A row span ends with its row group, as in browsers. Spans are
    clamped as the standard says; what is written is bounded by :data:`MAX_CELLS` and :data:`MAX_CHARACTERS`.
    """
    placed = _Grid()
    for group in row_groups(table):
        placed.add_group(group)
    return placed.finished()


def data_table_elements(root: _Element) -> list[_Element]:
    """The tables within ``root`` that hold data and are not a page's layout, in document order. Linear in its size.

    Data has two rows and two columns that are filled, no cell that holds nearly everything, and no more
    text in tables inside its cells than in the cells themselves.
    """
    found: list[_Element] = []
    order: list[_Element] = []
    open_tables: list[int] = []  # for each open table what stands in tables inside it
    for event, table in iterwalk(root, events=("start", "end"), tag="table"):
        if event == "start":
            order.append(table)
            open_tables.append(0)
            continue
        nested = open_tables.pop()
        own, tabular = _shape(table)
        if tabular and nested <= own:
            found.append(table)
        if open_tables:
            open_tables[-1] += own + nested
    chosen = set(found)
    return [table for table in order if table in chosen]


def _shape(table: _Element) -> tuple[int, bool]:
    """The characters in a table's own cells, and whether their arrangement is that of data."""
    rows = [row for group in row_groups(table) for row in group]
    longest = total = wide = headed = 0
    for row in rows:
        filled = 0
        for cell in cells_of(row):
            length = len(inline_text(cell, nested_tables=False))
            longest, total = max(longest, length), total + length
            filled += length > 0
            headed += cell.tag == "th"
        wide += filled > 1
    if (table.get("role") or "").lower() in ("presentation", "none"):
        return total, False
    paged = longest > _LONG_CELL and longest * 10 > total * 7
    return total, not paged and len(rows) > 1 and (wide > 1 or (wide == 1 and headed > 1))


def data_tables(root: _Element) -> list[Table]:
    """The data tables within ``root`` (itself, if it is one) in document order, nested ones after their outer.

    Rows without any text are left out; numbers stay the text they are.
    """
    found: list[Table] = []
    for table in data_table_elements(root)[:MAX_TABLES]:
        rows = [row for row in grid(table) if any(row)]
        caption = next((child for child in table if child.tag == "caption"), None)
        found.append(Table((inline_text(caption) or None) if caption is not None else None, rows))
    return found
