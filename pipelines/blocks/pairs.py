"""Each label with its value: in the same text, in the cell beside it, in the row below."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml.etree import _Element

from pipelines.blocks.lines import (
    BODY_LABELS,
    PLAIN,
    is_mixed,
    is_prose,
    is_text,
    outside_prose,
    run_end,
    value_end,
)
from pipelines.blocks.rows import data_cells, header_rows, unknown_labels
from pipelines.cells import BREAK, Cell, Cells
from pipelines.labels import find_labels, opens_with_label
from pipelines.markup import collapse
from pipelines.vocabulary import IGNORED, Label, Meaning, Vocabulary

_LONGEST_VALUE = 600
_CLOSERS = "】]］)）"
# Items that mostly are one pair each: an empty one borrows the next only where several labels stand alone.
_FEWEST_ALONE = 2
# So many labels in one list and as many values in the next one belong together.
_FEWEST_LISTED, _MOST_LISTED = 3, 40
_ONE_PAIR_EACH = frozenset(("li", "p", "tr", "h1", "h2", "h3", "h4"))


@dataclass(slots=True)
class Pair:
    """A label and its value: white space collapsed, empty where the page says nothing.

    ``cell`` is the number of the label's cell, ``used`` those of all cells that label and value stand in. ``lead``
    counts the characters before the first label of the line. ``loose``: nothing but its place beside the label
    makes the next block the value. ``span`` is what label and value take of the cell's text, from the beginning of
    their line on; ``rest``: other text follows in the line; ``mixed``: the cell has lines without a label.
    """

    label: str
    meaning: Meaning | None
    value: str
    cell: int
    used: list[int] = field(default_factory=list)
    in_row: bool = False
    lead: int = 0
    loose: bool = False
    span: tuple[int, int] = (0, 0)
    rest: bool = False
    mixed: bool = False


@dataclass(slots=True)
class _Search:
    page: Cells
    known: Vocabulary
    labels: dict[int, list[Label]]
    inline: set[tuple[_Element | None, str]] = field(default_factory=set)
    alone: Counter[tuple[_Element | None, str]] = field(default_factory=Counter)
    by_table_cell: dict[_Element, list[int]] = field(default_factory=lambda: defaultdict(list))


def find_pairs(
    page: Cells, known: Vocabulary, spaced: frozenset[str] = frozenset(), *, in_prose: bool = True
) -> list[Pair]:
    """All pairs of ``page`` in document order, unknown labels with a colon included.

    A cell in which a label of one of the fields ``spaced`` stands is also searched for known labels without a
    colon, as a block set in one paragraph or line by line has them; so are the lines right after it that open
    with a label. ``in_prose=False`` leaves out the labels inside running text and those of data tables.
    """
    search = _Search(page, known, {})
    goes_on = False
    for number, cell in enumerate(page.items):
        if cell.table_cell is not None:
            search.by_table_cell[cell.table_cell].append(number)
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
    _pair_lists(search, found)
    return sorted(found, key=lambda pair: pair.cell)


def _pairs_of_cell(search: _Search, number: int, cell: Cell, labels: list[Label]) -> list[Pair]:
    pairs: list[Pair] = []
    text, lined = cell.text, BREAK in cell.text
    opens = not text[: labels[0].start].strip()
    for index, label in enumerate(labels):
        last = index + 1 == len(labels)
        stop = len(text) if last else labels[index + 1].start
        end = label.end + value_end(text[label.end : stop], label.meaning, opens=opens)
        if label.meaning is not None and label.meaning.field == "index_number":
            end = run_end(cell, label.end, end)
        value = clean_value(text[label.end : end])
        begin = text.rfind(BREAK, 0, label.start) + 1 if lined else 0
        same_line = bool(pairs) and begin <= labels[index - 1].start
        lead = pairs[-1].lead if same_line else len(text[begin : label.start].strip())
        pair = Pair(label.text, label.meaning, value, number, [number], lead=lead, span=(begin, end))
        pair.rest = end < stop and is_text(text[end:stop].partition(BREAK)[0])
        if label.meaning is None and label.text in BODY_LABELS:
            pair.value, pair.rest = "", bool(value)
        elif last and not value and end == stop:
            _look_beside(search, pair, cell, label, alone=len(labels) == 1)
        pairs.append(pair)
    if lined and is_mixed(text, [pair.span for pair in pairs]):
        for pair in pairs:
            pair.mixed = True
    return pairs


def _look_beside(search: _Search, pair: Pair, cell: Cell, label: Label, *, alone: bool) -> None:
    """The value of a label that ends its cell: the next td of the row, the next dd, the next block beside it."""
    table_cell = cell.table_cell
    if table_cell is not None and _fills(search, table_cell, pair.cell):
        pair.in_row = True
        _take(search, pair, _numbers_beside(search, pair, table_cell))
        return
    following = pair.cell + 1
    if following >= len(search.page.items) or not alone:
        return
    if label.meaning is not None and label.meaning.field == IGNORED:
        return
    other = search.page.items[following]
    if other.table_cell is not table_cell or not _belongs(search, cell, other, label):
        return
    if cell.owner.tag == "dt":
        beside = cell.owner.getnext()
        first, last = search.page.extent.get(beside, (0, 0)) if beside is not None else (0, 0)
        _take(search, pair, list(range(first, last)))
    else:
        _take(search, pair, [following])
        pair.loose = not label.has_colon and other.owner.getparent() is not cell.owner


def _numbers_beside(search: _Search, pair: Pair, table_cell: _Element) -> list[int]:
    """The cells of the next td; one that holds only the colon is stepped over."""
    beside = table_cell.getnext()
    numbers = [] if beside is None else search.by_table_cell.get(beside, [])
    if beside is not None and len(numbers) == 1 and search.page.items[numbers[0]].text.strip() in (":", "："):
        pair.used += numbers
        beside = beside.getnext()
        numbers = [] if beside is None else search.by_table_cell.get(beside, [])
    return numbers


def _fills(search: _Search, table_cell: _Element, number: int) -> bool:
    """Whether the label's cell is all that its td holds."""
    return search.by_table_cell.get(table_cell) == [number]


