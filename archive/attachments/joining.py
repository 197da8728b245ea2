"""Two documents found to be one: their files are rows of one document, one row an address."""

from __future__ import annotations

from sqlite_utils import Database

from archive.attachments.misses import RULES
from archive.attachments.writing import REPLACED
from archive.findings import fingerprint

_TWICE = """
SELECT o.id, k.id, k.url_key, d.uid FROM attachments AS o JOIN documents AS d ON d.id = :kept
JOIN attachments AS k ON k.document_id = :kept AND k.url_key = o.url_key WHERE o.document_id = :dropped
"""
_TAKE = """
UPDATE attachments AS k SET digest = coalesce(k.digest, o.digest), state = iif(k.digest IS NULL, o.state, k.state),
  first_seen_at = min(k.first_seen_at, o.first_seen_at), last_seen_at = max(k.last_seen_at, o.last_seen_at),
  changed_at = coalesce(k.changed_at, o.changed_at)
FROM attachments AS o WHERE k.id = ? AND o.id = ?
"""
# Both documents had the file: the second one's beginning is no exchange.
_SAME_AGAIN = """
DELETE FROM attachment_versions WHERE attachment_id = ?1 AND capture_id IN (
  SELECT capture_id FROM (
    SELECT capture_id, digest, lag(digest) OVER (ORDER BY seen_at, capture_id) AS before FROM attachment_versions
    WHERE attachment_id = ?1) WHERE digest = before)
"""
_OPEN = """
SELECT id FROM findings WHERE document_id = ? AND rule = ? AND location = ? AND resolved_at IS NULL
ORDER BY fingerprint <> ?, id
"""


def join_attachments(db: Database, kept: int, dropped: int, at: str) -> None:
    """Move the files of ``dropped`` to ``kept``; the findings of both are with ``kept`` already.

    Where both link to an address, the versions of both are one history and what is open about it is open once.
    """
    run = db.conn.execute
    run("UPDATE OR IGNORE attachments SET document_id = ? WHERE document_id = ?", (kept, dropped))
    for old, new, key, uid in run(_TWICE, {"kept": kept, "dropped": dropped}).fetchall():
        run("UPDATE OR IGNORE attachment_versions SET attachment_id = ? WHERE attachment_id = ?", (new, old))
        run("DELETE FROM attachment_versions WHERE attachment_id = ?", (old,))
        run(_TAKE, (new, old))
        run("DELETE FROM attachments WHERE id = ?", (old,))
        run(_SAME_AGAIN, (new,))
        _open_once(db, kept, uid, key, at)


def _open_once(db: Database, document_id: int, uid: str, key: str, at: str) -> None:
    for rule in (REPLACED, *RULES.values()):
        mine = fingerprint(rule, uid, key)
        found = [row[0] for row in db.conn.execute(_OPEN, (document_id, rule, key, mine))]
        for finding in found[:1]:  # from now on it is about the document that stays
            db.conn.execute("UPDATE OR IGNORE findings SET fingerprint = ? WHERE id = ?", (mine, finding))
        for finding in found[1:]:
            db.conn.execute("UPDATE findings SET resolved_at = ? WHERE id = ?", (at, finding))
