"""A document's bytes as files: the page of the shown revision, and every version of every attachment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sqlite_utils import Database

from archive.captures.names import file_name
from archive.captures.reader import DamagedCapture
from archive.captures.stored import StoredBody, stored_body
from archive.layout import DataDirectory

# What its listing said stands beside: that page is no part of the document.
_PAGES = """
SELECT rc.part, rc.ordinal, rc.capture_id FROM documents AS d
JOIN revision_captures AS rc ON rc.revision_id = d.revision_id
WHERE d.id = ? AND rc.part <> 'listing' ORDER BY rc.part <> 'page', rc.part, rc.ordinal
"""
_VERSIONS = """
SELECT a.name, a.url, v.capture_id, v.digest, f.media_type,
  row_number() OVER (PARTITION BY v.attachment_id ORDER BY v.seen_at, v.capture_id)
FROM attachments AS a JOIN attachment_versions AS v ON v.attachment_id = a.id JOIN files AS f ON f.digest = v.digest
WHERE a.document_id = ? ORDER BY a.ordinal, a.id, 6
"""
_MOST_TRIES = 1_000


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one capture: ``path`` (None where it could not be read: ``trouble`` says why).

    ``what``: the part of a page, or ``attachment``; ``version`` counts an attachment's from 1; ``digest``:
    ``sha256:<hex>`` of the bytes; ``kept``: the same file lay there already.
    """

    what: str
    url: str
    fetched_at: str
    path: str | None = None
    size: int | None = None
    digest: str | None = None
    name: str | None = None
    version: int | None = None
    kept: bool = False
    trouble: str | None = None


def save_document(db: Database, data: DataDirectory, document_id: int, folder: Path) -> Iterator[Saved]:
    """Write a document's bytes into ``folder``, which is made; nothing that lies there is overwritten.

    Bodies with their Content-Encoding removed, revisits resolved. A name that another file has gets a number.
    Raises ``OSError`` when it cannot be written; what is damaged is told of and passed over.
    """
    folder.mkdir(parents=True, exist_ok=True)
    uid = db.conn.execute("SELECT uid FROM documents WHERE id = ?", (document_id,)).fetchone()[0]
    versions = db.conn.execute(_VERSIONS, (document_id,)).fetchall()
    files = {capture_id for _, _, capture_id, *_ in versions}
    for part, ordinal, capture_id in db.conn.execute(_PAGES, (document_id,)).fetchall():
        if capture_id in files:
            continue  # the document is a file itself
        stored = _stored(db, capture_id)
        name = f"{uid}-{part}" if part == "page" else f"{uid}-{part}-{ordinal}"
        yield _save(stored, data, folder, file_name(name, stored.media_type or "text/html"), Saved(
            part, stored.url, stored.fetched_at))  # fmt: skip
    for name, url, capture_id, digest, media_type, version in versions:
        stored = _stored(db, capture_id)
        target = file_name(name, media_type, url=url, version=f"v{version}")
        wanted = Saved("attachment", url, stored.fetched_at, name=name, version=version, digest=digest)
        yield _save(stored, data, folder, target, wanted)


def _stored(db: Database, capture_id: int) -> StoredBody:
    stored = stored_body(db, capture_id)
    assert stored is not None, "foreign keys forbid it"
    return stored


def _save(stored: StoredBody, data: DataDirectory, folder: Path, name: str, wanted: Saved) -> Saved:
    """Write one body; ``wanted.digest``, where it is known, is what it must have."""
    try:
        body = stored.read(data)
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        if wanted.digest is not None and digest != wanted.digest:
            raise DamagedCapture(stored.file, stored.offset, f"does not hold the file {wanted.digest}")
    except DamagedCapture as error:
        return replace(wanted, digest=None, trouble=str(error))
    path, kept = _write(folder, name, body)
    return replace(wanted, path=str(path), size=len(body), digest=digest, kept=kept)


def _write(folder: Path, name: str, body: bytes) -> tuple[Path, bool]:
    """The path that the bytes have now, and whether they lay there before."""
    stem, _, suffix = name.rpartition(".")
    for number in range(1, _MOST_TRIES):
        path = folder / (name if number == 1 else f"{stem} ({number}).{suffix}")
        try:
            stream = path.open("xb")  # follows no link, overwrites nothing
        except FileExistsError:
            if path.is_file() and path.stat().st_size == len(body) and path.read_bytes() == body:
                return path, True
            continue
        try:
            with stream:
                stream.write(body)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path, False
    raise FileExistsError(f"{folder / name} and {_MOST_TRIES} names like it are taken")
