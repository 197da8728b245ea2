"""The injected clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from crawler import clock


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    clock.reset()
    yield
    clock.reset()


def test_it_starts_where_the_environment_says_and_runs_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_NOW", "2030-01-01T00:30:00+08:00")
    first = clock.now()
    assert (first - datetime(2029, 12, 31, 16, 30, tzinfo=UTC)).total_seconds() < 5
    assert clock.now() >= first
    assert clock.day() == date(2030, 1, 1)
    assert clock.stamp(first)[:19] == "2029-12-31T16:30:00"
    assert clock.new_crawl_id().startswith("20291231T1630")


@pytest.mark.parametrize("text", ["tomorrow", "2030-01-01T00:00:00"])
def test_a_malformed_time_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_NOW", text)
    with pytest.raises(clock.ClockError, match="GONGKAI_NOW"):
        clock.now()


def test_days_are_days_in_shanghai() -> None:
    assert clock.day_of("2026-11-22T16:00:00Z") == date(2026, 11, 23)
    assert clock.day_of("2026-11-22T15:59:59Z") == date(2026, 11, 22)
