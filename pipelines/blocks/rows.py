"""Tables of labels: a header row over one row of values, and unknown labels in the columns of known ones."""

from __future__ import annotations

from collections.abc import Mapping

from lxml.etree import _Element

from pipelines.cells import Cells
from pipelines.vocabulary import Label

_LONGEST_LABEL = 12

Numbers = Mapping[_Element, list[int]]


def header_rows(
    page: Cells, numbers: Numbers, labels: Mapping[int, list[Label]]
) -> dict[_Element, _Element]:
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