def _belongs(search: _Search, cell: Cell, other: Cell, label: Label) -> bool:
    """Whether the block of ``other`` stands to the label's block as a value does: inside it or right beside it."""
    owner, around = cell.owner, other.owner.getparent()
    if around is owner or other.owner is owner:
        return True
    if owner.tag == "dt":
        return other.owner.tag == "dd" or (around is not None and around.tag == "dd")
    if around is not owner.getparent() and (around is None or around.getparent() is not owner.getparent()):
        return False
    if not label.has_colon:
        return True
    kind = (owner.getparent(), owner.tag)
    if kind in search.inline:
        return False
    return owner.tag not in _ONE_PAIR_EACH or search.alone[kind] >= _FEWEST_ALONE


def _take(search: _Search, pair: Pair, numbers: list[int]) -> None:
    """Give ``pair`` the text of these cells, unless a label stands in them or they are too long for a value."""
    if not numbers or any(_has_known(search, number) for number in numbers):
        return
    if pair.meaning is None and pair.label in BODY_LABELS:
        return
    value = clean_value(" ".join(search.page.items[number].text for number in numbers))
    if pair.meaning is not None and pair.meaning.field in PLAIN and is_prose(value):
        return
    if len(value) <= _LONGEST_VALUE:
        pair.value = value
        pair.used += numbers


def _has_known(search: _Search, number: int) -> bool:
    labels = search.labels.get(number, [])
    return any(
        label.meaning is not None or label.end >= len(search.page.items[number].text) for label in labels
    )


def _from_below(search: _Search, number: int, label: Label, beneath: _Element) -> Pair:
    pair = Pair(label.text, label.meaning, "", number, [number], in_row=True)
    _take(search, pair, search.by_table_cell.get(beneath, []))
    return pair


def _unknown_in_rows(
    search: _Search, found: list[Pair], below: Mapping[_Element, _Element]
) -> list[Pair]:
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
        _take(search, pair, _numbers_beside(search, pair, table_cell))
        pairs.append(pair)
    return pairs


def _pair_lists(search: _Search, found: list[Pair]) -> None:
    """Values for labels that fill one list, from a list of as many entries right behind it."""
    lists = [parent for (parent, _), count in search.alone.items() if count >= _FEWEST_LISTED]
    if not lists:
        return
    by_cell = {pair.cell: pair for pair in found}
    extent = search.page.extent
    for parent in lists:
        beside = None if parent is None else parent.getnext()
        if parent is None or beside is None or beside.tag != parent.tag:
            continue
        (first, last), (start, stop) = extent.get(parent, (0, 0)), extent.get(beside, (0, 0))
        labels = [by_cell.get(number) for number in range(first, last)]
        if start != last or stop - start != last - first or len(labels) > _MOST_LISTED:
            continue
        if all(pair is not None and not pair.value and pair.meaning for pair in labels):
            for pair, number in zip(labels, range(start, stop), strict=True):
                if pair is not None:
                    _take(search, pair, [number])


def clean_value(text: str) -> str:
    """A value as one line, without separators and brackets that an info line leaves around it."""
    value = collapse(text.replace("\u200b", "").replace("\ufeff", "")).lstrip(":：")
    value = value.strip(" |｜")
    if not value or (value[-1] not in _CLOSERS and value[0] not in _CLOSERS):
        return value
    for opening, closing in ("【】", "[]", "［］", "()", "（）"):
        if value.endswith(opening) or (value.endswith(closing) and opening not in value):
            value = value[:-1]
        if value.startswith(closing):
            value = value[1:]
    return value.strip(" |｜")
