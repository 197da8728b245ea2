"""A label and its value, and where the value of a label that stands alone is found: beside it, or in the next list."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from lxml.etree import _Element

from pipelines.markup import collapse
from pipelines.metadata.blocks.lines import BODY_LABELS, PLAIN, is_prose
from pipelines.metadata.cells import Cell, Cells
from pipelines.metadata.vocabulary import IGNORED, Label, Meaning, Vocabulary

_LONGEST_VALUE = 600
# Items that mostly are one pair each: an empty one borrows the next only where several labels stand alone.
_FEWEST_ALONE = 2
# So many labels in one list and as many values in the next one belong together.
_FEWEST_LISTED, _MOST_LISTED = 3, 40
_CLOSERS = "】]］)）"
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
class Search:
    """The cells of a page with their labels (by number of the cell), and what is known of its lists and tables.

    ``inline``: kinds of blocks (parent, tag) that hold a label with its value; ``alone`` counts those with a label only.
    """

    page: Cells
    known: Vocabulary
    labels: dict[int, list[Label]]
    inline: set[tuple[_Element | None, str]] = field(default_factory=set)
    alone: Counter[tuple[_Element | None, str]] = field(default_factory=Counter)
    by_table_cell: dict[_Element, list[int]] = field(default_factory=lambda: defaultdict(list))


def look_beside(search: Search, pair: Pair, cell: Cell, label: Label, *, alone: bool) -> None:
    """The value of a label that ends its cell: the next td of the row, the next dd, the next block beside it."""
    table_cell = cell.table_cell
    if table_cell is not None and _fills(search, table_cell, pair.cell):
        pair.in_row = True
        take(search, pair, numbers_beside(search, pair, table_cell))
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
        take(search, pair, list(range(first, last)))
    else:
        take(search, pair, [following])
        pair.loose = not label.has_colon and other.owner.getparent() is not cell.owner


def numbers_beside(search: Search, pair: Pair, table_cell: _Element) -> list[int]:
    """The cells (by number) of the next td; one that holds only the colon is stepped over."""
    beside = table_cell.getnext()
    numbers = [] if beside is None else search.by_table_cell.get(beside, [])
    if beside is not None and len(numbers) == 1 and search.page.items[numbers[0]].text.strip() in (":", "："):
        pair.used += numbers
        beside = beside.getnext()
        numbers = [] if beside is None else search.by_table_cell.get(beside, [])
    return numbers


def _fills(search: Search, table_cell: _Element, number: int) -> bool:
    """Whether the label's cell is all that its td holds."""
    return search.by_table_cell.get(table_cell) == [number]


def _belongs(search: Search, cell: Cell, other: Cell, label: Label) -> bool:
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


def take(search: Search, pair: Pair, numbers: list[int]) -> None:
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


def _has_known(search: Search, number: int) -> bool:
    labels = search.labels.get(number, [])
    return any(
        label.meaning is not None or label.end >= len(search.page.items[number].text) for label in labels
    )


def pair_lists(search: Search, found: list[Pair]) -> None:
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
                    take(search, pair, [number])


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
