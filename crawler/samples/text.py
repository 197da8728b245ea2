"""The light mark-up of document texts, and its HTML.

One line is one paragraph. ``# …`` is a heading, ``> …`` stands right (signature), ``| a | b |`` is a table row, the
first of a run the header; a cell ``<`` belongs to the one left of it, ``^`` to the one above (merged cells).
``@ name | file`` links an attachment, ``= statistics`` puts the statistics table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

from crawler.samples.report_table import statistics_rows


@dataclass(frozen=True, slots=True)
class Style:
    """How a portal's editor writes: one format string a kind of paragraph, with ``{}`` for the escaped text."""

    paragraph: str
    heading: str
    right: str
    table: str
    cell: str
    link: str


def _kind(line: str) -> str:
    return line[0] if line[:2] in {"# ", "> ", "| ", "@ ", "= "} else ""


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def attachments(text: str) -> list[tuple[str, str]]:
    """Name and file of every attachment that a text links to."""
    pairs = (line[2:].split("|") for line in text.splitlines() if _kind(line) == "@")
    return [(name.strip(), file.strip()) for name, file in pairs]


def paragraphs(text: str) -> list[str]:
    """What a reader must find in the extracted body: paragraphs and headings, without tables and links."""
    plain = []
    for line in filter(str.strip, text.splitlines()):
        kind = _kind(line)
        if kind in {"", "#", ">"}:
            plain.append(line[2:] if kind else line)
    return plain


def tables(text: str) -> list[list[list[str]]]:
    """The data tables of a text, as grids."""
    grids = []
    for kind, lines in groupby(filter(str.strip, text.splitlines()), _kind):
        if kind == "|":
            grids.append(_spread([_cells(line) for line in lines]))
        elif kind == "=":
            grids.extend(statistics_rows(line[2:].strip()) for line in lines)
    return grids


def to_html(text: str, style: Style, link: Callable[[str, str], str]) -> str:
    """The HTML of a text; ``link(name, file)`` gives the address of an attachment, not yet escaped."""
    return "\n".join(_blocks(text, style, link))


def _blocks(text: str, style: Style, link: Callable[[str, str], str]) -> Iterator[str]:
    for kind, lines in groupby(filter(str.strip, text.splitlines()), _kind):
        if kind == "|":
            yield _table([_cells(line) for line in lines], style)
            continue
        for line in lines:
            if kind == "=":
                yield _table(statistics_rows(line[2:].strip()), style)
            elif kind == "@":
                name, file = (part.strip() for part in line[2:].split("|"))
                yield style.link.format(escape(link(name, file)), escape(name))
            elif kind:
                yield (style.heading if kind == "#" else style.right).format(escape(line[2:]))
            else:
                yield style.paragraph.format(escape(line))


def _spread(rows: list[list[str]]) -> list[list[str]]:
    """The grid that a reader should get: merged cells repeated."""
    grid: list[list[str]] = []
    for row in rows:
        grid.append([])
        for column, cell in enumerate(row):
            left, above = grid[-1][-1:], grid[-2][column : column + 1] if len(grid) > 1 else []
            grid[-1].extend(left if cell == "<" else above if cell == "^" else [cell])
    return grid


def _table(rows: list[list[str]], style: Style) -> str:
    lines = []
    for number, row in enumerate(rows):
        cells = ""
        for column, cell in enumerate(row):
            if cell in {"<", "^"}:
                continue
            across = _run([*row[column + 1 :]], "<")
            down = _run([below[column] for below in rows[number + 1 :]], "^")
            spans = (f' colspan="{across + 1}"' if across else "") + (
                f' rowspan="{down + 1}"' if down else ""
            )
            cells += style.cell.format(escape(cell)).replace("<td", f"<td{spans}", 1)
        lines.append(f"<tr>{cells}</tr>")
    return style.table.format("\n".join(lines))


def _run(cells: list[str], mark: str) -> int:
    """How many of the first cells are ``mark``."""
    return next((index for index, cell in enumerate(cells) if cell != mark), len(cells))
