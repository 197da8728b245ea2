"""An answer to the request for a file, into the archive: at every document that links to its address (DESIGN §4, §8).

All of it follows from the capture and what its metadata record says, in the order of time, so that a replay of the
captures gives the same rows. Nothing that is known is lost when a later fetch fails.
"""

from __future__ import annotations

from typing import Literal

from sqlite_utils import Database

from archive.attachments.file import FileFacts
from archive.attachments.misses import resolve_misses
from archive.attachments.rows import Link, links_to
from archive.captures.model import Capture
from archive.captures.table import add_capture
from archive.events import add_event
from archive.findings import save_finding

REPLACED = "attachment-replaced"
CHANGED = "attachment-changed"

Written = Literal["new", "changed", "unchanged", "unlinked"]

_FILE = """
INSERT INTO files(digest, media_type, size, capture_id, text_status) VALUES (?, ?, ?, ?, 'pending')
ON CONFLICT(digest) DO NOTHING
"""
_VERSION = """
INSERT OR IGNORE INTO attachment_versions(attachment_id, capture_id, digest, seen_at) VALUES (?, ?, ?, ?)
"""
_SEEN = """
UPDATE attachments SET state = 'ok', digest = ?, last_seen_at = max(last_seen_at, ?), changed_at = iif(?, ?, changed_at)
WHERE id = ?
"""
_BEFORE = "SELECT max(seen_at) FROM attachment_versions WHERE attachment_id = ? AND digest = ?"


def write_attachment(
    db: Database,
    portal: str,
    url_key: str,
    capture: Capture,
    *,
    at: str,
    crawl_id: str,
    digest: str,
    size: int,
    media_type: str | None,
) -> Written:
    """Archive a file that came from the address: one capture serves all documents that link to it.

    A digest that differs from the last version's is a version more, the first one and a return to an earlier one
    too; where another one was known it is an event ``attachment-changed`` and a finding ``attachment-replaced``.
    ``digest`` and ``size`` are of the body without Content-Encoding (see :class:`archive.attachments.file.FileFacts`).
    ``unlinked``: no document of the portal links to the address.
    """
    capture_id = add_capture(db, capture)
    links = links_to(db, portal, url_key)
    if not links:
        return "unlinked"
    held = capture.refers_to_id if capture.refers_to_id is not None else capture_id
    db.conn.execute(_FILE, (digest, media_type, size, held))
    outcome: Written = "unchanged"
    for link in links:
        other = link.digest != digest
        replaced = other and link.digest is not None
        if other:
            outcome = "changed" if replaced or outcome == "changed" else "new"
        if replaced:
            _tell(db, portal, url_key, link, digest, at=at, crawl_id=crawl_id)
        if other:
            db.conn.execute(_VERSION, (link.id, capture_id, digest, at))
        db.conn.execute(_SEEN, (digest, at, replaced, at, link.id))
        resolve_misses(db, link.document_id, url_key, at)
    return outcome


def write_file(
    db: Database, portal: str, url_key: str, capture: Capture, file: FileFacts, *, at: str, crawl_id: str
) -> Written:
    """:func:`write_attachment` with the facts of the capture's metadata record."""
    return write_attachment(
        db,
        portal,
        url_key,
        capture,
        at=at,
        crawl_id=crawl_id,
        digest=file.digest,
        size=file.size,
        media_type=file.media_type,
    )


def _tell(
    db: Database, portal: str, url_key: str, link: Link, digest: str, *, at: str, crawl_id: str
) -> None:
    before = db.conn.execute(_BEFORE, (link.id, link.digest)).fetchone()[0] or link.first_seen_at
    data = {
        "name": link.name, "url": link.url, "from": link.digest, "to": digest, "from_seen_at": before, "to_seen_at": at,
    }  # fmt: skip
    add_event(db, CHANGED, link.document_id, at=at, crawl_id=crawl_id, data=data)
    save_finding(
        db, REPLACED, "warning",
        f"{link.name}: another file stands at the same address: {link.digest}, seen at {before}, became {digest}, seen"
        f" at {at}; both are kept",
        at=at, portal=portal, location=url_key, data=data, document_id=link.document_id, crawl_id=crawl_id,
    )  # fmt: skip
