"""Two documents found to be one: the first one's uid is kept, the other's redirects (DESIGN §4)."""

from __future__ import annotations

from sqlite_utils import Database

from archive.attachments.joining import join_attachments
from archive.events import add_event
from archive.history.documents import refresh
from archive.history.indexing import indexed
from archive.history.overtaken import first_seen
from archive.mirrors.store import forget

_MOVED = ("revisions", "sightings", "events", "findings", "document_uids")


def join(db: Database, one: int, other: int, *, at: str, crawl_id: str | None) -> int:
    """Make two documents one and return its id; event ``joined`` with the uid that now redirects.

    Kept is the one with the least (crawl id, time, url_key) of its first revision.
    """
    kept, dropped = sorted((one, other), key=lambda document_id: first_seen(db, document_id))
    uid = db.conn.execute("SELECT uid FROM documents WHERE id = ?", (dropped,)).fetchone()[0]
    with indexed(db, kept), indexed(db, dropped):
        _move(db, kept, dropped, at)
        refresh(db, kept, at=at, crawl_id=crawl_id)
    add_event(db, "joined", kept, at=at, crawl_id=crawl_id, data={"uid": uid})
    return kept


def _move(db: Database, kept: int, dropped: int, at: str) -> None:
    run = db.conn.execute
    # The finding's subject is the document that goes: what still holds is found again under the one that stays.
    run(
        "UPDATE findings SET resolved_at = ? WHERE document_id = ? AND resolved_at IS NULL"
        " AND revision_id IS NOT NULL",
        (at, dropped),
    )
    for table in _MOVED:
        run(f"UPDATE {table} SET document_id = ? WHERE document_id = ?", (kept, dropped))
    run("DELETE FROM report_values WHERE document_id = ?", (dropped,))
    join_attachments(db, kept, dropped, at)
    _move_links(db, kept, dropped)
    forget(db, dropped)
    run(
        """
        UPDATE documents SET first_seen_at = min(documents.first_seen_at, d.first_seen_at),
          last_seen_at = max(documents.last_seen_at, d.last_seen_at),
          withdrawn_at = CASE WHEN d.withdrawn_at IS NULL THEN NULL ELSE documents.withdrawn_at END
        FROM documents AS d WHERE documents.id = ? AND d.id = ?
        """,
        (kept, dropped),
    )
    run("DELETE FROM documents WHERE id = ?", (dropped,))


def _move_links(db: Database, kept: int, dropped: int) -> None:
    for mine, theirs in (("document_id", "other_id"), ("other_id", "document_id")):
        db.conn.execute(f"UPDATE OR IGNORE document_links SET {mine} = ? WHERE {mine} = ?", (kept, dropped))
        db.conn.execute(f"DELETE FROM document_links WHERE {mine} = ?", (dropped,))
        db.conn.execute(f"DELETE FROM document_links WHERE {mine} = {theirs} AND {mine} = ?", (kept,))
