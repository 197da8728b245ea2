"""Whether a document is still at its portal: gone by days, withdrawn with its last address, returned (DESIGN
§4)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from sqlite_utils import Database

from archive.captures.model import Capture
from archive.captures.table import add_capture
from archive.crawling.frontier import GONE_DAYS
from archive.events import add_event
from archive.history.documents import read_shown, refresh
from archive.history.earlier import read_sighting
from archive.history.indexing import indexed

_SHANGHAI = timezone(timedelta(hours=8))

PRESENT = f"SELECT 1 FROM sightings WHERE document_id = ? AND gone_days < {GONE_DAYS} LIMIT 1"


def shanghai_day(at: str) -> str:
    """The calendar day (YYYY-MM-DD) in Asia/Shanghai of a UTC time."""
    return datetime.fromisoformat(at).astimezone(_SHANGHAI).date().isoformat()


def write_gone(db: Database, sighting_id: int, capture: Capture, at: str, crawl_id: str) -> bool:
    """Note that an address was gone (404, 410, soft 404, redirect home); True when its document is withdrawn
    by it.

    Counted once a day in Shanghai. After ``GONE_DAYS`` different days the address is believed to be gone: the
    document shows its next sighting, or is withdrawn when it has none left; its text stays. Inside the
    caller's transaction.
    """
    sighting = read_sighting(db, sighting_id)
    add_capture(db, capture)
    day = shanghai_day(at)
    days = sighting.gone_days + (sighting.gone_on != day)
    db.conn.execute(
        "UPDATE sightings SET state = 'gone', visited_at = ?, gone_days = ?, gone_on = ?, failures = 0,"
        " last_error = NULL, next_visit_at = NULL WHERE id = ?",
        (at, days, day, sighting_id),
    )
    if sighting.document_id is None or days < GONE_DAYS or sighting.gone_days >= GONE_DAYS:
        return False
    return reconsider(db, sighting.document_id, at=at, crawl_id=crawl_id)


def touch(db: Database, sighting_id: int, capture: Capture, at: str) -> None:
    """Note a visit whose answer is the one before (304, or the same bytes): nothing changed, and it is
    there."""
    sighting = read_sighting(db, sighting_id)
    add_capture(db, capture)
    db.conn.execute(
        "UPDATE sightings SET state = 'ok', visited_at = ?1, ok_at = ?1, failures = 0, last_error = NULL,"
        " next_visit_at = NULL WHERE id = ?2",
        (at, sighting_id),
    )
    if sighting.document_id is not None and not quarantined(db, sighting_id, sighting.content_hash):
        mark_present(db, sighting_id, sighting.document_id, at=at, crawl_id=capture.crawl_id)


def quarantined(db: Database, sighting_id: int, content_hash: str | None) -> int | None:
    """The revision that holds the sighting's last visit back, if it is quarantined: no proof that the page is
    there."""
    row = db.conn.execute(
        "SELECT id, status, content_hash FROM revisions WHERE sighting_id = ? ORDER BY number DESC LIMIT 1",
        (sighting_id,),
    ).fetchone()
    return int(row[0]) if row and row[1] == "quarantined" and row[2] == content_hash else None


def mark_present(db: Database, sighting_id: int, document_id: int, *, at: str, crawl_id: str | None) -> None:
    """The address answered with its document: it is not gone, and a withdrawn document has returned."""
    was_gone = db.conn.execute("SELECT gone_days FROM sightings WHERE id = ?", (sighting_id,)).fetchone()[0]
    if was_gone:
        db.conn.execute("UPDATE sightings SET gone_days = 0, gone_on = NULL WHERE id = ?", (sighting_id,))
    db.conn.execute(
        "UPDATE documents SET last_seen_at = max(last_seen_at, ?) WHERE id = ?", (at, document_id)
    )
    shown = read_shown(db, document_id)
    if was_gone >= GONE_DAYS:
        with indexed(db, document_id):
            refresh(db, document_id, at=at, crawl_id=crawl_id)
    if shown.withdrawn_at is not None:
        db.conn.execute("UPDATE documents SET withdrawn_at = NULL WHERE id = ?", (document_id,))
        add_event(db, "returned", document_id, at=at, crawl_id=crawl_id, revision_id=shown.revision_id)


def reconsider(db: Database, document_id: int, *, at: str, crawl_id: str | None) -> bool:
    """After a sighting went, by being gone or by becoming another document's: show the next one, or withdraw.

    True when the document is withdrawn by it (event ``withdrawn``).
    """
    with indexed(db, document_id):
        refresh(db, document_id, at=at, crawl_id=crawl_id)
    shown = read_shown(db, document_id)
    if shown.withdrawn_at is not None or db.conn.execute(PRESENT, (document_id,)).fetchone():
        return False
    db.conn.execute("UPDATE documents SET withdrawn_at = ? WHERE id = ?", (at, document_id))
    add_event(db, "withdrawn", document_id, at=at, crawl_id=crawl_id, revision_id=shown.revision_id)
    return True
