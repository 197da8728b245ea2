"""Entries that a directory no longer lists: told by a whole walk that did not see them (DESIGN §4).

An entry remembers the last walk that saw it, and walks interleave: a head crawl passes while a backfill is
interrupted, two machines' walks are merged by time. So what stood in the listing at any time since the walk began
counts as seen by it, whichever walk saw it.
"""

from __future__ import annotations

import json

from sqlite_utils import Database

from archive.events import add_event

_SINCE = "(SELECT o.started_at FROM walks AS o WHERE o.id = e.last_walk_id) >= w.started_at"
_SEEN = f"""
    SELECT count(*) FROM walks AS w JOIN entries AS e ON e.directory_id = w.directory_id
    WHERE w.id = ? AND (e.last_walk_id = w.id OR {_SINCE})
"""
_OVERTAKEN = """
    SELECT 1 FROM walks AS w JOIN walks AS o ON o.directory_id = w.directory_id AND o.id <> w.id
    WHERE w.id = ? AND o.started_at >= w.started_at AND o.pages > 0 LIMIT 1
"""
_ABSENT = f"""
    SELECT e.sighting_id FROM walks AS w JOIN entries AS e ON e.directory_id = w.directory_id
    WHERE w.id = ? AND e.delisted_at IS NULL AND e.last_walk_id <> w.id AND NOT {_SINCE}
"""
# A gone address is asked for again anyway; a pending one has not been asked for at all.
_DUE = """
    UPDATE sightings SET next_visit_at = min(coalesce(next_visit_at, :at), :at)
    WHERE id IN (SELECT value FROM json_each(:ids)) AND state IN ('ok', 'error', 'blocked')
"""
_NOWHERE = """
    SELECT d.id, d.revision_id, min(s.url_key) AS first FROM json_each(:ids) AS gone
    JOIN sightings AS s ON s.id = gone.value JOIN documents AS d ON d.id = s.document_id
    WHERE NOT EXISTS (SELECT 1 FROM sightings AS o JOIN entries AS e ON e.sighting_id = o.id
                      WHERE o.document_id = d.id AND e.delisted_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM events WHERE document_id = d.id AND kind = 'delisted')
    GROUP BY d.id ORDER BY first
"""


def overtaken(db: Database, walk_id: int) -> bool:
    """Whether another walk through the directory began after this one and took over entries of it."""
    return db.conn.execute(_OVERTAKEN, (walk_id,)).fetchone() is not None


def seen_since(db: Database, walk_id: int) -> int:
    """How many addresses stood in the directory's listing at some time since the walk began."""
    return int(db.conn.execute(_SEEN, (walk_id,)).fetchone()[0])


def first_absent(db: Database, walk_id: int) -> str | None:
    """The address of an entry that :func:`delist` would mark now; None when there is none."""
    query = f"SELECT url FROM sightings WHERE id IN ({_ABSENT}) ORDER BY url_key LIMIT 1"
    row = db.conn.execute(query, (walk_id,)).fetchone()
    return row[0] if row else None


def delist(db: Database, walk_id: int, *, at: str, crawl_id: str) -> int:
    """Mark what the walk's directory listed and this walk did not see; gives the number of entries.

    Their addresses are due at once. A document that no directory lists any more has the event ``delisted``, once
    for ever: a listing that loses and finds a row again says nothing new about it. Only for a walk that saw the
    whole listing; inside the caller's transaction.
    """
    absent = [row[0] for row in db.conn.execute(_ABSENT, (walk_id,))]
    if not absent:
        return 0
    ids = json.dumps(absent)
    db.conn.execute(
        "UPDATE entries SET delisted_at = ? WHERE directory_id = (SELECT directory_id FROM walks WHERE id = ?)"
        " AND sighting_id IN (SELECT value FROM json_each(?))",
        (at, walk_id, ids),
    )
    db.conn.execute(_DUE, {"at": at, "ids": ids})
    for document_id, revision_id, _ in db.conn.execute(_NOWHERE, {"ids": ids}).fetchall():
        add_event(db, "delisted", document_id, at=at, crawl_id=crawl_id, revision_id=revision_id)
    return len(absent)
