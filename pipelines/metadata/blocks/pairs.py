"""Each label with its value: in the same text, in the cell beside it, in the row below."""

from __future__ import annotations

from collections.abc import Mapping

from lxml.etree import _Element

from pipelines.metadata.blocks.beside import (
    Pair,
    Search,
    clean_value,
    look_beside,
    numbers_beside,
    pair_lists,
    take,
)
from pipelines.metadata.blocks.lines import BODY_LABELS, is_mixed, is_text, outside_prose, run_end, value_end
from pipelines.metadata.blocks.rows import data_cells, header_rows, unknown_labels
from pipelines.metadata.cells import BREAK, Cell, Cells
from pipelines.metadata.labels import find_labels, opens_with_label
from pipelines.metadata.vocabulary import Label, Vocabulary


def find_pairs(
    page: Cells, known: Vocabulary, spaced: frozenset[str] = frozenset(), *, in_prose: bool = True
) -> list[Pair]:
    """All pairs of ``page`` in document order, unknown labels with a colon included.

    A cell in which a label of one of the fields ``spaced`` stands is also searched for known labels without a
    colon, as a block set in one paragraph or line by line has them; so are the lines right after it that open
    with a label. ``in_prose=False`` leaves out the labels inside running text and those of data tables.
    """
    search = Search(page, known, {})
    memo, goes_on = known.memo, False
    for number, cell in enumerate(page.items):
        if cell.table_cell is not None:
            search.by_table_cell[cell.table_cell].append(number)
        # Nearly every cell is of a page's frame, which the last page had too.
        labels = memo.get(cell.text) if len(cell.runs) == 1 else None
        if labels is None:
            labels = find_labels(cell, known)
        if not labels and not goes_on:
            continue
        opens = any(label.meaning and label.meaning.field in spaced for label in labels)
        if opens or (goes_on and opens_with_label(cell, known)):
            labels = find_labels(cell, known, spaced=True)
            goes_on = True
        else:
            goes_on = False
        if labels and not in_prose:
            labels = outside_prose(cell, labels)
        if labels:
            search.labels[number] = labels
            last = labels[-1]
            kind = (cell.owner.getparent(), cell.owner.tag)
            if cell.text[last.end :].strip():
                search.inline.add(kind)
            elif len(labels) == 1:
                search.alone[kind] += 1
    if not in_prose:
        for table_cell in data_cells(page, search.by_table_cell, search.labels):
            for number in search.by_table_cell.get(table_cell, ()):
                search.labels.pop(number, None)
    below = header_rows(page, search.by_table_cell, search.labels)
    found: list[Pair] = []
    for number, labels in search.labels.items():
        cell = page.items[number]
        if cell.table_cell in below:
            found.append(_from_below(search, number, labels[0], below[cell.table_cell]))
        else:
            found += _pairs_of_cell(search, number, cell, labels)
    found += _unknown_in_rows(search, found, below)
    pair_lists(search, found)
    return sorted(found, key=lambda pair: pair.cell)


def _pairs_of_cell(search: Search, number: int, cell: Cell, labels: list[Label]) -> list[Pair]:
    pairs: list[Pair] = []
    text, lined = cell.text, BREAK in cell.text
    opens = not text[: labels[0].start].strip()
    for index, label in enumerate(labels):
        last = index + 1 == len(labels)
        stop = len(text) if last else labels[index + 1].start
        until = stop
        if label.meaning is not None and label.meaning.field == "index_number":
            until = run_end(cell, label.end, stop)
        end = label.end + value_end(text[label.end : until], label.meaning, opens=opens)
        value = clean_value(text[label.end : end])
        begin = text.rfind(BREAK, 0, label.start) + 1 if lined else 0
        same_line = bool(pairs) and begin <= labels[index - 1].start
        lead = pairs[-1].lead if same_line else len(text[begin : label.start].strip())
        pair = Pair(label.text, label.meaning, value, number, [number], lead=lead, span=(begin, end))
        pair.rest = end < stop and is_text(text[end:stop].partition(BREAK)[0])
        if label.meaning is None and label.text in BODY_LABELS:
            pair.value, pair.rest = "", bool(value)
        elif last and not value and end == stop:
            look_beside(search, pair, cell, label, alone=len(labels) == 1)
        pairs.append(pair)
    if lined and is_mixed(text, [pair.span for pair in pairs]):
        for pair in pairs:
            pair.mixed = True
    return pairs


def _from_below(search: Search, number: int, label: Label, beneath: _Element) -> Pair:
    pair = Pair(label.text, label.meaning, "", number, [number], in_row=True)
    take(search, pair, search.by_table_cell.get(beneath, []))
    return pair


def _unknown_in_rows(search: Search, found: list[Pair], below: Mapping[_Element, _Element]) -> list[Pair]:
    """Pairs of tables whose label has no colon and no meaning, told by standing where known labels stand."""
    pairs = []
    taken = {number for pair in found for number in pair.used}
    in_rows = {pair.cell for pair in found if pair.in_row and pair.meaning}
    for table_cell in unknown_labels(search.page, search.by_table_cell, in_rows, below):
        numbers = search.by_table_cell[table_cell]
        if numbers[0] in taken:
            continue
        text = search.page.items[numbers[0]].text
        label = Label("".join(text.split()).strip(":："), 0, len(text), None, False)
        if table_cell in below:
            pairs.append(_from_below(search, numbers[0], label, below[table_cell]))
            continue
        pair = Pair(label.text, None, "", numbers[0], list(numbers), in_row=True)
        take(search, pair, numbers_beside(search, pair, table_cell))
        pairs.append(pair)
    return pairs
