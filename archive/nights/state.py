"""The archive's state at any moment: freshness of each portal, what waits, the disk and when it will be full."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from archive.layout import DataDirectory

FORECAST_NIGHTS = 30

_PORTALS = """
    SELECT p.id AS portal, p.name, p.enabled = 1 AS enabled, c.started_at AS crawled_at, c.command, c.verdict, c.reasons,
      (SELECT max(started_at) FROM crawls WHERE portal = p.id AND completeness IN ('complete', 'empty-as-expected')
         AND verdict = 'ok' AND command IN ('crawl', 'backfill', 'nightly')) AS complete_at
    FROM portals AS p LEFT JOIN crawls AS c ON c.id = (
      SELECT id FROM crawls WHERE portal = p.id AND command IN ('crawl', 'backfill', 'nightly')
      ORDER BY started_at DESC, id DESC LIMIT 1)
    ORDER BY p.id
"""
_QUEUES = {
    "pending": "SELECT count(*) FROM sightings WHERE state = 'pending'",
    "failing": "SELECT count(*) FROM sightings WHERE state IN ('error', 'blocked')",
    "revisits_due": "SELECT count(*) FROM sightings WHERE state IN ('ok', 'gone') AND next_visit_at <= :at",
    "attachments": "SELECT count(*) FROM attachments WHERE state = 'pending'",
    "file_texts": "SELECT count(*) FROM files WHERE text_status = 'pending'",
    "quarantined": "SELECT count(*) FROM revisions WHERE status = 'quarantined'",
}


def state(db: Database, data: DataDirectory, at: str) -> dict[str, Any]:
    """JSON-able; ``at`` is now. ``verdict`` None: the last crawl is running, or was killed."""
    portals = [
        {**row, "enabled": bool(row["enabled"]), "reasons": json.loads(row["reasons"] or "[]")}
        for row in db.query(_PORTALS)
    ]
    queues = {name: int(db.execute(query, {"at": at}).fetchone()[0]) for name, query in _QUEUES.items()}
    return {
        "at": at,
        "portals": portals,
        "queues": queues,
        "last_night": last_night(data),
        "disk": disk(data),
    }


def reports(data: DataDirectory) -> list[dict[str, Any]]:
    """The reports of the last nights, the oldest first; one that cannot be read is left out."""
    found = []
    # The second of a day is <day>-2: by length first, which its name's order would put before the first.
    files = sorted(
        data.reports.glob("????-??-??*.json"), key=lambda file: (file.name[:10], len(file.name), file.name)
    )
    for file in files[-FORECAST_NIGHTS:]:
        try:
            report = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            continue  # half written when the disk was full
        if isinstance(report, dict) and "disk" in report:
            found.append(report | {"file": file.name})
    return found


def last_night(data: DataDirectory) -> dict[str, Any] | None:
    """Of the newest report: its file, times, and how many portals ended how."""
    known = reports(data)
    if not known:
        return None
    report = known[-1]
    statuses: dict[str, int] = {}
    for portal in report["portals"]:
        statuses[portal["status"]] = statuses.get(portal["status"], 0) + 1
    totals = {kind: change["total"] for kind, change in report["changes"].items()}
    return {
        "report": report["file"], "began_at": report["began_at"], "ended_at": report["ended_at"],
        "portals": statuses, "changes": totals,
    }  # fmt: skip


def disk(data: DataDirectory) -> dict[str, Any]:
    """Bytes ``used`` by the data directory and ``free`` on its disk, growth ``per_day`` and ``days_left``.

    The growth is measured between the oldest and the newest of the last reports; None until two days are between them
    or where nothing grows.
    """
    free = shutil.disk_usage(data.root).free
    known = [(report["date"], report["disk"]["used"]) for report in reports(data)]
    used, per_day, left = size_of(data.root), None, None
    if known:
        days = (date.fromisoformat(known[-1][0]) - date.fromisoformat(known[0][0])).days
        if days >= 2:
            per_day = (known[-1][1] - known[0][1]) / days
            left = round(free / per_day) if per_day > 0 else None
    return {"used": used, "free": free, "per_day": per_day, "days_left": left}


def size_of(folder: Path) -> int:
    """Bytes of all files below; one that vanishes meanwhile counts nothing."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(root) / name).lstat().st_size
            except FileNotFoundError:
                continue
    return total
