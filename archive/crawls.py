"""The tables ``crawls`` and ``walks``: every run and every walk through a directory ends with a verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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


def beat(db: Database, crawl_id: str, at: str) -> None:
    """Say that the crawl is alive."""
    db.conn.execute("UPDATE crawls SET heartbeat_at = ? WHERE id = ?", (at, crawl_id))


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


def start_walk(db: Database, directory_id: int, crawl_id: str, mode: str, at: str) -> dict[str, Any]:
    """The walk of this directory in this crawl and mode (``head``, ``sweep``, ``backfill``), with its
    ``cursor``.

    One that is there is given back as it stands, so that nothing it saw before a kill counts as delisted; its
    ``cursor`` (dict or None) says where to go on. A finished one has ``finished_at`` and no cursor: in a
    resumed crawl there is nothing left to do for it.
    """
    db.conn.execute(
        "INSERT INTO walks(directory_id, crawl_id, mode, started_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT(directory_id, crawl_id, mode) DO NOTHING",
        (directory_id, crawl_id, mode, at),
    )
    walk = next(
        iter(
            db.query(
                "SELECT w.*, d.cursor FROM walks AS w JOIN directories AS d ON d.id = w.directory_id"
                " WHERE w.directory_id = ? AND w.crawl_id = ? AND w.mode = ?",
                (directory_id, crawl_id, mode),
            )
        )
    )
    stored = json.loads(walk["cursor"] or "{}")
    walk["cursor"] = None if walk["finished_at"] else stored.get(_cursor_key(crawl_id, mode))
    return walk


def _cursor_key(crawl_id: str, mode: str) -> str:
    """The key of one walk in ``directories.cursor``.

    A directory may have several unfinished walks: a head crawl passes through while a backfill is
    interrupted.
    """
    return f"{crawl_id}/{mode}"


def store_cursor(db: Database, walk_id: int, position: Mapping[str, Any] | None) -> None:
    """Keep where the walk goes on, in its own place in ``directories.cursor``; None: there is nothing
    further.
    """
    directory_id, crawl_id, mode = db.conn.execute(
        "SELECT directory_id, crawl_id, mode FROM walks WHERE id = ?", (walk_id,)
    ).fetchone()
    path = f'$."{_cursor_key(crawl_id, mode)}"'
    if position is None:
        # An object without keys is as good as none, and reads as such.
        sql = "UPDATE directories SET cursor = nullif(json_remove(cursor, ?1), '{}') WHERE id = ?2"
        db.conn.execute(sql, (path, directory_id))
    else:
        sql = "UPDATE directories SET cursor = json_set(coalesce(cursor, '{}'), ?, json(?)) WHERE id = ?"
        db.conn.execute(sql, (path, json.dumps(position, ensure_ascii=False), directory_id))


def finish_walk(
    db: Database, walk_id: int, *, verdict: str, reason: str | None, drifted: bool, at: str
) -> None:
    """Write the walk's verdict; its cursor goes, and the directory takes over the announced total.

    ``last_complete_sweep_at`` moves only for a complete walk of every page (mode ``sweep`` or ``backfill``).
    """
    db.conn.execute(
        "UPDATE walks SET verdict = ?, reason = ?, drifted = ?, finished_at = ? WHERE id = ?",
        (verdict, reason, int(drifted), at, walk_id),
    )
    store_cursor(db, walk_id, None)
    db.conn.execute(
        """
        UPDATE directories SET
          announced_total = coalesce(w.announced_total, directories.announced_total),
          last_complete_sweep_at = CASE
            WHEN w.verdict IN ('complete', 'empty-as-expected') AND w.mode <> 'head' THEN w.finished_at
            ELSE last_complete_sweep_at END
        FROM walks AS w WHERE w.id = ? AND directories.id = w.directory_id
        """,
        (walk_id,),
    )
