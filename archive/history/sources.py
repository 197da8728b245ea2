"""What a revision was read from: its captures, part by part, and what the listing said of the page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlite_utils import Database

from archive.captures.model import Capture
from archive.captures.table import get_capture


class SourcePart(NamedTuple):
    """One response of a document: ``kind`` as in ``revision_captures.part``; ``capture`` holds the bytes.

    ``visited`` is that of the visit, which may be a later one: a revisit record has no bytes of its own.
    """

    kind: str
    ordinal: int
    capture: Capture
    visited: Capture


@dataclass(frozen=True, slots=True)
class Sources:
    """All that a revision was read from. ``kind`` is its sighting's; the rest is of the entry that listed it first, or
    what the revision kept of another tool's listing."""

    kind: str
    parts: list[SourcePart]
    title: str | None
    published_on: str | None
    fields: Mapping[str, str]
    directory_key: str | None


class RevisionRow(NamedTuple):
    """A revision's id and the address that it was seen at."""

    id: int
    url: str


_PARTS = """
    SELECT part, ordinal, capture_id FROM revision_captures
    WHERE revision_id = ? AND part <> 'listing' ORDER BY part, ordinal
"""
_LISTING = """
    SELECT e.title, e.published_on, e.fields, d.key FROM entries AS e JOIN directories AS d ON d.id = e.directory_id
    WHERE e.sighting_id = ? ORDER BY e.delisted_at IS NOT NULL, d.key LIMIT 1
"""
_LAST_READ = """
    SELECT s.extractor_version, s.revision_id, iif(r.content_hash = s.content_hash, r.id, NULL),
      r.status = 'quarantined'
    FROM sightings AS s LEFT JOIN revisions AS r ON r.sighting_id = s.id
    WHERE s.id = ? ORDER BY r.number DESC LIMIT 1
"""
_REVISIONS = """
    SELECT r.id, s.url FROM revisions AS r JOIN documents AS d ON d.id = r.document_id
    JOIN sightings AS s ON s.id = r.sighting_id WHERE d.portal = ? AND r.id > ? ORDER BY r.id LIMIT 500
"""


def sources(db: Database, revision_id: int) -> Sources:
    """What the revision was read from; the listing's parts are left out, its words stand beside."""
    sighting_id, kind = db.execute(
        "SELECT s.id, s.kind FROM revisions AS r JOIN sightings AS s ON s.id = r.sighting_id WHERE r.id = ?",
        [revision_id],
    ).fetchone()
    parts = [
        _part(db, part, ordinal, id_) for part, ordinal, id_ in db.execute(_PARTS, [revision_id]).fetchall()
    ]
    listed = db.execute(_LISTING, [sighting_id]).fetchone()
    if listed is None:
        return Sources(kind, parts, *_kept(db, revision_id), directory_key=None)
    title, published_on, fields, key = listed
    return Sources(kind, parts, title, published_on, json.loads(fields), key)


def _kept(db: Database, revision_id: int) -> tuple[str | None, str | None, dict[str, str]]:
    """Title, date and fields that a listing said which made no entries."""
    (text,) = db.execute("SELECT record FROM revisions WHERE id = ?", [revision_id]).fetchone()
    record = json.loads(text)
    names = [name for name, source in record["field_sources"].items() if source == "listing"]
    said = {name: record[name] for name in names if isinstance(record.get(name), str)}
    return said.pop("title", None), said.pop("published_on", None), said


def _part(db: Database, kind: str, ordinal: int, capture_id: int) -> SourcePart:
    visited = get_capture(db, capture_id)
    held = visited if visited.refers_to_id is None else get_capture(db, visited.refers_to_id)
    return SourcePart(kind, ordinal, held, visited)


def last_read(db: Database, sighting_id: int) -> tuple[str | None, int | None]:
    """With which extractor version an address was last read, and the revision that says what it said then.

    Its own where it has one, which may be held back; else another address's of its document. Nothing of an address
    that was never archived.
    """
    row = db.execute(_LAST_READ, [sighting_id]).fetchone()
    return (row[0], row[2] or row[1]) if row else (None, None)


def accepted_before(db: Database, sighting_id: int) -> int | None:
    """The accepted revision that an address's document goes by while its last visit is held back; else None."""
    row = db.execute(_LAST_READ, [sighting_id]).fetchone()
    return row[1] if row and row[2] is not None and row[3] else None


def revisions_of(db: Database, portal: str) -> Iterator[RevisionRow]:
    """Every revision of a portal, oldest first; read in pieces, so that others may be written meanwhile."""
    last = 0
    while rows := db.execute(_REVISIONS, [portal, last]).fetchall():
        for row in rows:
            yield RevisionRow(*row)
        last = rows[-1][0]


def revision_count(db: Database, portal: str) -> int:
    """How many revisions the portal's documents have."""
    query = "SELECT count(*) FROM revisions JOIN documents ON documents.id = document_id WHERE portal = ?"
    return int(db.execute(query, [portal]).fetchone()[0])


def portal_of(db: Database, revision_id: int) -> str:
    """The portal that a revision was seen at."""
    query = "SELECT s.portal FROM revisions AS r JOIN sightings AS s ON s.id = r.sighting_id WHERE r.id = ?"
    return str(db.execute(query, [revision_id]).fetchone()[0])
