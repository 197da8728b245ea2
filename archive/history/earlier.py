"""What :func:`archive.identity.place` may know, read from the archive: a handful of rows, each by an
index."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.history.content import Content, index_key, says_title
from archive.history.similarity import simhash
from archive.identity import MAX_TEXTS, Earlier, KnownAddress, KnownDocument

_CONTENT = "id, content_hash, index_key, title, body_text, document_number"
_DOCUMENT = f"SELECT {_CONTENT} FROM documents WHERE id = ?"

# The oldest first, so that a tie goes to the document that was there before.
NAMED = f"""
SELECT {_CONTENT}, EXISTS (
  SELECT 1 FROM revisions AS r WHERE r.document_id = documents.id AND r.content_hash = ? AND r.status = 'accepted')
FROM documents WHERE portal = ? AND index_key = ? AND id IS NOT ? ORDER BY first_seen_at, uid LIMIT {MAX_TEXTS}
"""
COUNT = (
    f"SELECT count(*) FROM (SELECT 1 FROM documents WHERE portal = ? AND index_key = ? LIMIT {MAX_TEXTS + 1})"
)
TWINS = f"""
SELECT {_CONTENT} FROM documents WHERE portal = ? AND simhash = ? AND index_key IS NOT ?
ORDER BY first_seen_at, uid LIMIT {MAX_TEXTS}
"""
NUMBERS = """
SELECT json_extract(record, '$.index_number'), document_id FROM revisions
WHERE sighting_id = ? AND status = 'accepted' ORDER BY number
"""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The columns of ``sightings`` that a visit needs."""

    id: int
    portal: str
    url_key: str
    url: str
    document_id: int | None
    revision_id: int | None
    content_hash: str | None
    extractor_version: str | None
    gone_days: int
    gone_on: str | None
    accepted_hash: str | None
    """``content_hash`` of the accepted revision that it points to; that of its last visit may be
    quarantined."""


def read_sighting(db: Database, sighting_id: int) -> Sighting:
    """The sighting with this id; raises ``KeyError`` when there is none."""
    row = db.conn.execute(
        "SELECT s.id, s.portal, s.url_key, s.url, s.document_id, s.revision_id, s.content_hash,"
        " s.extractor_version, s.gone_days, s.gone_on, r.content_hash"
        " FROM sightings AS s LEFT JOIN revisions AS r ON r.id = s.revision_id WHERE s.id = ?",
        (sighting_id,),
    ).fetchone()
    if row is None:
        raise KeyError(f"no sighting {sighting_id}")
    return Sighting(*row)


def earlier(db: Database, sighting: Sighting, visit: Content) -> Earlier:
    """Everything known before ``visit`` at ``sighting`` that can bear on where it belongs."""
    portal, number = sighting.portal, visit.number
    if sighting.document_id is None:
        if number is None:
            return Earlier()
        return Earlier(
            named=documents_named(db, portal, visit, but=None),
            twins=_twins(db, portal, visit),
            placeholders=placeholders(db, portal, number),
        )
    last = stored_content(db, sighting.revision_id) if sighting.revision_id is not None else None
    if number is None or (last is not None and number == last.number):
        return Earlier(KnownAddress(sighting.document_id, last))
    return Earlier(
        address=KnownAddress(sighting.document_id, last, _numbers(db, sighting.id)),
        document=_documents(db, _DOCUMENT, sighting.document_id)[0],
        named=documents_named(db, portal, visit, but=sighting.document_id),
        twins=_twins(db, portal, visit),
        placeholders=placeholders(db, portal, number, last.number if last else None),
    )


def stored_content(db: Database, revision_id: int) -> Content:
    """The content of a revision as it is stored: masked, under the hash of its unmasked form."""
    text, content_hash = db.conn.execute(
        "SELECT record, content_hash FROM revisions WHERE id = ?", (revision_id,)
    ).fetchone()
    record: dict[str, Any] = json.loads(text)
    return Content(
        content_hash, index_key(record["index_number"]), record["title"] or "", record["body_text"],
        record["document_number"], says_title(record["field_sources"]),
    )  # fmt: skip


def documents_named(db: Database, portal: str, visit: Content, *, but: int | None) -> list[KnownDocument]:
    """The documents that show the visit's number, oldest first, without the document ``but``."""
    return _documents(db, NAMED, visit.content_hash, portal, visit.number, but)


def _documents(db: Database, sql: str, *parameters: Any) -> list[KnownDocument]:
    return [
        KnownDocument(
            row[0], Content(row[1] or "", row[2], row[3] or "", row[4], row[5]), bool(row[6:] and row[6])
        )
        for row in db.conn.execute(sql, parameters)
    ]


def _twins(db: Database, portal: str, visit: Content) -> list[KnownDocument]:
    """Documents with the visit's simhash under another number; equal bodies have equal ones."""
    if visit.short:
        return []
    return _documents(db, TWINS, portal, simhash(visit.shingles), visit.number)


def placeholders(db: Database, portal: str, *numbers: str | None) -> frozenset[str]:
    """Which of the numbers name more than ``MAX_TEXTS`` documents."""
    return frozenset(
        number
        for number in numbers
        if number and db.conn.execute(COUNT, (portal, number)).fetchone()[0] > MAX_TEXTS
    )


def _numbers(db: Database, sighting_id: int) -> dict[str, int]:
    """The document that this address stood for, by each valid number it ever had."""
    found: dict[str, int] = {}
    for raw, document_id in db.conn.execute(NUMBERS, (sighting_id,)):
        if (number := index_key(raw)) is not None:
            found[number] = document_id
    return found
