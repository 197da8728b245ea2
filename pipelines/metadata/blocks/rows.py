"""Tables of labels: a header row over one row of values, and unknown labels in the columns of known ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from lxml.etree import _Element

from pipelines.metadata.blocks.lines import is_prose
from pipelines.metadata.cells import Cells
from pipelines.metadata.vocabulary import Label

_LONGEST_LABEL = 12
_COUNTS = frozenset(("序号", "编号", "No.", "NO."))
_BEFORE = 60  # cells before a table in which running text is looked for
_HAN = re.compile("[\u3400-\u9fff]")

Numbers = Mapping[_Element, list[int]]


def data_cells(page: Cells, numbers: Numbers, labels: Mapping[int, list[Label]]) -> set[_Element]:
    """The cells of header and rows of tables that list things: their labels name columns and nothing of the page.

    Such a header stands over two rows or more; over one row it is a list too where the table follows running text,
    unless it holds an 索引号 with two more known labels and counts nothing (序号).
    """
    alone = _alone(page, numbers, labels)
    labelled = {cell.getparent() for cell in alone}
    found: set[_Element] = set()
    for table, rows in page.tables.items():
        for index, row in enumerate(rows[:-1]):
            if row not in labelled:
                continue
            cells = page.rows[row]
            beneath: list[list[_Element]] = []
            for later in rows[index + 1 :]:
                if later in labelled or len(page.rows[later]) != len(cells):
                    break
                beneath.append(page.rows[later])
            if not beneath or not _is_header(page, cells, numbers, alone):
                continue
            if len(beneath) > 1 or (
                not _is_own_header(page, cells, numbers, labels) and _follows_prose(page, table)
            ):
                found.update(cells, *beneath)
    return found


def _alone(page: Cells, numbers: Numbers, labels: Mapping[int, list[Label]]) -> set[_Element]:
    """The table cells that hold a known label and nothing else."""
    found: set[_Element] = set()
    for number, held in labels.items():
        cell = page.items[number]
        if cell.table_cell is not None and len(held) == 1 and held[0].meaning is not None:
            full = not cell.text[: held[0].start].strip() and not cell.text[held[0].end :].strip()
            if full and len(numbers.get(cell.table_cell, ())) == 1:
                found.add(cell.table_cell)
    return found


def _is_header(page: Cells, cells: list[_Element], numbers: Numbers, alone: set[_Element]) -> bool:
    """Whether a row of short words names columns and is not a row of labels with their values."""
    if len(cells) < 2:
        return False
    texts = ["".join(page.items[number].text for number in numbers.get(cell, ())) for cell in cells]
    words = ["".join(text.split()) for text in texts]
    if any(len(word) > _LONGEST_LABEL or word.endswith((":", "：")) for word in words):
        return False
    if words[0] in _COUNTS or all(cell.tag == "th" for cell in cells) or cells[-1] in alone:
        return True
    if any(cell in alone and following in alone for cell, following in pairwise(cells)):
        return True
    return len(cells) % 2 == 1 and all(len(_HAN.findall(word)) >= 2 for word in words)


def _is_own_header(
    page: Cells, cells: list[_Element], numbers: Numbers, labels: Mapping[int, list[Label]]
) -> bool:
    """Whether a header over one row is that of a metadata block wherever it stands."""
    held = [number for cell in cells for number in numbers.get(cell, ())]
    if any("".join(page.items[number].text.split()) in _COUNTS for number in held):
        return False
    fields = {label.meaning.field for number in held for label in labels.get(number, ()) if label.meaning}
    return "index_number" in fields and len(fields) > 2


def _follows_prose(page: Cells, table: _Element) -> bool:
    """Whether running text stands before a table in the element around it: then it is part of that text."""
    around = table.getparent()
    if around is None or table not in page.extent:
        return False
    first, start = page.extent.get(around, (0, 0))[0], page.extent[table][0]
    return any(is_prose(cell.text) for cell in page.items[max(first, start - _BEFORE) : start])


def header_rows(page: Cells, numbers: Numbers, labels: Mapping[int, list[Label]]) -> dict[_Element, _Element]:
    """Label cell → the cell beneath it, for rows that hold only labels over exactly one row of values.

    A list of documents has the same header over many rows, and is no metadata of the page.
    """
    below: dict[_Element, _Element] = {}
    for rows in page.tables.values():
        for index, row in enumerate(rows[:-1]):
            cells, beneath = page.rows[row], page.rows[rows[index + 1]]
            if len(cells) < 2 or len(cells) != len(beneath) or not _all_labels(page, cells, numbers, labels):
                continue
            if any(_known(number, labels) for cell in beneath for number in numbers.get(cell, [])):
                continue
            third = page.rows[rows[index + 2]] if index + 2 < len(rows) else []
            if len(third) != len(cells) or _all_labels(page, third, numbers, labels):
                below.update(zip(cells, beneath, strict=True))
    return below


def _all_labels(
    page: Cells, cells: list[_Element], numbers: Numbers, labels: Mapping[int, list[Label]]
) -> bool:
    known = 0
    for cell in cells:
        held = numbers.get(cell, [])
        if len(held) != 1 or len("".join(page.items[held[0]].text.split())) > _LONGEST_LABEL:
            return False
        known += _known(held[0], labels)
    return known >= 2 and known * 2 > len(cells)


def _known(number: int, labels: Mapping[int, list[Label]]) -> bool:
    return any(label.meaning is not None for label in labels.get(number, []))


def unknown_labels(
    page: Cells, numbers: Numbers, known: set[int], below: Mapping[_Element, _Element]
) -> list[_Element]:
    """Cells that must be labels by their place: th beside td, or a short one in a column where known labels stand.

    ``known`` are the cells (by number) of known labels that own a whole td.
    """
    found: list[_Element] = []
    for rows in page.tables.values():
        places = {
            place
            for row in rows
            for place, cell in enumerate(page.rows[row])
            if cell not in below and numbers.get(cell, [-1])[0] in known
        }
        if not places and not any(cell in below for row in rows for cell in page.rows[row]):
            continue
        values = set(below.values())
        for row in rows:
            cells = page.rows[row]
            for place, cell in enumerate(cells):
                held = numbers.get(cell, [])
                if len(held) != 1 or held[0] in known or cell in values:
                    continue
                text = "".join(page.items[held[0]].text.split()).strip(":：")
                in_place = cell in below or (place in places and place + 1 < len(cells))
                if in_place and 2 <= len(text) <= _LONGEST_LABEL and not any(sign.isdigit() for sign in text):
                    found.append(cell)
    return found
