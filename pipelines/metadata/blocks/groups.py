"""Pairs that stand together: the page's metadata block, and the info line under its title."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from lxml.etree import _Element

from pipelines.metadata.blocks.beside import Pair
from pipelines.metadata.blocks.lines import is_mixed, is_prose, opening_lines
from pipelines.metadata.cells import Cells
from pipelines.metadata.vocabulary import IGNORED

# Cells without a label that may stand between two pairs of one group.
_GAP = 3
# Fields that hardly occur together in running text.
_TELLING = frozenset(
    (
        "agency",
        "issuing_body",
        "document_number",
        "catalog",
        "published_on",
        "written_on",
        "disclosure_form",
        "genre",
    )
)
_FEWEST = 3
# Characters before the first label of a line that is still nothing but metadata.
_LONGEST_LEAD = 60


@dataclass(eq=False)
class Group:
    """Pairs that follow each other closely; what is derived from them is computed once, when all are there."""

    pairs: list[Pair] = field(default_factory=list)
    last: int = -1

    @cached_property
    def fields(self) -> set[str]:
        """Fields of the labels, whether they have a value or not; furniture and weak labels left out."""
        return {
            pair.meaning.field
            for pair in self.pairs
            if pair.meaning and pair.meaning.field != IGNORED and not pair.meaning.is_weak
        }

    @cached_property
    def is_block(self) -> bool:
        """Whether this is a metadata block: an 索引号 and another field, or three fields of which one tells."""
        fields = self.fields
        if "index_number" in fields:
            # An entry of a list of documents says an 索引号 and more beside it in one line.
            return len(fields) >= 2 or any(pair.value and not pair.rest for pair in self.pairs)
        filled = {
            pair.meaning.field for pair in self.pairs if pair.meaning and pair.value and not pair.loose
        } & fields
        fields = {pair.meaning.field for pair in self.pairs if pair.meaning and not pair.loose} & fields
        return len(fields) >= _FEWEST and len(filled) > 1 and bool(fields & _TELLING)

    @cached_property
    def known(self) -> list[Pair]:
        """Pairs whose label means something."""
        return [pair for pair in self.pairs if pair.meaning]


def groups(
    pairs: list[Pair], titles: Sequence[int], page: Cells, body: tuple[int, int] = (0, 0)
) -> list[Group]:
    """Split pairs where prose comes between them, and at the cells (by number, ascending) where a title stands.

    ``body`` (a range of cells) is split from what stands around it.

    A cell with lines of other text (``mixed``) is a text of its own: its pairs stand apart from those around it.
    A group begins and ends with a known label.
    """
    found: list[Group] = []
    entries = _entries(pairs, page)
    for pair in pairs:
        if pair.cell in entries:
            continue
        near = bool(found) and _is_near(found[-1], pair, page)
        near = near and (body[0] <= pair.cell < body[1]) == (body[0] <= found[-1].last < body[1])
        if near and bisect_right(titles, pair.cell) == bisect_right(titles, found[-1].last):
            group = found[-1]
        elif pair.meaning is None:
            continue
        else:
            group = Group()
            found.append(group)
        group.pairs.append(pair)
        if pair.meaning is not None or pair.in_row:
            group.last = max(group.last, *pair.used)
    return found


def _entries(pairs: list[Pair], page: Cells) -> set[int]:
    """The cells that are entries of a list of documents: blocks side by side, each with an 索引号 of its own and more."""
    numbers = [pair for pair in pairs if pair.meaning and pair.meaning.field == "index_number" and pair.value]
    if len(numbers) < 2:
        return set()
    held = Counter(pair.cell for pair in pairs)
    lists: dict[tuple[_Element | None, str, str], dict[int, str]] = {}
    for pair in numbers:
        if held[pair.cell] > 1 or pair.rest:
            owner = page.items[pair.cell].owner
            lists.setdefault((owner.getparent(), owner.tag, pair.label), {})[pair.cell] = pair.value
    return {cell for entries in lists.values() if len(set(entries.values())) > 1 for cell in entries}


def _is_near(group: Group, pair: Pair, page: Cells) -> bool:
    before = group.pairs[-1]
    if pair.cell == before.cell:
        return True
    if pair.cell - group.last > _GAP + 1 or pair.mixed or before.mixed:
        return False
    return not any(is_prose(cell.text) for cell in page.items[group.last + 1 : pair.cell])


def _whole(page: Cells, pairs: list[Pair]) -> bool:
    """Whether a cell holds nothing but the ``pairs`` that stand in it."""
    if any(pair.rest or pair.lead > _LONGEST_LEAD for pair in pairs):
        return False
    return not is_mixed(page.items[pairs[0].cell].text, [pair.span for pair in pairs])


def told_lines(page: Cells, group: Group, pairs: list[Pair]) -> list[str]:
    """The lines of label and value with which a cell begins that goes on with text: a block, then the body, in one element."""
    first = group.pairs[0]
    if not (first.mixed and group.is_block and len(group.known) >= _FEWEST):
        return []
    spans = [pair.span for pair in pairs if pair.cell == first.cell and not pair.rest]
    return opening_lines(page.items[first.cell].text, spans)


def covered(page: Cells, pairs: list[Pair]) -> set[_Element]:
    """The largest elements all of whose text is labels and values of ``pairs``: no part of the body."""
    used = bytearray(len(page.items))
    labelled: dict[int, list[Pair]] = {}
    for pair in pairs:
        labelled.setdefault(pair.cell, []).append(pair)
        for number in pair.used:
            used[number] = 1
    for number, held in labelled.items():
        used[number] = _whole(page, held)
    sums = [0, *accumulate(used)]

    def is_covered(element: _Element) -> bool:
        first, last = page.extent.get(element, (0, 0))
        return first < last and sums[last] - sums[first] == last - first

    found: set[_Element] = set()
    done = 0
    for number, cell in enumerate(page.items):
        if number < done or not used[number] or not is_covered(cell.owner):
            continue
        element, parent = cell.owner, cell.owner.getparent()
        while parent is not None and parent.tag not in ("body", "html") and is_covered(parent):
            element, parent = parent, parent.getparent()
        found.add(element)
        done = page.extent[element][1]
    return found
