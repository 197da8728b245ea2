"""From pairs to groups: a pure function, whose answer the order of the pairs does not change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from archive.mirrors.judge import RULES, Rule


class Pair(NamedTuple):
    """Two documents that were found to be one instrument."""

    one: int
    other: int
    rule: Rule
    likeness: float | None


class Member(NamedTuple):
    """A document of a group: the group's name, and the strongest pair that holds it there."""

    group_uid: str
    rule: Rule
    likeness: float | None


def group(
    pairs: Iterable[Pair], uids: Mapping[int, str], numbers: Mapping[int, str | None]
) -> dict[int, Member]:
    """Document → the group that it is in. A group is named after the least of its uids.

    What is one with one of a group is in it, the strongest pairs first; but no group ever holds two 文号, which a text
    without any might else bring together.
    """
    ordered = sorted(pairs, key=lambda pair: _order(pair, uids))
    members: dict[int, list[int]] = {}
    number: dict[int, str | None] = {}
    of: dict[int, int] = {}
    best: dict[int, Pair] = {}
    for pair in ordered:
        for document in pair[:2]:
            if document not in of:
                of[document], members[document] = document, [document]
                number[document] = numbers.get(document)
        left, right = sorted((of[pair.one], of[pair.other]), key=lambda root: -len(members[root]))
        known = {number[left], number[right]} - {None}
        if len(known) > 1:
            continue
        if left != right:
            for document in members[right]:
                of[document] = left
            members[left] += members.pop(right)
            number[left] = next(iter(known), None)
        for document in pair[:2]:
            best.setdefault(document, pair)
    named: dict[int, Member] = {}
    for documents in members.values():
        name = min(uids[document] for document in documents)
        for document in documents if len(documents) > 1 else ():
            named[document] = Member(name, best[document].rule, best[document].likeness)
    return named


def _order(pair: Pair, uids: Mapping[int, str]) -> tuple[int, float, str, str]:
    first, second = sorted((uids[pair.one], uids[pair.other]))
    return RULES.index(pair.rule), -(pair.likeness or 0), first, second
