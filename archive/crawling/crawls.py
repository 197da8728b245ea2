"""The table ``crawls``: every run ends with a verdict."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlite_utils import Database


def start_crawl(
    db: Database,
    *,
    id: str,
    portal: str,
    command: str,
    options: Mapping[str, Any],
    config_hash: str,
    software: str,
    vantage: str | None,
    at: str,
) -> None:
    """Insert a crawl (``20261123T021500Z-<8 hex>``); the heartbeat starts at ``at``."""
    db.conn.execute(
        """
        INSERT INTO crawls(id, portal, command, options, config_hash, software, vantage, started_at,
        heartbeat_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) """, (
            id, portal, command, json.dumps(options, ensure_ascii=False, sort_keys=True), config_hash,
            software, vantage, at, at,
        ),
    )  # fmt: skip


def open_crawl(db: Database, portal: str, command: str) -> dict[str, Any] | None:
    """The newest crawl of this portal and command that never finished (killed, interrupted), to be
    resumed.
    """
    rows = db.query(
        "SELECT * FROM crawls WHERE portal = ? AND command = ? AND finished_at IS NULL"
        " ORDER BY started_at DESC, id DESC LIMIT 1",
        (portal, command),
    )
    row = next(iter(rows), None)
    if row is not None:
        for name in ("options", "reasons", "stats"):
            row[name] = json.loads(row[name])
    return row


def started_at(db: Database, crawl_id: str) -> str:
    """When the crawl began (UTC, ``…Z``), before any interruption; raises ``KeyError`` for an unknown one."""
    row = db.conn.execute("SELECT started_at FROM crawls WHERE id = ?", (crawl_id,)).fetchone()
    if row is None:
        raise KeyError(f"no crawl {crawl_id}")
    return str(row[0])


def beat(
    db: Database,
    crawl_id: str,
    at: str,
    pages: Mapping[str, Any] | None = None,
    requests_by_day: Mapping[str, int] | None = None,
) -> None:
    """Say that the crawl is alive, and what its pages said and how much it asked so far: a resumed one goes on counting."""
    db.conn.execute("UPDATE crawls SET heartbeat_at = ? WHERE id = ?", (at, crawl_id))
    for key, value in (("pages", pages), ("requests_by_day", requests_by_day)):
        if value:
            db.conn.execute(
                "UPDATE crawls SET stats = json_set(stats, ?, json(?)) WHERE id = ?",
                (f"$.{key}", json.dumps(value, ensure_ascii=False), crawl_id),
            )


def pages_so_far(db: Database, crawl_id: str) -> dict[str, Any]:
    """What the pages of a crawl said until it was interrupted; empty when nothing was kept."""
    row = db.execute("SELECT json_extract(stats, '$.pages') FROM crawls WHERE id = ?", [crawl_id]).fetchone()
    return dict(json.loads(row[0])) if row and row[0] else {}


def requests_so_far(db: Database, crawl_id: str) -> dict[str, int]:
    """How many requests a crawl began on each Shanghai day until it was interrupted."""
    row = db.execute(
        "SELECT json_extract(stats, '$.requests_by_day') FROM crawls WHERE id = ?", [crawl_id]
    ).fetchone()
    return dict(json.loads(row[0])) if row and row[0] else {}


def broken_off_before(db: Database, portal: str, crawl_id: str) -> tuple[str, str, dict[str, Any]] | None:
    """The portal's crawl before this one, where it died: its id, its command and what its pages said until then.

    None where it ended otherwise, where nothing was kept of its pages, and where it is held back already.
    """
    row = db.execute(
        "SELECT id, command, json_extract(stats, '$.pages'), verdict = 'interrupted' AND finished_at IS NOT NULL"
        " AND json_type(stats, '$.quarantine') IS NULL FROM crawls"
        " WHERE portal = ? AND id <> ? AND command <> 'rebuild' ORDER BY started_at DESC, id DESC LIMIT 1",
        [portal, crawl_id],
    ).fetchone()
    return (row[0], row[1], json.loads(row[2])) if row and row[2] and row[3] else None


def page_history(db: Database, portal: str, commands: Collection[str], limit: int) -> list[dict[str, Any]]:
    """What the pages of the portal's last crawls said (``stats.pages``), the newest first, at most ``limit``.

    Only crawls of these commands that read pages and came to their end, and of the quarantined ones only those that somebody
    looked at and released: such a crawl is how the portal is now, and nothing before it counts any more.
    """
    rows = db.execute(
        """
        SELECT json_extract(stats, '$.pages'), json_type(stats, '$.quarantine') IS NOT NULL
        FROM crawls WHERE portal = ? AND finished_at IS NOT NULL AND command IN (SELECT value FROM json_each(?))
          AND json_type(stats, '$.pages') = 'object'
          AND iif(json_type(stats, '$.quarantine') IS NULL, verdict <> 'interrupted',
                  json_type(stats, '$.quarantine.released_at') = 'text')
        ORDER BY started_at DESC, id DESC LIMIT ?
        """,
        [portal, json.dumps(sorted(commands)), limit],
    ).fetchall()
    found = []
    for pages, released in rows:
        found.append(json.loads(pages))
        if released:
            break
    return found


def finish_crawl(
    db: Database,
    crawl_id: str,
    *,
    completeness: str,
    verdict: str,
    reasons: Sequence[Any],
    stats: Mapping[str, Any],
    at: str,
) -> None:
    """Write the crawl's verdict; raises ``sqlite3.IntegrityError`` for a word that the schema does not
    know.
    """
    db.conn.execute(
        """
        UPDATE crawls SET completeness = ?, verdict = ?, reasons = ?, stats = ?, heartbeat_at = ?,
        finished_at = ? WHERE id = ? """, (
            completeness, verdict, json.dumps(list(reasons), ensure_ascii=False),
            json.dumps(stats, ensure_ascii=False), at, at, crawl_id,
        ),
    )  # fmt: skip


def suspend_crawl(
    db: Database, crawl_id: str, *, reasons: Sequence[Any], stats: Mapping[str, Any], at: str
) -> None:
    """Note that the crawl was interrupted or reached its limit; it stays unfinished, to be resumed."""
    db.conn.execute(
        "UPDATE crawls SET verdict = 'interrupted', completeness = 'incomplete', reasons = ?, stats = ?,"
        " heartbeat_at = ? WHERE id = ?",
        (json.dumps(list(reasons), ensure_ascii=False), json.dumps(stats, ensure_ascii=False), at, crawl_id),
    )


def reopen_crawl(db: Database, crawl_id: str, at: str) -> None:
    """Go on with an unfinished crawl: it has no verdict again."""
    db.conn.execute(
        "UPDATE crawls SET verdict = NULL, completeness = NULL, heartbeat_at = ? WHERE id = ?", (at, crawl_id)
    )
