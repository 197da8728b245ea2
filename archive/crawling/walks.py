"""The table ``walks``: every walk through a directory ends with a verdict, and until then has a cursor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlite_utils import Database

from archive.crawling.delisting import delist, overtaken, seen_since

EMPTY_WALKS = 5
"""A directory that was empty in so many walks in a row is expected to be empty (DESIGN §7)."""


class WalkCounts(NamedTuple):
    """What a walk has counted so far; ``announced_total`` is what the portal said last, if anything."""

    pages: int
    entries_seen: int
    entries_new: int
    announced_total: int | None


def start_walk(db: Database, directory_id: int, crawl_id: str, mode: str, at: str) -> dict[str, Any]:
    """The walk of this directory in this crawl and mode (``head``, ``sweep``, ``backfill``), with its
    ``cursor``.

    One that is there is given back as it stands, so that nothing it saw before a kill counts as delisted; its
    ``cursor`` (dict or None) says where to go on. A finished one has ``finished_at`` and no cursor: in a
    resumed crawl there is nothing left to do for it. A sweep that begins anew ends what was left of an earlier one.
    """
    begun = db.conn.execute(
        "INSERT INTO walks(directory_id, crawl_id, mode, started_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT(directory_id, crawl_id, mode) DO NOTHING",
        (directory_id, crawl_id, mode, at),
    )
    if begun.rowcount and mode == "sweep":
        _drop_sweeps(db, directory_id)
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


class OpenSweep(NamedTuple):
    """A sweep that was cut off and whose cursor is kept: of which crawl, since when, under which portal file."""

    crawl_id: str
    started_at: str
    config_hash: str


def open_sweep(db: Database, directory_id: int) -> OpenSweep | None:
    """The directory's sweep that another crawl may go on with, by :func:`start_walk` with its crawl; None: there is none."""
    row = db.conn.execute(
        "SELECT w.crawl_id, w.started_at, c.config_hash FROM walks AS w JOIN crawls AS c ON c.id = w.crawl_id"
        " JOIN directories AS d ON d.id = w.directory_id, json_each(d.cursor) AS kept"
        " WHERE w.directory_id = ? AND w.mode = 'sweep' AND w.finished_at IS NULL AND kept.key = w.crawl_id || '/sweep'"
        " ORDER BY w.id DESC LIMIT 1",
        (directory_id,),
    ).fetchone()
    return OpenSweep(*row) if row else None


def _drop_sweeps(db: Database, directory_id: int) -> None:
    rows = db.conn.execute(
        "SELECT id FROM walks WHERE directory_id = ? AND mode = 'sweep' AND finished_at IS NULL",
        (directory_id,),
    ).fetchall()
    for (walk_id,) in rows:
        store_cursor(db, walk_id, None)


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
    db: Database,
    walk_id: int,
    *,
    verdict: str,
    reason: str | None,
    drifted: bool,
    at: str,
    proves_absence: bool = False,
) -> None:
    """Write the walk's verdict; its cursor goes, and the directory takes over the announced total.

    ``last_complete_sweep_at`` moves only for a complete walk of every page (mode ``sweep`` or ``backfill``).
    ``proves_absence``: the directory lists all it has, and nothing moved unnoticed while it was read; what such a
    walk did not see is delisted if the walk was complete.
    """
    db.conn.execute(
        "UPDATE walks SET verdict = ?, reason = ?, drifted = ?, finished_at = ?, entries_seen = ? WHERE id = ?",
        (verdict, reason, int(drifted), at, _seen(db, walk_id), walk_id),
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
    mode, crawl_id, directory_id = db.conn.execute(
        "SELECT mode, crawl_id, directory_id FROM walks WHERE id = ?", (walk_id,)
    ).fetchone()
    empty = verdict == "empty-as-expected" and empty_in_the_last(db, directory_id, EMPTY_WALKS)
    if proves_absence and mode != "head" and (verdict == "complete" or empty):
        delist(db, walk_id, at=at, crawl_id=crawl_id)


def drop_cursors(db: Database, crawl_id: str, *, but_sweeps: bool = False) -> None:
    """Forget where the unfinished walks of a crawl were: nobody will go on with it.

    ``but_sweeps``: the next crawl goes on with its sweeps, so that a portal which takes longer than a night has comes
    to its end all the same.
    """
    rows = db.execute(
        "SELECT id FROM walks WHERE crawl_id = ? AND finished_at IS NULL AND (mode <> 'sweep' OR NOT ?)",
        [crawl_id, but_sweeps],
    ).fetchall()
    for (walk_id,) in rows:
        store_cursor(db, walk_id, None)


def walk_counts(db: Database, walk_id: int) -> WalkCounts:
    """The counters of a walk."""
    query = "SELECT pages, entries_seen, entries_new, announced_total FROM walks WHERE id = ?"
    counts = WalkCounts(*db.execute(query, [walk_id]).fetchone())
    return counts._replace(entries_seen=_seen(db, walk_id))


def _seen(db: Database, walk_id: int) -> int:
    """How many addresses a walk saw: counted page by page, and anew where another walk came in between."""
    seen, finished = db.conn.execute(
        "SELECT entries_seen, finished_at FROM walks WHERE id = ?", (walk_id,)
    ).fetchone()
    if finished is None and overtaken(db, walk_id):
        return seen_since(db, walk_id)
    return int(seen)


def last_complete_sweep(db: Database, directory_id: int) -> str | None:
    """When the directory was last walked to its end (UTC, ``…Z``); None: never."""
    row = db.execute("SELECT last_complete_sweep_at FROM directories WHERE id = ?", [directory_id]).fetchone()
    return row[0] if row else None


def empty_in_the_last(db: Database, directory_id: int, walks: int) -> bool:
    """Whether the directory listed nothing in each of its last ``walks`` walks that did not fail."""
    seen = db.execute(
        "SELECT entries_seen FROM walks WHERE directory_id = ? AND finished_at IS NOT NULL AND verdict <> 'failed'"
        " ORDER BY id DESC LIMIT ?",
        [directory_id, walks],
    ).fetchall()
    return len(seen) == walks and not any(row[0] for row in seen)
