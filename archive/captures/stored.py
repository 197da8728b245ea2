"""The bytes behind a row of ``captures``: those of the capture itself, or of the one that a revisit refers to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from archive.captures.reader import read_capture
from archive.layout import DataDirectory

# A file's name and recognised type through the address that was asked for ("GET " + url_key): it has an index.
_BODY = """
SELECT seen.url, seen.fetched_at, coalesce(
    (SELECT f.media_type FROM attachments AS a JOIN attachment_versions AS v ON v.attachment_id = a.id
     AND v.capture_id IN (seen.id, bytes.id) JOIN files AS f ON f.digest = v.digest
     WHERE a.url_key = substr(seen.request_key, 5) AND seen.role = 'attachment' LIMIT 1), bytes.media_type),
  bytes.file, bytes.offset, bytes.length,
  (SELECT a.name FROM attachments AS a JOIN documents AS d ON d.id = a.document_id AND d.portal = seen.portal
   WHERE a.url_key = substr(seen.request_key, 5) AND seen.role = 'attachment' ORDER BY a.id LIMIT 1), bytes.id
FROM captures AS seen JOIN captures AS bytes ON bytes.id = coalesce(seen.refers_to_id, seen.id) WHERE seen.id = ?
"""


@dataclass(frozen=True, slots=True)
class StoredBody:
    """Where a capture's bytes lie, and what they are: ``media_type`` of the file where it was recognised, else as
    declared; ``name``: what a document that links to it calls it; ``bytes_id``: the row that has the bytes."""

    url: str
    fetched_at: str
    media_type: str | None
    file: str
    offset: int
    length: int
    name: str | None
    bytes_id: int

    def read(self, data: DataDirectory) -> bytes:
        """The body with its Content-Encoding removed; raises :class:`archive.captures.reader.DamagedCapture`."""
        return read_capture(data, self.file, self.offset, self.length).body


def stored_body(db: Database, capture_id: int) -> StoredBody | None:
    """Where the bytes of a capture lie, a revisit resolved; None: no such capture."""
    row = db.conn.execute(_BODY, (capture_id,)).fetchone()
    return StoredBody(*row) if row else None
