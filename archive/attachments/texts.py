"""The text of files: a queue in the table ``files``, worked in short transactions, and what search has of it.

``files.text_status`` ``pending`` waits; so does what an older reader read. ``attachments.text_digest`` names the file
whose text the search index holds for the document: it follows ``attachments.digest`` when that file's text is known.
Index and tables agree at every commit, whoever is killed in between.
"""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

from archive.batches import in_batches
from archive.captures.reader import DamagedCapture, read_capture
from archive.history.indexing import indexed
from archive.layout import DataDirectory
from archive.privacy import mask_text

TextStatus = Literal["ok", "needs_ocr", "unsupported", "failed", "too_large"]

SHARDS = "0123456789abcdef"
"""First digits of digests: several workers take one each."""

_DUE = """
SELECT digest FROM files AS f WHERE digest >= 'sha256:' || :shard AND digest < 'sha256:' || :shard || 'g' AND (
    text_status = 'pending' OR extractor_version IS NULL OR substr(extractor_version, 1, length(:code)) <> :code
    OR (text_status IN ('needs_ocr', 'unsupported') AND extractor_version <> :version))
  AND (:portal IS NULL OR EXISTS (
    SELECT 1 FROM attachments AS a JOIN documents AS d ON d.id = a.document_id
    WHERE a.digest = f.digest AND d.portal = :portal))
ORDER BY digest
"""
_CAPTURES = """
SELECT DISTINCT c.id, c.file, c.offset, c.length FROM (
  SELECT capture_id FROM files WHERE digest = :digest
  UNION SELECT v.capture_id FROM attachments AS a JOIN attachment_versions AS v ON v.attachment_id = a.id
  WHERE a.digest = :digest AND v.digest = :digest) AS h
JOIN captures AS o ON o.id = h.capture_id JOIN captures AS c ON c.id = coalesce(o.refers_to_id, o.id) ORDER BY c.id
"""
_NAME = """
SELECT f.media_type, (SELECT name FROM attachments WHERE digest = f.digest ORDER BY id LIMIT 1)
FROM files AS f WHERE f.digest = ?
"""
# Many wait while few have been read: one file's documents are not looked for among all that are behind.
_BEHIND = """
SELECT a.id, a.document_id FROM attachments AS a {index} CROSS JOIN files AS f ON f.digest = a.digest
WHERE a.text_digest IS NOT a.digest AND {which} AND f.text_status <> 'pending' ORDER BY a.id
"""
_ALL_BEHIND = _BEHIND.format(index="INDEXED BY attachments_behind", which="a.digest IS NOT NULL")
_FILE_BEHIND = _BEHIND.format(index="INDEXED BY attachments_digest", which="a.digest = ?")
_ONE_BEHIND = _BEHIND.format(index="", which="a.id = ?")
_WRITE = "UPDATE files SET text = ?, text_status = ?, text_note = ?, extractor_version = ? WHERE digest = ?"


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file's bytes, and what is said of it."""

    digest: str
    body: bytes
    media_type: str | None
    name: str


def files_to_read(db: Database, version: str, shard: str, portal: str | None = None) -> list[str]:
    """The digests of the files that wait, of one of :data:`SHARDS`; ``portal``: that its documents link to.

    ``version``: the reader's code, then ``+`` and what it has besides. Other code reads everything again; more
    programs only what had no text for want of one.
    """
    code = version.partition("+")[0]
    parameters = {"shard": shard, "code": code, "version": version, "portal": portal}
    return [row[0] for row in db.conn.execute(_DUE, parameters)]


def still_waits(db: Database, version: str, digest: str) -> bool:
    """Whether nobody has read the file meanwhile."""
    row = db.conn.execute(
        "SELECT text_status = 'pending' OR extractor_version IS NOT ? FROM files WHERE digest = ?",
        (version, digest),
    ).fetchone()
    return bool(row and row[0])


def waiting_file(db: Database, data: DataDirectory, digest: str) -> WaitingFile:
    """The bytes of a file, from the first capture that still has them; raises :class:`DamagedCapture`."""
    media_type, name = db.conn.execute(_NAME, (digest,)).fetchone()
    trouble: DamagedCapture | None = None
    for _, file, offset, length in db.conn.execute(_CAPTURES, {"digest": digest}).fetchall():
        try:
            body = read_capture(data, file, offset, length).body
        except DamagedCapture as error:
            trouble = trouble or error
            continue
        if f"sha256:{hashlib.sha256(body).hexdigest()}" == digest:
            return WaitingFile(digest, body, media_type, name or "")
        trouble = trouble or DamagedCapture(file, offset, f"does not hold the file {digest}")
    assert trouble is not None, "a file without a capture: foreign keys forbid it"
    raise trouble


def write_text(
    db: Database, digest: str, *, text: str, status: TextStatus, note: str | None, version: str
) -> int:
    """Keep what was read of a file, masked, and put it into the index of each document that has the file.

    A document a step, in transactions of bounded length; a kill leaves the file waiting. Returns how many documents
    were indexed. ``note`` is one sentence.
    """
    kept = mask_text(text) if status == "ok" else None
    said = mask_text(note) if note else None

    def step() -> bool:
        before, state = db.conn.execute(
            "SELECT text, text_status FROM files WHERE digest = ?", (digest,)
        ).fetchone()
        held = db.conn.execute(
            "SELECT id, document_id FROM attachments WHERE text_digest = ? LIMIT 1", (digest,)
        ).fetchone()
        if before == kept or held is None:
            db.conn.execute(_WRITE, (kept, status, said, version, digest))
            return False
        if state != "pending":  # so that nobody puts the old text back meanwhile
            db.conn.execute("UPDATE files SET text_status = 'pending' WHERE digest = ?", (digest,))
        with indexed(db, held[1]):
            db.conn.execute("UPDATE attachments SET text_digest = NULL WHERE id = ?", (held[0],))
        return True

    in_batches(db, step)
    return index_texts(db, digest)


def index_texts(db: Database, digest: str | None = None) -> int:
    """Bring the index up to the files that documents have now, of one digest or all; how many documents it took.

    A document that links to a file that was read already comes here, and one whose file was replaced.
    """
    run = db.conn.execute
    found = run(_ALL_BEHIND) if digest is None else run(_FILE_BEHIND, (digest,))
    waiting = deque(row[0] for row in found)
    count = 0

    def step() -> bool:
        nonlocal count
        row = run(_ONE_BEHIND, (waiting.popleft(),)).fetchone()
        if row is not None:  # nobody did it, or exchanged the file, meanwhile
            with indexed(db, row[1]):
                run("UPDATE attachments SET text_digest = digest WHERE id = ?", (row[0],))
            count += 1
        return bool(waiting)

    if waiting:
        in_batches(db, step)
    return count
