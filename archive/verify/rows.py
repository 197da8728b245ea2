"""The rows of the tables against each other: what must hold in every archive, whatever happened to it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlite_utils import Database

from archive.crawling.frontier import GONE_DAYS
from archive.verify.problem import RESTORE, Problem

REPAIR = "run `gongkai verify --repair`"
REBUILD = "rebuild the portal from its captures, or restore the database from a backup"

_UIDS = """
SELECT d.uid, u.document_id FROM documents AS d LEFT JOIN document_uids AS u ON u.uid = d.uid
WHERE u.document_id IS NOT d.id
"""

# Each gives the words of one sentence; what to do follows.
_BROKEN = {
    ("revisions", REPAIR): """
        SELECT 'document ' || d.uid || ' shows revision ' || r.id || ', which is '
          || iif(r.document_id IS NOT d.id, 'another document''s', 'quarantined')
        FROM documents AS d JOIN revisions AS r ON r.id = d.revision_id
        WHERE r.document_id IS NOT d.id OR r.status <> 'accepted'
        UNION ALL
        SELECT 'revision ' || r.id || ' does not name its page in revision_captures' FROM revisions AS r
        WHERE NOT EXISTS (SELECT 1 FROM revision_captures AS c
          WHERE c.revision_id = r.id AND c.part = 'page' AND c.capture_id = r.capture_id)
        UNION ALL
        SELECT 'document ' || d.uid || ' does not show what its principal address says'
        FROM documents AS d JOIN sightings AS s ON s.document_id = d.id
        WHERE s.role = 'principal' AND s.revision_id IS NOT NULL AND s.revision_id IS NOT d.revision_id
        UNION ALL
        SELECT 'document ' || d.uid || ' has ' || sum(s.role IS 'principal') || ' principal addresses, not one'
        FROM documents AS d JOIN sightings AS s ON s.document_id = d.id WHERE s.revision_id IS NOT NULL
        GROUP BY d.id HAVING sum(s.role IS 'principal') <> 1
    """,
    ("sightings", REBUILD): f"""
        SELECT 'the address ' || s.url_key || ' says a revision of another document (revision ' || r.id || ')'
        FROM sightings AS s JOIN revisions AS r ON r.id = s.revision_id
        WHERE r.document_id IS NOT s.document_id
        UNION ALL
        SELECT 'the address ' || s.url_key || ' says revision ' || r.id || ', which is quarantined'
        FROM sightings AS s JOIN revisions AS r ON r.id = s.revision_id WHERE r.status <> 'accepted'
        UNION ALL
        SELECT 'the address ' || s.url_key || ' of portal ' || s.portal || ' belongs to a document of portal ' || d.portal
        FROM sightings AS s JOIN documents AS d ON d.id = s.document_id WHERE d.portal <> s.portal
        UNION ALL
        SELECT 'document ' || d.uid || ' is withdrawn although an address of it is there' FROM documents AS d
        WHERE d.withdrawn_at IS NOT NULL
          AND EXISTS (SELECT 1 FROM sightings WHERE document_id = d.id AND gone_days < {GONE_DAYS})
        UNION ALL
        SELECT 'document ' || d.uid || ' is not withdrawn although all its addresses are gone' FROM documents AS d
        WHERE d.withdrawn_at IS NULL AND EXISTS (SELECT 1 FROM sightings WHERE document_id = d.id)
          AND NOT EXISTS (SELECT 1 FROM sightings WHERE document_id = d.id AND gone_days < {GONE_DAYS})
    """,
    ("revisions", REBUILD): """
        SELECT 'revision ' || r.id || ' of document ' || d.uid || ' is ' || r.status
          || iif(r.quarantine_reason IS NULL, ' without a reason', ' with a reason to hold it back')
        FROM revisions AS r JOIN documents AS d ON d.id = r.document_id
        WHERE (r.status = 'quarantined') <> (r.quarantine_reason IS NOT NULL)
        UNION ALL
        SELECT 'document ' || d.uid || ' was first seen at ' || d.first_seen_at || ', its first revision at '
          || min(r.seen_at)
        FROM documents AS d JOIN revisions AS r ON r.document_id = d.id
        GROUP BY d.id HAVING d.first_seen_at <> min(r.seen_at)
        UNION ALL
        SELECT 'the address ' || s.url_key || ' is there, and gone on ' || s.gone_days || ' days'
        FROM sightings AS s WHERE s.state = 'ok' AND s.gone_days > 0
        UNION ALL
        SELECT 'the address ' || s.url_key || ' says what no revision of it says'
        FROM sightings AS s JOIN revisions AS r ON r.id = s.revision_id
        WHERE r.extractor_version = s.extractor_version AND NOT EXISTS (
          SELECT 1 FROM revisions AS o WHERE (o.id = s.revision_id OR o.sighting_id = s.id)
            AND o.content_hash = s.content_hash)
    """,
    ("captures", REPAIR): """
        SELECT 'row ' || c.id || ' of captures is a revisit that does not refer to a response with its digest'
        FROM captures AS c LEFT JOIN captures AS o ON o.id = c.refers_to_id
        WHERE c.record_type <> 'response'
          AND (o.record_type IS NOT 'response' OR o.payload_digest <> c.payload_digest)
    """,
    ("captures", REBUILD): """
        SELECT 'row ' || c.id || ' of captures is of portal ' || c.portal || ', its crawl of ' || k.portal
        FROM captures AS c JOIN crawls AS k ON k.id = c.crawl_id WHERE k.portal <> c.portal
        UNION ALL
        SELECT 'revision ' || r.id || ' was read from a capture of another portal (row ' || c.id || ' of captures)'
        FROM revisions AS r JOIN captures AS c ON c.id = r.capture_id JOIN sightings AS s ON s.id = r.sighting_id
        WHERE c.portal <> s.portal
    """,
    ("files", REBUILD): """
        SELECT 'the file ' || f.digest || ' is held by row ' || c.id || ' of captures, which has no body'
        FROM files AS f JOIN captures AS c ON c.id = f.capture_id WHERE c.record_type <> 'response'
        UNION ALL
        SELECT 'attachment ' || a.id || ' of document ' || d.uid || ' is ' || a.digest || ', which is no version of it'
        FROM attachments AS a JOIN documents AS d ON d.id = a.document_id
        WHERE a.digest IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM attachment_versions AS v WHERE v.attachment_id = a.id AND v.digest = a.digest)
        UNION ALL
        SELECT 'attachment ' || a.id || ' of document ' || d.uid || ' is said to be here and has no file'
        FROM attachments AS a JOIN documents AS d ON d.id = a.document_id WHERE a.state = 'ok' AND a.digest IS NULL
    """,
}  # fmt: skip


def check_foreign_keys(db: Database) -> Iterator[Problem]:
    """Every reference leads to a row: also each uid ever shown to a document, each version of a file to its bytes."""
    for table, row, parent, _ in db.conn.execute("PRAGMA foreign_key_check"):
        which = "a row" if row is None else f"row {row}"  # None: a table without rowid
        what_to_do = REPAIR if parent == "captures" else RESTORE
        message = f"{which} of {table} refers to no row of {parent}: {what_to_do}"
        yield Problem("foreign-keys", "error", message)


def check_uids(db: Database) -> Iterator[Problem]:
    """Each document is found by its own uid; that the other uids lead somewhere is for the foreign keys."""
    for uid, other in db.conn.execute(_UIDS):
        leads = "nowhere" if other is None else f"to row {other} of documents"
        message = f"the uid {uid} of a document leads {leads} in document_uids: {REPAIR}"
        yield Problem("uids", "error", message)


def check_rows(db: Database) -> Iterator[Problem]:
    """A document shows an accepted revision of its own, what its principal says; a revisit leads to its body …"""
    for (check, what_to_do), query in _BROKEN.items():
        for (words,) in db.conn.execute(query):
            yield Problem(check, "error", f"{words}: {what_to_do}")
