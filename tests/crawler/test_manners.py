"""Quiet hours and Retry-After as functions of the clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.allowance import Allowance
from crawler.network.retry_after import retry_after
from crawler.portals.quiet import quiet_until


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23T{text}:00+08:00")


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        (["08:30-18:00"], "08:29", None),
        (["08:30-18:00"], "08:30", "2026-11-23T18:00"),
        (["08:30-18:00"], "17:59", "2026-11-23T18:00"),
        (["08:30-18:00"], "18:00", None),
        (["22:00-06:00"], "23:00", "2026-11-24T06:00"),
        (["22:00-06:00"], "00:00", "2026-11-23T06:00"),
        (["22:00-06:00"], "06:00", None),
        (["12:00-13:00", "08:00-12:00"], "09:00", "2026-11-23T13:00"),
        (["08:00-08:00"], "07:59", "2026-11-24T08:00"),
        ([], "09:00", None),
    ],
)
def test_quiet_hours(hours: list[str], at: str, until: str | None) -> None:
    found = quiet_until(hours, shanghai(at))
    assert (found.strftime("%Y-%m-%dT%H:%M") if found else None) == until
    assert quiet_until(hours, shanghai(at).astimezone(UTC)) == found


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_quiet_ends_outside_its_hours(begin: int, end: int, at: int) -> None:
    def clock(minutes: int) -> str:
        return f"{minutes // 60:02d}:{minutes % 60:02d}"

    hours = [f"{clock(begin)}-{clock(end)}"]
    until = quiet_until(hours, shanghai(clock(at)))
    if until is not None:
        assert until > shanghai(clock(at))
        assert begin == end or quiet_until(hours, until) is None


NOW = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None), (b"120", 120), (b" 0 ", 0), (b"-1", None), (b"1.5", None), (b"soon", None), (b"", None),
        (b"Mon, 23 Nov 2026 02:16:00 GMT", 60), (b"Mon, 23 Nov 2026 02:16:00", 60), (b"Sun, 22 Nov 2026 02:16:00 GMT", 0),
        (b"9" * 40, float("inf")), ("１２０".encode(), None), (b"Mon, 99 Foo 2026 02:16:00 GMT", None),
    ],
)  # fmt: skip
def test_retry_after(value: bytes | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.binary(max_size=200))
def test_a_hostile_header_is_nothing_worse_than_unread(value: bytes) -> None:
    found = retry_after(value, NOW)
    assert found is None or found >= 0


def test_a_budget_is_counted_and_ends() -> None:
    allowance = Allowance(budget=2)
    for _ in range(2):
        assert allowance.refusal() is None
        allowance.asked()
    assert "budget of 2" in (allowance.refusal() or "")
    assert sum(allowance.by_day.values()) == 2
