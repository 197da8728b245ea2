"""The table ``attachments``: the files that a document's pages link to, as work for the crawler."""

from __future__ import annotations

from sqlite_utils import Database

from archive.record import Record
from archive.urls import MAX_LENGTH, url_key

_INSERT = """
INSERT INTO attachments(document_id, url_key, url, name, ordinal, state, first_seen_at, last_seen_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(document_id, url_key) DO UPDATE SET last_seen_at = max(last_seen_at, excluded.last_seen_at)
"""
_UPSERT = f"{_INSERT}, url = excluded.url, name = excluded.name, ordinal = excluded.ordinal"


def save_attachments(db: Database, document_id: int, record: Record, *, at: str, shown: bool) -> None:
    """Add or update a row for each attachment of a record that was just archived.

    New ones are ``pending``; an address that cannot be fetched (no http) is ``refused``. Rows of attachments
    that the page no longer links stay: they have bytes. ``shown``: the document shows this record, whose
    names and order hold.
    """
    rows: dict[str, tuple[object, ...]] = {}
    for ordinal, attachment in enumerate(record.attachments):
        try:
            key, state = url_key(attachment.url), "pending"
        except ValueError:
            key, state = attachment.url[:MAX_LENGTH], "refused"
        rows.setdefault(
            key, (document_id, key, attachment.url[:MAX_LENGTH], attachment.name, ordinal, state, at, at)
        )
    db.conn.executemany(_UPSERT if shown else _INSERT, rows.values())
