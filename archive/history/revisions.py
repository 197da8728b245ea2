"""The rows of ``revisions``: a record in the form the archive keeps it, and what changed since the last
one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlite_utils import Database

from archive.history.content import Content
from archive.privacy import mask_record
from archive.record import Record, content_hash, hashed_content

Cause = Literal["first", "edit", "variant"]
Part = tuple[int, str, int]
"""A capture's id, which part of the document it is (``page``, ``listing`` …), and its ordinal."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as the archive keeps it: masked, as object and as JSON, under the hash of its unmasked
    form."""

    record: Record
    text: str
    content: Content
    version: str

    @property
    def content_hash(self) -> str:
        """Of the unmasked record."""
        return self.content.content_hash


def stored(record: Record) -> Stored:
    """``record`` hashed first and masked then, so that masking never looks like an edit."""
    digest = content_hash(record)
    data = mask_record(record.to_dict())
    text = json.dumps(data, ensure_ascii=False)
    if not _storable(text):
        data = _repaired(data)
        text = json.dumps(data, ensure_ascii=False)
    masked = Record.from_dict(data)
    return Stored(masked, text, Content.of(masked, digest), record.extractor_version or "")


def _storable(text: str) -> bool:
    """SQLite cannot hold half a surrogate pair, and its text functions end at NUL."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in text


def _repaired(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
    if isinstance(value, list):
        return [_repaired(item) for item in value]
    if isinstance(value, dict):
        return {_repaired(key): _repaired(item) for key, item in value.items()}
    return value


def add_revision(
    db: Database,
    sighting_id: int,
    document_id: int,
    new: Stored,
    parts: Sequence[Part],
    *,
    cause: Cause,
    at: str,
    changed: Sequence[str] = (),
    quarantine: str | None = None,
) -> int:
    """Insert the next revision of a sighting; ``parts`` must hold its page. Returns the revision's id."""
    page = next(
        capture_id for capture_id, part, _ in sorted(parts, key=lambda part: (part[1] != "page", part[2]))
    )
    cursor = db.conn.execute(
        """
        INSERT INTO revisions(document_id, sighting_id, number, capture_id, cause, status, quarantine_reason,
                              seen_at, content_hash, changed, record, extractor_version)
        VALUES (?1, ?2, (SELECT coalesce(max(number), 0) + 1 FROM revisions WHERE sighting_id = ?2),
                ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        """,
        (
            document_id, sighting_id, page, cause, "quarantined" if quarantine else "accepted", quarantine, at,
            new.content_hash, json.dumps(list(changed)), new.text, new.version,
        ),
    )  # fmt: skip
    revision_id = int(cursor.lastrowid or 0)
    db.conn.executemany(
        "INSERT OR IGNORE INTO revision_captures(revision_id, capture_id, part, ordinal) VALUES (?, ?, ?, ?)",
        [(revision_id, *part) for part in parts],
    )
    return revision_id


def delete_revision(db: Database, revision_id: int) -> None:
    """Remove a quarantined revision; its captures stay, and what was said about it stands without it."""
    # foreign keys: a feed's event and a finding keep the document they are about
    for table in ("events", "findings"):
        db.conn.execute(f"UPDATE {table} SET revision_id = NULL WHERE revision_id = ?", (revision_id,))
    db.conn.execute("DELETE FROM revision_captures WHERE revision_id = ?", (revision_id,))
    db.conn.execute("DELETE FROM revisions WHERE id = ?", (revision_id,))


def read_record(db: Database, revision_id: int) -> Record:
    """The record of a revision, as it is stored."""
    row = db.conn.execute("SELECT record FROM revisions WHERE id = ?", (revision_id,)).fetchone()
    return Record.from_dict(json.loads(row[0]))


def changed_fields(old: Record, new: Record) -> list[str]:
    """The names of the hashed fields in which two records differ, in the record's order.

    Empty where only masked characters differ: the hash saw an edit that readers must not.
    """
    before, after = hashed_content(old), hashed_content(new)
    names = list(after) + [name for name in before if name not in after]
    return [name for name in names if before.get(name) != after.get(name)]
