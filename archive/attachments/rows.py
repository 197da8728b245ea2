"""The rows of one address: every document of a portal that links to it."""

from __future__ import annotations

from typing import NamedTuple

from sqlite_utils import Database

from archive.attachments.file import FileFacts

# CROSS JOIN: by the address first; SQLite would rather look at every document of the portal.
_LINKS = """
SELECT a.id, a.document_id, d.uid, a.name, a.url, a.state, a.digest, a.first_seen_at
FROM attachments AS a CROSS JOIN documents AS d ON d.id = a.document_id
WHERE a.url_key = ? AND d.portal = ? ORDER BY a.id
"""
_KNOWN = """
SELECT v.capture_id, f.digest, f.size, f.media_type
FROM attachments AS a CROSS JOIN documents AS d ON d.id = a.document_id
JOIN attachment_versions AS v ON v.attachment_id = a.id JOIN files AS f ON f.digest = v.digest
WHERE a.url_key = ? AND d.portal = ? ORDER BY v.seen_at DESC, v.capture_id DESC LIMIT 1
"""


class Link(NamedTuple):
    """One row of ``attachments``, with its document's uid."""

    id: int
    document_id: int
    uid: str
    name: str
    url: str
    state: str
    digest: str | None
    first_seen_at: str


class Known(NamedTuple):
    """The newest version at an address: the capture that brought it, and the file."""

    capture_id: int
    file: FileFacts


def links_to(db: Database, portal: str, url_key: str) -> list[Link]:
    """The rows of the portal with this address."""
    return [Link(*row) for row in db.conn.execute(_LINKS, (url_key, portal))]


def known_file(db: Database, portal: str, url_key: str) -> Known | None:
    """What was last seen at the address; None: nothing yet."""
    row = db.conn.execute(_KNOWN, (url_key, portal)).fetchone()
    return Known(row[0], FileFacts(row[1], row[2], row[3])) if row else None
