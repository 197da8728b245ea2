"""Element to text: paragraphs, and the rows of data tables as ``a | b | c`` lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml.etree import _Element, iterwalk

from pipelines.markup import BLOCKS, SILENT, inline_text
from pipelines.tables import cells_of, data_table_elements

CELL = " | "


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; ``is_table`` when it is the lines of a table."""

    text: str
    is_table: bool = False


def paragraphs(element: _Element) -> list[Paragraph]:
    """The paragraphs of ``element`` in document order. A spanned cell is written once, where it begins.

    A table inside a cell of a data table follows as a paragraph of its own. Deep nesting takes no stack.
    """
    found: list[Paragraph] = []
    data = set(data_table_elements(element))
    walks = [_Walk(element)]
    while walks:
        walk = walks[-1]
        table = walk.next_table(found, data)
        if table is None:
            walks.pop()
            continue
        lines, inner = _rows(table)
        if lines:
            found.append(Paragraph("\n".join(lines), is_table=True))
        walks.extend(_Walk(nested) for nested in reversed(inner))
    return found


class _Walk:
    """One element's text, read up to the next data table at a time."""

    def __init__(self, root: _Element) -> None:
        self.root = root
        self.walker = iterwalk(root, events=("start", "end"))
        self.parts: list[str] = []
        self.skipped = False

    def next_table(self, found: list[Paragraph], data: set[_Element]) -> _Element | None:
        """Append paragraphs to ``found`` until a table of ``data`` begins, which is returned and stepped over."""
        parts = self.parts
        for event, node in self.walker:
            tag = node.tag
            if event == "start":
                if tag in SILENT:
                    self._skip()
                    continue
                if tag in BLOCKS:
                    self._end(found)
                if tag == "table" and node in data:
                    self._skip()
                    return node
                if node.text:
                    parts.append(node.text)
                continue
            if self.skipped:
                self.skipped = False
            elif tag in BLOCKS:
                self._end(found)
            if node is not self.root and node.tail:
                parts.append(node.tail)
        self._end(found)
        return None

    def _skip(self) -> None:
        self.skipped = True
        self.walker.skip_subtree()

    def _end(self, found: list[Paragraph]) -> None:
        text = " ".join("".join(self.parts).split())
        self.parts.clear()
        if text:
            found.append(Paragraph(text))


def _rows(table: _Element) -> tuple[list[str], list[_Element]]:
    """The row lines of a data table (its caption first), and the tables that stand in its cells."""
    lines: list[str] = []
    inner: list[_Element] = []
    for node in table.iterchildren("caption"):
        lines.append(inline_text(node))
    walker = iterwalk(table, events=("start",), tag=("tr", "table"))
    for _, node in walker:
        if node.tag == "table":
            if node is not table:
                inner.append(node)
                walker.skip_subtree()
            continue
        cells = [inline_text(cell, nested_tables=False) for cell in cells_of(node)]
        while cells and not cells[-1]:
            cells.pop()
        lines.append(CELL.join(cells))
    return [line for line in lines if line], inner


def joined(found: Iterable[Paragraph]) -> str:
    """Paragraphs as ``body_text`` has them, separated by blank lines."""
    return "\n\n".join(paragraph.text for paragraph in found)
