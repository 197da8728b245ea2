"""Serial-number gaps: only where a series is dense, never more than an observation."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.nights.gaps import series_of

PREFIX = "000990901/2026-"


def numbers(*serials: int, width: int = 5, prefix: str = PREFIX) -> list[str]:
    return [f"{prefix}{serial:0{width}d}" for serial in serials]


def test_a_dense_series_names_what_it_lacks() -> None:
    (series,) = series_of("x", numbers(*(n for n in range(1, 41) if n not in (7, 12, 13, 14))))
    assert series.numbers() == [f"{PREFIX}00007", f"{PREFIX}00012 – {PREFIX}00014"]
    assert (series.first, series.last, series.known) == (1, 40, 36)


def test_a_series_without_padding() -> None:
    (series,) = series_of("x", numbers(*(n for n in range(1, 130) if n != 100), width=1))
    assert series.numbers() == [f"{PREFIX}100"]


def test_a_padded_series_that_outgrows_its_zeros_is_one() -> None:
    (series,) = series_of("x", numbers(*(n for n in range(90, 131) if n not in (99, 101)), width=3))
    assert series.missing == ((99, 99), (101, 101))


def test_sparse_short_and_whole_series_say_nothing() -> None:
    assert series_of("x", numbers(*range(1, 100, 3))) == []
    assert series_of("x", numbers(1, 2, 4, 5)) == []
    assert series_of("x", numbers(*range(1, 60))) == []
    assert series_of("x", ["无号", "12345", "", "甲〔2026〕乙"]) == []


def test_series_are_not_mixed() -> None:
    both = numbers(*range(1, 30)) + numbers(*range(40, 60), prefix="000990902/2026-")
    assert series_of("x", both) == []


@given(st.lists(st.text(max_size=30), max_size=60))
def test_hostile_numbers(texts: list[str]) -> None:
    for series in series_of("x", texts):
        assert series.density >= 0.8
