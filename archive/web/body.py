"""A document's body as a page shows it: paragraphs, and its tables as tables where they stand in the text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from archive.record import Table
from archive.web.show import paragraphs

MAX_CELLS = 20_000
"""Cells of tables on one page; a larger table stays the lines of text that it is in the body."""

LOOK_AHEAD = 3
"""Tables that a block of lines is compared with: they stand in the record in the order of the text."""

_Row = tuple[list[str], list[str] | None]
"""A row of the grid, spanned cells repeated, and the cells that begin in it as far as the text tells."""


@dataclass(frozen=True, slots=True)
class Body:
    """``html``: the text with the tables that were found in it; ``below``: those that were not; ``large``: how
    many are left to the record."""

    html: Markup
    below: Sequence[Markup] = ()
    large: int = 0


def body(text: str, tables: str | None) -> Body:
    """The body ``text`` of a document with the ``tables`` of its record (JSON, DESIGN §3)."""
    known = [Table(**item) for item in json.loads(tables or "[]")]
    shown = _within(known)
    parts: list[Markup] = []
    plain: list[str] = []
    placed: set[int] = set()
    position = 0
    for block in re.split(r"\n{2,}", text):
        lines = [line for line in block.split("\n") if line.strip()]
        for index in range(position, min(position + LOOK_AHEAD, len(shown))) if len(lines) > 1 else ():
            if (rows := _aligned(lines, shown[index])) is not None:
                parts += [paragraphs("\n\n".join(plain)), _table(shown[index].caption, rows)]
                plain = []
                placed.add(index)
                position = index + 1
                break
        else:
            plain.append(block)
    parts.append(paragraphs("\n\n".join(plain)))
    below = [
        _table(table.caption, [(row, None) for row in table.rows])
        for index, table in enumerate(shown)
        if index not in placed
    ]
    return Body(Markup("").join(parts), below, len(known) - len(shown))


def _within(tables: Sequence[Table]) -> list[Table]:
    """The tables that one page can show."""
    left, shown = MAX_CELLS, []
    for table in tables:
        size = sum(map(len, table.rows))
        if 0 < size <= left:
            left -= size
            shown.append(table)
    return shown


def _aligned(lines: Sequence[str], table: Table) -> list[_Row] | None:
    """The rows of ``table`` with the cells of the ``lines`` that say them; None where they say something else.

    A line (``a | b | c``) has a spanned cell once, so its cells are some of the row's; a row without a line
    repeats cells of the one above it.
    """
    rows: list[_Row] = []
    waiting = [line.split(" | ") for line in (lines[1:] if lines[0] == table.caption else lines)]
    for row in table.rows:
        if waiting and {cell for cell in waiting[0] if cell} <= set(row):
            rows.append((row, waiting.pop(0)))
        elif rows and {cell for cell in row if cell} <= set(rows[-1][0]):
            rows.append((row, None))
        else:
            return None
    return None if waiting else rows


def _spans(row: Sequence[str], cells: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """The cells of a row with the columns that each spans, where the text tells that it spans them."""
    runs: list[tuple[str, int]] = []
    for text, run in groupby(row):
        width = len(list(run))
        # Empty cells side by side are cells; the same text side by side may be one.
        runs += [(text, width)] if text else [("", 1)] * width
    said = [text for text, _ in runs]
    while said and not said[-1]:
        said.pop()
    return iter(runs if cells == said else [(text, 1) for text in row])


def _table(caption: str | None, rows: Sequence[_Row]) -> Markup:
    first = rows[0][0]
    # A grid does not say which row heads it: one with a different text in each column does.
    headed = len(rows) > 2 and all(first) and len(set(first)) == len(first) > 1
    html = []
    for number, (row, cells) in enumerate(rows):
        cell = Markup('<th scope="col">{}</th>') if headed and not number else Markup("<td>{}</td>")
        wide = Markup('<td colspan="{}">{}</td>')
        html.append(
            Markup("<tr>{}</tr>").format(
                Markup("").join(
                    wide.format(width, text) if width > 1 else cell.format(text)
                    for text, width in _spans(row, cells)
                )
            )
        )
    title = Markup("<caption>{}</caption>").format(caption) if caption else ""
    return Markup('<div class="gk-scroll"><table class="gk-grid">{}<tbody>{}</tbody></table></div>').format(
        title, Markup("").join(html)
    )
