"""What a crawl's row says of its quarantine and its release: in ``crawls.stats``, so that both survive a kill.

``stats.quarantine`` and ``stats.release`` are objects with ``at``, the time that every event of theirs has, and
``finished_at`` once the last revision is done; whoever works on the portal next goes on where that is missing.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from sqlite_utils import Database

Work = Literal["quarantine", "release"]


def begin(db: Database, crawl_id: str, work: Work, at: str, **data: Any) -> None:
    """Mark the crawl's row: the work is to be done. What was begun and not finished keeps its time."""
    if db.execute(_UNFINISHED + " AND id = :crawl", {"work": work, "crawl": crawl_id}).fetchone():
        return
    db.conn.execute(
        "UPDATE crawls SET stats = json_set(stats, '$.' || ?, json(?)) WHERE id = ?",
        (work, json.dumps({"at": at, **data}, ensure_ascii=False), crawl_id),
    )


def finish(db: Database, crawl_id: str, work: Work, **data: Any) -> None:
    """Note that nothing of the work is left; ``data`` goes into its object."""
    for name, value in {"finished_at": mark(db, crawl_id, work)["at"], **data}.items():
        db.conn.execute(
            "UPDATE crawls SET stats = json_set(stats, '$.' || ? || '.' || ?, ?) WHERE id = ?",
            (work, name, value, crawl_id),
        )


def mark(db: Database, crawl_id: str, work: Work) -> dict[str, Any]:
    """The crawl's object for ``work``; raises ``KeyError`` when it has none."""
    row = db.execute(
        "SELECT json_extract(stats, '$.' || ?) FROM crawls WHERE id = ?", [work, crawl_id]
    ).fetchone()
    if row is None or row[0] is None:
        raise KeyError(f"crawl {crawl_id} has no {work}")
    return dict(json.loads(row[0]))


_UNFINISHED = """
SELECT id FROM crawls WHERE json_type(stats, '$.' || :work) = 'object'
  AND json_type(stats, '$.' || :work || '.finished_at') IS NULL
"""


def unfinished(db: Database, portal: str, work: Work) -> list[str]:
    """The portal's crawls with such work left over from a process that died, the oldest first."""
    rows = db.execute(f"{_UNFINISHED} AND portal = :portal ORDER BY id", {"work": work, "portal": portal})
    return [row[0] for row in rows.fetchall()]


def note_released(db: Database, crawl_id: str, at: str) -> None:
    """Somebody looked at a quarantined crawl and found it right: its pages are how the portal is now."""
    db.conn.execute(
        "UPDATE crawls SET stats = json_set(stats, '$.quarantine.released_at', ?)"
        " WHERE id = ? AND json_type(stats, '$.quarantine') = 'object'",
        (at, crawl_id),
    )
