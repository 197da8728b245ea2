"""Listings that show only their first entries, walked by ranges of days (platforms.md §1e: totalPages capped)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from crawler.platforms.json_model import Slices

Range = tuple[str, str]
_AHEAD = timedelta(days=366)


def begin(rule: Slices, today: date) -> dict[str, Any]:
    """The state of the first request: everything from ``since`` to a year from today."""
    if not rule.cap:
        return {}
    return enter(rule, {"slices": [(rule.since.isoformat(), (today + _AHEAD).isoformat())]})


def enter(rule: Slices, state: Mapping[str, Any]) -> dict[str, Any]:
    """The state with the next waiting range as the one that is asked for, from its page 1."""
    (first, last), *rest = state["slices"]
    return {
        **state,
        "slices": rest,
        "range": [first, last],
        "from": date.fromisoformat(first).strftime(rule.format),
        "to": date.fromisoformat(last).strftime(rule.format),
        "number": 1,
        "start": 1,
    }


def halves(state: Mapping[str, Any]) -> list[list[str]] | None:
    """The two halves of the range that is asked for, the newer first; None if it is one day."""
    first, last = (date.fromisoformat(text) for text in state["range"])
    if first >= last:
        return None
    middle = first + (last - first) // 2
    later = middle + timedelta(days=1)
    return [[later.isoformat(), last.isoformat()], [first.isoformat(), middle.isoformat()]]
