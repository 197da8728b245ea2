"""Everything the archive knows about one document, as plain values: what ``gongkai show`` prints.

Integer ids stay inside: what leaves is uids, addresses, crawl ids, digests and places in captures.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlite_utils import Database

from archive.history.absences import absences, missing
from archive.mirrors.shown import others

_DOCUMENT = """
SELECT uid, portal, url, first_seen_at, last_seen_at, last_changed_at, withdrawn_at, revision_id
FROM documents WHERE id = ?
"""
_QUERIES = {
    "former_uids": """
        SELECT u.uid FROM document_uids AS u JOIN documents AS d ON d.id = u.document_id
        WHERE u.document_id = ? AND u.uid <> d.uid ORDER BY 1""",
    "revisions": """
        SELECT r.seen_at, r.cause, r.status, r.quarantine_reason, r.changed, s.url, r.content_hash,
          r.extractor_version, r.id = d.revision_id AS shown, r.id
        FROM revisions AS r JOIN sightings AS s ON s.id = r.sighting_id JOIN documents AS d ON d.id = r.document_id
        WHERE r.document_id = ? ORDER BY r.seen_at, r.id""",
    "sightings": """
        SELECT url, role, state, first_seen_at, visited_at, ok_at, changed_at, gone_days, failures, last_error
        FROM sightings WHERE document_id = ? ORDER BY role = 'principal' DESC, first_seen_at, url_key""",
    "attachments": """
        SELECT a.name, a.url, a.state, a.digest, f.media_type, f.size, a.first_seen_at, a.last_seen_at, a.changed_at,
          f.text_status, f.text_note, f.text, a.id
        FROM attachments AS a LEFT JOIN files AS f ON f.digest = a.digest WHERE a.document_id = ?
        ORDER BY a.ordinal, a.url_key""",
    "findings": """
        SELECT rule, severity, message, location, first_seen_at, resolved_at FROM findings
        WHERE document_id = ? ORDER BY resolved_at IS NOT NULL, rule, location""",
    "events": "SELECT at, kind, crawl_id, data FROM events WHERE document_id = ? ORDER BY seq",
}
_LINKS = """
SELECT l.relation, 'to' AS direction, d.uid, d.title, l.since FROM document_links AS l
JOIN documents AS d ON d.id = l.other_id WHERE l.document_id = :id
UNION ALL
SELECT l.relation, 'from', d.uid, d.title, l.since FROM document_links AS l
JOIN documents AS d ON d.id = l.document_id WHERE l.other_id = :id
ORDER BY 1, 5, 3
"""
_VERSIONS = """
SELECT v.seen_at, v.digest, f.size, f.media_type, c.url, c.file, c.offset, c.length
FROM attachment_versions AS v JOIN files AS f ON f.digest = v.digest JOIN captures AS h ON h.id = v.capture_id
JOIN captures AS c ON c.id = coalesce(h.refers_to_id, h.id) WHERE v.attachment_id = ? ORDER BY v.seen_at, v.capture_id
"""
_CAPTURES = """
SELECT rc.part, rc.ordinal, c.url, c.fetched_at, c.status, c.crawl_id, c.payload_digest, c.file, c.offset, c.length
FROM revision_captures AS rc JOIN captures AS c ON c.id = rc.capture_id WHERE rc.revision_id = ?
ORDER BY rc.part <> 'page', rc.part, rc.ordinal
"""


def dossier(db: Database, document_id: int) -> dict[str, Any]:
    """The document with ``record`` (DESIGN §3, as it is shown; None while nothing was accepted), former uids,
    revisions with their captures, sightings, attachments with their versions (and where the bytes lie), findings,
    links, republications and events; since when it is missing, and the visits that found it gone."""
    found: dict[str, Any] = _rows(db, _DOCUMENT, (document_id,))[0]
    revision_id = found.pop("revision_id")
    row = db.conn.execute("SELECT record FROM revisions WHERE id = ?", (revision_id,)).fetchone()
    found["record"] = json.loads(row[0]) if row else None
    for name, sql in _QUERIES.items():
        found[name] = _rows(db, sql, (document_id,))
    found["former_uids"] = [row["uid"] for row in found["former_uids"]]
    for revision in found["revisions"]:
        revision["changed"] = json.loads(revision["changed"])
        revision["shown"] = bool(revision["shown"])
        revision["captures"] = _rows(db, _CAPTURES, (revision.pop("id"),))
    for attachment in found["attachments"]:
        attachment["versions"] = _rows(db, _VERSIONS, (attachment.pop("id"),))
    for event in found["events"]:
        event["data"] = json.loads(event["data"])
    gone = missing(db, document_id)
    found["missing"] = asdict(gone) if gone else None
    found["absences"] = [
        {name: visit[name] for name in visit if name != "id"} for visit in absences(db, document_id)
    ]
    found["links"] = _rows(db, _LINKS, {"id": document_id})
    found["mirrors"] = others(db, document_id)
    return found


def _rows(db: Database, sql: str, parameters: Any) -> list[dict[str, Any]]:
    cursor = db.conn.execute(sql, parameters)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
