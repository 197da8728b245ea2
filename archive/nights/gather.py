"""The run report as data: what ``reports/<date>.json`` holds and its page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlite_utils import Database

from archive.nights.changes import changes, failing
from archive.nights.history import (
    last_nights,
    nightly_crawls,
    requests_of_day,
    revisit_cycle,
    usual_seconds,
    visit_ages,
)

SLOW_FACTOR = 3.0
SLOW_SECONDS = 600.0
"""Slow is a crawl that took longer than this and than ``SLOW_FACTOR`` times the portal's median night."""


def gather(
    db: Database, outcomes: Sequence[Mapping[str, Any]], *, began: str, ended: str, day: date
) -> dict[str, Any]:
    """The report of a night whose portals ended as ``outcomes`` say; times are the archive's stamps."""
    ids = [outcome["portal"] for outcome in outcomes]
    crawls = nightly_crawls(db, ids, began)  # of a process that crashed nobody else tells
    asked = requests_of_day(db, day)
    portals = []
    for outcome in outcomes:
        usual = usual_seconds(db, outcome["portal"], began)
        slow = outcome["status"] == "timed-out" or (
            usual is not None and outcome["seconds"] > max(SLOW_SECONDS, SLOW_FACTOR * usual)
        )
        portals.append(
            {
                **outcome,
                "usual_seconds": usual,
                "slow": slow,
                "requests_today": asked.get(outcome["portal"], 0),
                "visited_days_ago": visit_ages(db, outcome["portal"], ended),
                "revisit_cycle_nights": revisit_cycle(db, outcome["portal"], outcome.get("revisit_budget")),
            }
        )
    return {
        "date": day.isoformat(),
        "began_at": began,
        "ended_at": ended,
        "portals": portals,
        "changes": changes(db, crawls, began),
        "failing": failing(db, ids, "error"),
        "blocked": failing(db, ids, "blocked"),
        "nights": last_nights(db, day),
    }
