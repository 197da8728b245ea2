"""A visit that is handled after later ones: the document is still its first sighting's (DESIGN §4).

Several pages are fetched at once, and the older of two may be archived second: then the order of handling
must not be seen in uids and first revisions.
"""

from __future__ import annotations

from sqlite_utils import Database

from archive.findings import fingerprint
from archive.history.earlier import Sighting
from archive.history.revisions import delete_revision
from archive.identity import uid_of

FIRST_SEEN = """
SELECT c.crawl_id, r.seen_at, s.url_key FROM revisions AS r
JOIN captures AS c ON c.id = r.capture_id JOIN sightings AS s ON s.id = r.sighting_id
WHERE r.document_id = ? ORDER BY 1, 2, 3 LIMIT 1
"""
_OTHERS = """
SELECT r.id, r.content_hash, (SELECT count(*) FROM revisions AS o WHERE o.sighting_id = r.sighting_id)
FROM revisions AS r WHERE r.document_id = ? AND r.sighting_id <> ? AND r.cause IN ('first', 'variant')
  AND r.status = 'accepted'
"""
_REFERRING = ("sightings", "documents", "events", "findings")


def first_seen(db: Database, document_id: int) -> tuple[str, str, str]:
    """(crawl id, time, url_key) of the document's first revision; behind all others when it has none."""
    crawl_id, at, url_key = db.conn.execute(FIRST_SEEN, (document_id,)).fetchone() or ("~", "", "")
    return crawl_id, at, url_key


def put_first(
    db: Database, document_id: int, sighting: Sighting, revision_id: int, content_hash: str
) -> None:
    """Make ``revision_id``, of a sighting now found to be the document's first one, its first revision.

    The document's uid becomes that of the sighting, the other one redirects. What was taken for the first
    revision is a variant; revisions that only repeat the new one go, and what referred to them refers to it.
    Inside :func:`archive.history.indexing.indexed`, before ``refresh``.
    """
    _rename(db, document_id, uid_of(sighting.portal, sighting.url_key))
    db.conn.execute(
        "UPDATE documents SET first_seen_at = min(first_seen_at, r.seen_at) FROM revisions AS r"
        " WHERE documents.id = ? AND r.id = ?",
        (document_id, revision_id),
    )
    for other, digest, of_sighting in db.conn.execute(_OTHERS, (document_id, sighting.id)).fetchall():
        if digest == content_hash and of_sighting == 1:
            for table in _REFERRING:
                db.conn.execute(
                    f"UPDATE {table} SET revision_id = ? WHERE revision_id = ?", (revision_id, other)
                )
            delete_revision(db, other)
        else:
            db.conn.execute("UPDATE revisions SET cause = 'variant' WHERE id = ?", (other,))


def _rename(db: Database, document_id: int, uid: str) -> None:
    """Give the document another uid, unless that is another document's; findings are known by it too."""
    db.conn.execute("INSERT OR IGNORE INTO document_uids(uid, document_id) VALUES (?, ?)", (uid, document_id))
    owner = db.conn.execute("SELECT document_id FROM document_uids WHERE uid = ?", (uid,)).fetchone()[0]
    if owner != document_id:
        return
    before = db.conn.execute("SELECT uid FROM documents WHERE id = ?", (document_id,)).fetchone()[0]
    db.conn.execute("UPDATE documents SET uid = ? WHERE id = ?", (uid, document_id))
    found = db.conn.execute(
        "SELECT id, rule, location, fingerprint FROM findings WHERE document_id = ?", (document_id,)
    ).fetchall()
    for finding_id, rule, location, old in found:
        if old == fingerprint(rule, before, location):
            db.conn.execute(
                "UPDATE OR IGNORE findings SET fingerprint = ? WHERE id = ?",
                (fingerprint(rule, uid, location), finding_id),
            )
