"""Accepting one revision that was held back: at a good visit, or after a look."""

from __future__ import annotations

from sqlite_utils import Database

from archive.events import add_event
from archive.history.documents import read_shown, refresh
from archive.history.earlier import earlier, read_sighting, stored_content
from archive.history.indexing import indexed
from archive.history.joining import join
from archive.history.presence import reconsider
from archive.history.sharing import note_numbers
from archive.identity import place


def release(db: Database, revision_id: int, *, at: str, crawl_id: str | None) -> bool:
    """Accept a quarantined revision inside the caller's transaction; True, and event ``released``, when its document
    shows another one by it.

    Its address says it, and its document is the one that it was found to be then, joined with another one where its
    number names that by now.
    """
    document_id, sighting_id = db.conn.execute(
        "SELECT document_id, sighting_id FROM revisions WHERE id = ?", (revision_id,)
    ).fetchone()
    sighting = read_sighting(db, sighting_id)
    content = stored_content(db, revision_id)
    placement = place(content, earlier(db, sighting, content))
    if placement.same_as is not None and sighting.document_id == document_id:
        document_id = join(db, document_id, placement.same_as, at=at, crawl_id=crawl_id)
    before = read_shown(db, document_id)
    with indexed(db, document_id):
        db.conn.execute(
            "UPDATE revisions SET status = 'accepted', quarantine_reason = NULL WHERE id = ?", (revision_id,)
        )
        db.conn.execute(
            "UPDATE sightings SET revision_id = ?, document_id = ?, next_visit_at = NULL WHERE id = ?",
            (revision_id, document_id, sighting_id),
        )
        refresh(db, document_id, at=at, crawl_id=crawl_id)
    after = read_shown(db, document_id)
    changed = after.revision_id != before.revision_id
    if changed:
        db.conn.execute("UPDATE documents SET last_changed_at = ? WHERE id = ?", (at, document_id))
        add_event(db, "released", document_id, at=at, crawl_id=crawl_id, revision_id=after.revision_id)
    left = sighting.document_id
    if left is not None and left != document_id and placement.same_as is None:
        reconsider(db, left, at=at, crawl_id=crawl_id)
    if placement.quarantine is None:
        note_numbers(db, document_id, placement, content.number, at=at, crawl_id=crawl_id)
    return changed
