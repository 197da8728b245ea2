"""The proof that a document was taken down: the visits that found its addresses gone, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

# CROSS JOIN: the few addresses first, each looked up in the index of captures.
_VISITS = """
SELECT c.id, c.fetched_at, c.url, c.status, c.outcome, c.crawl_id, c.file, c.offset, c.length
FROM sightings AS s CROSS JOIN captures AS c ON c.portal = s.portal AND c.request_key = 'GET ' || s.url_key
WHERE s.document_id = ? AND c.outcome IN ('gone', 'soft-404') ORDER BY c.fetched_at, c.id
"""
_STATE = """
SELECT last_seen_at, withdrawn_at, EXISTS (SELECT 1 FROM sightings WHERE document_id = d.id)
  AND NOT EXISTS (SELECT 1 FROM sightings WHERE document_id = d.id AND state <> 'gone')
FROM documents AS d WHERE id = ?
"""


@dataclass(frozen=True, slots=True)
class Missing:
    """A document that its portal does not show: when it was last seen, since when it is known to be missing (None:
    another document took its address), when it was believed to be withdrawn (None: not yet). UTC."""

    last_seen_at: str
    since: str | None
    withdrawn_at: str | None


def absences(db: Database, document_id: int) -> list[dict[str, Any]]:
    """Every visit that found one of the document's addresses gone (404, 410, soft 404), in the order of time, with
    its capture's id and place."""
    cursor = db.conn.execute(_VISITS, (document_id,))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def missing(db: Database, document_id: int) -> Missing | None:
    """Since when no address of the document has it; None while one has, as far as the last visits tell."""
    last_seen_at, withdrawn_at, everywhere = db.conn.execute(_STATE, (document_id,)).fetchone()
    if withdrawn_at is None and not everywhere:
        return None
    later = (one["fetched_at"] for one in absences(db, document_id) if one["fetched_at"] > last_seen_at)
    return Missing(last_seen_at, next(later, None), withdrawn_at)
