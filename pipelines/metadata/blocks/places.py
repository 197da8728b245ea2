"""Which groups of pairs are the page's own metadata: its blocks, and the line under its title."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from pipelines.dates import is_impossible
from pipelines.metadata.blocks.beside import Pair
from pipelines.metadata.blocks.groups import Group
from pipelines.metadata.blocks.lines import is_longer, is_prose
from pipelines.metadata.candidates import field_date
from pipelines.metadata.cells import Cells
from pipelines.metadata.vocabulary import IGNORED

# How many cells an info line may stand below (or above) the title it belongs to.
_BELOW, _ABOVE = 12, 6
# Known labels of a block that may open the body.
_FEWEST_KNOWN = 3
_SENTENCE = re.compile("[，。；！？]")
_LINE_FIELDS = frozenset(("published_on", "written_on", "source", "agency", "issuing_body"))
# Characters of a value, of a whole cell, and before its first label, in an info line; of a cell that is prose.
_LONGEST_LINE, _LONGEST_CELL, _LONGEST_LEAD, _PROSE = 100, 250, 60, 80


def believed(
    found: Sequence[Group], cells: Cells, titles: Sequence[int], inside: Sequence[tuple[int, int]]
) -> list[Group]:
    """The groups that speak of the page, the most believed first.

    Where the profile names blocks (``inside``: their cell ranges), what stands in them comes first; then blocks
    with an 索引号, other blocks, and info lines beside a title or with a date and another label.
    """
    profile = [group for group in found if _within(group, inside)]
    rest = [group for group in found if group not in profile]
    blocks = [group for group in rest if group.is_block]
    numbered = [group for group in blocks if "index_number" in group.fields]
    others = [group for group in blocks if group not in numbered]
    if numbered or profile:
        # Beside a real block, three labels elsewhere are a form or a list in the text.
        others = [group for group in others if _by_title(group, titles)]
    lines = [
        group
        for group in rest
        if not group.is_block and _is_line(group, cells) and not _in_text_table(group, cells)
    ]
    beside = [
        group for group in lines if _by_title(group, titles) and not _behind_prose(group, cells, titles)
    ]
    return [*profile, *numbered, *others, *(beside[:3] or [group for group in lines if _is_dated(group)][:1])]


def _within(group: Group, inside: Sequence[tuple[int, int]]) -> bool:
    return any(first <= pair.cell < last for pair in group.known[:1] for first, last in inside)


def in_body(group: Group, cells: Cells, body: tuple[int, int], others: Sequence[Group]) -> bool:
    """Whether a group stands in the body (a range of cells) as part of its text.

    A metadata block of three known labels or more that opens the body is none of its text, if it has an 索引号 or
    none of the ``others`` outside of the body has one.
    """
    first, last = body
    begins = group.pairs[0].cell
    if not first <= begins < last:
        return False
    if "index_number" not in group.fields and any(
        "index_number" in other.fields and not first <= other.pairs[0].cell < last for other in others
    ):
        return True
    before = cells.items[first:begins]
    top = len(before) <= _BELOW and not any(is_prose(cell.text) for cell in before)
    return not (top and group.is_block and len(group.known) >= _FEWEST_KNOWN)


def _by_title(group: Group, titles: Sequence[int]) -> bool:
    if not titles:
        return False
    begins, ends = group.pairs[0].cell, group.last
    before = bisect_left(titles, begins + 1) - 1
    return (before >= 0 and begins - titles[before] <= _BELOW) or (
        before + 1 < len(titles) and titles[before + 1] - ends <= _ABOVE
    )


def _of_line(pair: Pair, cells: Cells) -> bool:
    """Whether a pair can stand in an info line: a short line, furniture or a field of such lines, a date."""
    meaning = pair.meaning
    if meaning is None or len(pair.value) > _LONGEST_LINE or pair.lead > _LONGEST_LEAD or pair.loose:
        return False
    if is_longer(cells.items[pair.cell].text, _LONGEST_CELL) or _SENTENCE.search(pair.value):
        return False
    if meaning.field.endswith("_on") and pair.value and field_date(pair.value) is None:
        return is_impossible(pair.value)
    return meaning.field == IGNORED or meaning.field in _LINE_FIELDS


def _is_line(group: Group, cells: Cells) -> bool:
    return any(
        pair.value and pair.meaning and pair.meaning.field in _LINE_FIELDS
        for pair in group.known
        if _of_line(pair, cells)
    )


def _is_dated(group: Group) -> bool:
    """Whether a line far from any title still shows what it is: a date and another label."""
    return len(group.known) > 1 and any(
        pair.meaning and pair.meaning.field.endswith("_on") and field_date(pair.value) for pair in group.known
    )


def _behind_prose(group: Group, cells: Cells, titles: Sequence[int]) -> bool:
    """Whether running text stands between the line and the title above it: then it is the text's own."""
    before = bisect_left(titles, group.pairs[0].cell + 1) - 1
    between = cells.items[titles[before] + 1 : group.pairs[0].cell] if before >= 0 else []
    return any(is_longer(cell.text, _PROSE) for cell in between)


def _in_text_table(group: Group, cells: Cells) -> bool:
    """Whether the pairs are rows of a table right below running text: the text's own table."""
    begins = group.pairs[0].cell
    return group.pairs[0].in_row and any(
        is_prose(cell.text) for cell in cells.items[max(0, begins - _BELOW) : begins]
    )


def belonging(group: Group, cells: Cells) -> list[Pair]:
    """The pairs of a believed group that are its own: prose that follows it may also hold something like labels.

    A label without a meaning belongs to a block if it stands between known ones or like them in a row.
    """
    known = group.known
    if not group.is_block:
        return [pair for pair in known if _of_line(pair, cells)]
    numbered = "index_number" in group.fields
    return [
        pair
        for pair in group.pairs
        if (pair.meaning or pair.in_row or (pair.cell <= known[-1].cell and not pair.mixed))
        and (numbered or not pair.loose)
    ]
