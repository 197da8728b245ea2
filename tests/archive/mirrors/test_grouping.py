"""archive.mirrors.grouping and candidates: pure functions that no order changes."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from archive.mirrors.candidates import FORM, MOST, candidates
from archive.mirrors.grouping import Pair, group
from archive.mirrors.judge import RULES
from archive.mirrors.sketch import BAND_BYTES, BANDS

UIDS = {n: f"{'zyxwvutsrqpo'[n]:a<16}" for n in range(12)}


def bands(*values: int) -> bytes:
    """A signature with these bands, and others that are its own."""
    rest = [*values, *range(100, 100 + BANDS - len(values))]
    return b"".join(value.to_bytes(BAND_BYTES, "little") for value in rest)


def unasked(documents: object) -> dict[int, str]:
    raise AssertionError("uids are read for large buckets alone")


def test_who_meets_whom() -> None:
    signatures = [
        (1, "国发〔2020〕1", 10, 100, bands(1, 2)), (2, "国发〔2020〕1", 11, None, None),  # the number
        (3, None, 20, 300, b"\1" * 32), (4, None, 20, 300, b"\2" * 32), (5, None, 21, 300, b"\3" * 32),  # text and title
        (6, None, 30, 600, bands(7, 8) + b""), (7, None, 30, 700, bands(9, 8)[:8] + b"\4" * 24),  # a band and the title
        (8, None, 31, 800, bands(7, 8)), (9, None, None, 900, bands(7, 8)), (10, None, 30, 1000, b"\5" * 32),
    ]  # fmt: skip
    assert candidates(signatures, unasked) == {(1, 2), (3, 4), (6, 7)}


def test_a_band_is_compared_in_its_own_place() -> None:
    one, two = (7).to_bytes(4, "little"), (8).to_bytes(4, "little")
    signatures = [(1, None, 1, 1, one + two + b"\1" * 24), (2, None, 1, 2, two + one + b"\2" * 24)]
    assert candidates(signatures, unasked) == set()


def test_of_many_each_meets_the_first_and_a_form_nobody() -> None:
    count = MOST + 40
    uids = {n: f"{count - n:016}" for n in range(count)}  # the last ids have the least uids
    numbered = [(n, "国发〔2020〕1", None, None, None) for n in range(count)]
    pairs = candidates(numbered, lambda documents: {n: uids[n] for n in documents})
    assert pairs == {(a, b) for b in range(count - MOST, count) for a in range(b)}
    many = [(n, "国发〔2020〕1", 5, 6, bytes(32)) for n in range(FORM + 1)]
    assert candidates(many, unasked) == set(), "a number on every page, a text on every page"
    random.shuffle(numbered)
    assert candidates(numbered, lambda documents: uids) == pairs
    form = [(n, None, 5, n + 1, bands(7)[:4] + n.to_bytes(28, "little")) for n in range(count)]
    assert len(candidates(form[:MOST], unasked)) == MOST * (MOST - 1) // 2
    assert candidates(form, unasked) == set()


def test_a_group_is_named_after_its_least_uid_and_says_why() -> None:
    pairs = [Pair(0, 1, "near", 0.9), Pair(1, 2, "number", 0.8), Pair(4, 5, "body", 1.0)]
    found = group(pairs, UIDS, {1: "n", 2: "n"})
    assert {n: member.group_uid for n, member in found.items()} == {
        0: UIDS[2], 1: UIDS[2], 2: UIDS[2], 4: UIDS[5], 5: UIDS[5]
    }  # fmt: skip
    assert found[0][1:] == ("near", 0.9) and found[1][1:] == ("number", 0.8)


def test_no_group_has_two_numbers() -> None:
    """0 has no number and is like 1 and, a little less, like 2, which have different ones."""
    pairs = [Pair(0, 2, "near", 0.9), Pair(0, 1, "near", 0.95), Pair(2, 3, "near", 0.85)]
    found = group(pairs, UIDS, {1: "国发〔2020〕1", 2: "国发〔2020〕2"})
    assert {n: member.group_uid for n, member in found.items()} == {
        0: UIDS[1],
        1: UIDS[1],
        2: UIDS[3],
        3: UIDS[3],
    }


@given(
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.sampled_from(RULES), st.sampled_from([None, 0.8, 0.9])),
             unique_by=lambda pair: frozenset(pair[:2])),
    st.dictionaries(st.integers(0, 11), st.sampled_from(["a", "b", None])), st.randoms(),
)  # fmt: skip
def test_the_order_of_the_pairs_makes_no_difference(pairs, numbers, chance) -> None:
    made = [Pair(*pair) for pair in pairs if pair[0] != pair[1]]
    found = group(made, UIDS, numbers)
    chance.shuffle(made)
    turned = [Pair(pair.other, pair.one, *pair[2:]) for pair in made]
    assert group(turned, UIDS, numbers) == found
    for name in {member.group_uid for member in found.values()}:
        members = [n for n, member in found.items() if member.group_uid == name]
        assert len(members) > 1 and name == min(UIDS[n] for n in members)
        assert len({numbers.get(n) for n in members} - {None}) <= 1
