"""What two revisions of a document say differently: field by field, and the text line by line."""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass

from sqlite_utils import Database

from archive.record import METADATA_FIELDS, Record
from archive.revisions import read_record

LAST_TWO = """
SELECT r.id, r.seen_at FROM documents AS d JOIN revisions AS shown ON shown.id = d.revision_id
JOIN revisions AS r ON r.document_id = d.id
WHERE d.id = ? AND r.status = 'accepted' AND (r.seen_at, r.id) <= (shown.seen_at, shown.id)
  AND (r.id = shown.id OR r.sighting_id = shown.sighting_id OR r.cause <> 'variant')
ORDER BY r.id <> shown.id, r.sighting_id <> shown.sighting_id, r.seen_at DESC, r.id DESC LIMIT 2
"""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's two values as text; empty where it was missing."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Between the revision that a document shows and the one before it; times are when each was first seen.

    ``text``: the lines of a unified diff of ``body_text``, without its file header.
    """

    old_seen_at: str
    new_seen_at: str
    fields: tuple[FieldChange, ...]
    text: tuple[str, ...]


def last_difference(db: Database, document_id: int) -> Difference | None:
    """What the last edit changed; None where the document has only one accepted revision to read.

    The revision before is that of the same address; a variant's text is no earlier state of the principal's.
    """
    rows = db.conn.execute(LAST_TWO, (document_id,)).fetchall()
    if len(rows) < 2:
        return None
    (new_id, new_seen_at), (old_id, old_seen_at) = rows
    old, new = read_record(db, old_id), read_record(db, new_id)
    return Difference(old_seen_at, new_seen_at, _fields(old, new), _text(old.body_text, new.body_text))


def _fields(old: Record, new: Record) -> tuple[FieldChange, ...]:
    before, after = _as_text(old), _as_text(new)
    names = dict.fromkeys([*before, *after])
    return tuple(
        FieldChange(name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    )


def _as_text(record: Record) -> dict[str, str]:
    """Every field that a reader sees as a value; ``extra`` and the sign-off one by one. Not the tables: their
    rows stand in the body's text."""
    values = {name: getattr(record, name) or "" for name in ("title", *METADATA_FIELDS)}
    values["keywords"] = "；".join(record.keywords)
    values["attachments"] = "；".join(attachment.name for attachment in record.attachments)
    values |= {f"extra.{label}": value for label, value in record.extra.items()}
    if record.signoff:
        values |= {f"signoff.{name}": value or "" for name, value in asdict(record.signoff).items()}
    return values


def _text(old: str, new: str) -> tuple[str, ...]:
    # The first two lines are the header that names files.
    return tuple(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2))[2:]
