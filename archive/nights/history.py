"""The last nights by Shanghai day, and how long a portal usually takes."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, timedelta
from statistics import median
from typing import Any

from sqlite_utils import Database

NIGHTS = 30
NUMBERS = ("new", "revised", "gone", "failed", "blocked", "requests")


def last_nights(db: Database, until: date) -> list[dict[str, Any]]:
    """One row for each of the last ``NIGHTS`` days up to ``until``: sums of the nightly crawls' counters, crawls, troubles."""
    first = until - timedelta(days=NIGHTS - 1)
    sums = ", ".join(f"coalesce(sum(stats ->> '$.{name}'), 0) AS {name}" for name in NUMBERS)
    rows = db.query(
        f"SELECT date(started_at, '+8 hours') AS day, count(*) AS crawls, coalesce(sum(verdict IN ('degraded', 'failed')), 0) AS troubles,"
        f" {sums} FROM crawls WHERE command = 'nightly' AND date(started_at, '+8 hours') BETWEEN ? AND ? GROUP BY 1",
        [first.isoformat(), until.isoformat()],
    )
    known = {row["day"]: row for row in rows}
    empty = dict.fromkeys(("crawls", "troubles", *NUMBERS), 0)
    days = [(first + timedelta(days=number)).isoformat() for number in range(NIGHTS)]
    return [known.get(day) or {"day": day, **empty} for day in days]


def nightly_crawls(db: Database, portals: Collection[str], since: str) -> list[str]:
    """The ids of the nightly crawls of these portals that began or went on since ``since``."""
    rows = db.execute(
        "SELECT id FROM crawls WHERE command = 'nightly' AND heartbeat_at >= ?"
        " AND portal IN (SELECT value FROM json_each(?))",
        [since, json.dumps(sorted(portals))],
    )
    return [row[0] for row in rows]


def usual_seconds(db: Database, portal: str, before: str) -> float | None:
    """The median duration of the portal's last ten nightly crawls that ended before ``before``; None with fewer than three."""
    rows = db.execute(
        "SELECT (julianday(finished_at) - julianday(started_at)) * 86400 FROM crawls WHERE portal = ? AND command = 'nightly'"
        " AND finished_at < ? AND verdict <> 'interrupted' ORDER BY started_at DESC LIMIT 10",
        [portal, before],
    ).fetchall()
    return float(median(row[0] for row in rows)) if len(rows) >= 3 else None


def visit_ages(db: Database, portal: str, at: str) -> dict[str, float] | None:
    """How many days ago the portal's known addresses were last visited, ``median`` and ``worst``: so old an edit may be
    without having been seen. None without any."""
    known = "FROM sightings WHERE portal = :portal AND state = 'ok' AND visited_at IS NOT NULL"
    row = db.execute(
        f"SELECT count(*), julianday(:at) - julianday(min(visited_at)) {known}", {"portal": portal, "at": at}
    )
    count, worst = row.fetchone()
    if not count:
        return None
    middle = db.execute(
        f"SELECT julianday(:at) - julianday(visited_at) {known} ORDER BY visited_at DESC LIMIT 1 OFFSET :half",
        {"portal": portal, "at": at, "half": count // 2},
    ).fetchone()[0]
    return {"median": round(middle, 1), "worst": round(worst, 1)}


def revisit_cycle(db: Database, portal: str, budget: int | None) -> dict[str, int] | None:
    """In how many nights an edit is seen under the portal's budget, ``median`` and ``worst``: known addresses are visited
    by age, so each comes once in a round of them all. None where nothing is known or nothing is revisited.
    """
    query = (
        "SELECT count(*) FROM sightings WHERE portal = ? AND state IN ('ok', 'gone') AND kind <> 'offsite'"
    )
    known = db.execute(query, [portal]).fetchone()[0]
    if not budget or not known:
        return None
    worst = -(-known // budget)
    return {"median": -(-worst // 2), "worst": worst}


def requests_of_day(db: Database, day: date) -> dict[str, int]:
    """Requests that crawls of every command began on that Shanghai day, by portal."""
    rows = db.execute(
        "SELECT portal, sum(r.value) FROM crawls, json_each(crawls.stats, '$.requests_by_day') AS r"
        " WHERE r.key = ? AND heartbeat_at >= ? GROUP BY portal",
        [day.isoformat(), (day - timedelta(days=1)).isoformat()],
    )
    return {portal: int(count) for portal, count in rows}
