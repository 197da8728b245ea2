"""Which files were replaced under their address: the silent edit that no revision shows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

_REPLACED = """
SELECT name, url, old_digest, old_size, old_seen_at, digest, size, seen_at FROM (
  SELECT a.name, a.url, a.ordinal, a.id, v.digest, f.size, v.seen_at, lag(v.digest) OVER versions AS old_digest,
    lag(f.size) OVER versions AS old_size, lag(v.seen_at) OVER versions AS old_seen_at
  FROM attachments AS a JOIN attachment_versions AS v ON v.attachment_id = a.id JOIN files AS f ON f.digest = v.digest
  WHERE a.document_id = ? WINDOW versions AS (PARTITION BY a.id ORDER BY v.seen_at, v.capture_id))
WHERE old_digest <> digest ORDER BY seen_at, ordinal, id
"""


@dataclass(frozen=True, slots=True)
class Replaced:
    """One replacement: digests (sha256) and sizes in bytes before and after, and when each was first seen (UTC)."""

    name: str
    url: str
    old_digest: str
    old_size: int
    old_seen_at: str
    new_digest: str
    new_size: int
    new_seen_at: str


def replaced_attachments(db: Database, document_id: int) -> list[Replaced]:
    """Every replacement of a file that the document links to, in the order in which they were seen."""
    return [Replaced(*row) for row in db.conn.execute(_REPLACED, (document_id,))]
