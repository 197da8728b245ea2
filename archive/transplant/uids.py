"""Uids that another archive has shown: they live for ever here too (DESIGN §4)."""

from __future__ import annotations

from sqlite_utils import Database

_SHOWN = """
    SELECT u.uid, d.portal, s.url_key FROM document_uids AS u JOIN documents AS d ON d.id = u.document_id
    JOIN sightings AS s ON s.document_id = d.id
    ORDER BY u.uid, s.role IS NOT 'principal', s.url_key
"""
_TAKE = """
    INSERT INTO document_uids(uid, document_id)
    SELECT :uid, document_id FROM sightings
    WHERE portal = :portal AND url_key = :url_key AND document_id IS NOT NULL
    ON CONFLICT(uid) DO NOTHING
"""


def take_uids(db: Database, other: Database) -> int:
    """Let every uid of ``other`` lead to what its document's address stands for here; how many were not known.

    Inside the caller's transaction, when the captures of ``other`` have been replayed here.
    """
    return sum(
        db.conn.execute(_TAKE, {"uid": uid, "portal": portal, "url_key": key}).rowcount
        for uid, portal, key in other.execute(_SHOWN)
    )
