"""The ids that a crawl has met."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.marked import Marked


@given(st.lists(st.integers(0, 5000)), st.lists(st.integers(0, 5000)))
def test_it_is_a_set_of_small_numbers(added: list[int], asked: list[int]) -> None:
    marked = Marked()
    marked.update(added)
    assert len(marked) == len(set(added))
    assert [number in marked for number in asked] == [number in set(added) for number in asked]
