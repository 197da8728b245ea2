"""Rows made again from the rows they come from: uids, parts, what documents show."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator

from sqlite_utils import Database

from archive.batches import in_batches
from archive.history.agencies import agency_id
from archive.history.check import stale_documents
from archive.history.documents import FLAT, flat, refresh
from archive.history.overtaken import first_seen
from archive.history.revisions import read_record
from archive.identity import uid_of

_UIDS = """
SELECT d.id FROM documents AS d LEFT JOIN document_uids AS u ON u.uid = d.uid
WHERE d.portal = ? AND u.document_id IS NOT d.id
"""
_UID = """
INSERT INTO document_uids(uid, document_id) SELECT uid, id FROM documents WHERE id = ?
ON CONFLICT(uid) DO UPDATE SET document_id = excluded.document_id
"""
_SHOWN_ONCE = "SELECT uid FROM document_uids WHERE document_id = ?"
_PAGES = """
SELECT r.id FROM revisions AS r JOIN sightings AS s ON s.id = r.sighting_id WHERE s.portal = ?
  AND NOT EXISTS (SELECT 1 FROM revision_captures AS c WHERE c.revision_id = r.id AND c.part = 'page')
"""
_PAGE = """
INSERT INTO revision_captures(revision_id, part, ordinal, capture_id) SELECT id, 'page', 0, capture_id FROM revisions
WHERE id = ?
"""
# Not where an address says another document's revision: which of the two is wrong, only the captures know.
_SHOWN = """
SELECT d.id FROM documents AS d LEFT JOIN revisions AS r ON r.id = d.revision_id WHERE d.portal = ? AND (
    r.document_id <> d.id OR r.status <> 'accepted'
    OR 1 <> (SELECT sum(role IS 'principal') FROM sightings WHERE document_id = d.id AND revision_id IS NOT NULL)
    OR EXISTS (SELECT 1 FROM sightings WHERE document_id = d.id AND role = 'principal' AND revision_id IS NOT NULL
      AND revision_id IS NOT d.revision_id))
  AND NOT EXISTS (SELECT 1 FROM sightings AS s JOIN revisions AS o ON o.id = s.revision_id
    WHERE s.document_id = d.id AND (o.document_id <> d.id OR o.status <> 'accepted'))
"""
_RECORD = "SELECT d.revision_id, r.content_hash, d.portal FROM documents AS d JOIN revisions AS r ON r.id = d.revision_id WHERE d.id = ?"
_COLUMNS = f"UPDATE documents SET {', '.join(f'{name} = ?' for name in FLAT)}, agency_id = ? WHERE id = ?"


def mend_rows(db: Database, portal: str, at: str) -> Counter[str]:
    """Make again what is wrong of one portal's rows and stands elsewhere too; how many of each kind were touched.

    Only with the portal's lock. The search index is not touched: whether it holds the old text or the new one is for
    the caller to find out. ``at``: the time for what is first seen by it.
    """
    done: Counter[str] = Counter()
    for name, ids, mend in (
        ("uids", _ids(db, _UIDS, portal), lambda id_: _uid(db, id_)),
        ("pages of revisions", _ids(db, _PAGES, portal), lambda id_: db.conn.execute(_PAGE, (id_,))),
        (
            "documents that showed another revision than their address",
            _ids(db, _SHOWN, portal),
            lambda id_: refresh(db, id_, at=at, crawl_id=None),
        ),
    ):
        done[name] += _each(db, ids, mend)
    stale = (one.document_id for one in stale_documents(db, portal) if one.sound)
    done["documents whose columns were not their record's"] += _each(db, stale, lambda id_: _flatten(db, id_))
    return +done


def _uid(db: Database, document_id: int) -> None:
    """A uid that was never shown is damage where others lead to the document: then the row is wrong, not the list."""
    uid, portal = db.conn.execute("SELECT uid, portal FROM documents WHERE id = ?", (document_id,)).fetchone()
    shown = {row[0] for row in db.conn.execute(_SHOWN_ONCE, (document_id,))}
    known = db.conn.execute("SELECT 1 FROM document_uids WHERE uid = ?", (uid,)).fetchone()
    if known is not None or not shown:
        db.conn.execute(_UID, (document_id,))
        return
    of_first = uid_of(portal, first_seen(db, document_id)[2])
    right = of_first if of_first in shown else next(iter(shown)) if len(shown) == 1 else None
    if right is not None:  # else which of them it was, only the captures know
        db.conn.execute("UPDATE documents SET uid = ? WHERE id = ?", (right, document_id))


def needs_mending(db: Database, portal: str) -> bool:
    """Whether :func:`mend_rows` would find anything."""
    asked = any(any(True for _ in _ids(db, query, portal)) for query in (_UIDS, _PAGES, _SHOWN))
    return asked or any(one.sound for one in stale_documents(db, portal))


def _ids(db: Database, query: str, portal: str) -> Iterator[int]:
    return (row[0] for row in db.conn.execute(query, (portal,)).fetchall())


def _each(db: Database, ids: Iterator[int], mend: Callable[[int], object]) -> int:
    waiting = deque(ids)
    count = len(waiting)

    def step() -> bool:
        if waiting:
            mend(waiting.popleft())
        return bool(waiting)

    if waiting:
        in_batches(db, step)
    return count


def _flatten(db: Database, document_id: int) -> None:
    """The columns alone: attachments and findings are no copies of the record."""
    revision_id, content_hash, portal = db.conn.execute(_RECORD, (document_id,)).fetchone()
    record = read_record(db, revision_id)
    values = flat(record, content_hash)
    agency = agency_id(db, portal, record.agency)
    db.conn.execute(_COLUMNS, (*(values[name] for name in FLAT), agency, document_id))
