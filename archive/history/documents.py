"""The table ``documents``: what readers see, kept equal to the accepted revision that its principal shows."""

from __future__ import annotations

import json
from typing import NamedTuple

from sqlite_utils import Database

from archive.attachments.links import save_attachments
from archive.history.agencies import agency_id
from archive.history.content import Content
from archive.history.principal import choose_principal
from archive.history.record_findings import save_record_findings
from archive.history.revisions import read_record
from archive.history.similarity import simhash
from archive.record import METADATA_FIELDS, Record

_TEXTS = ("title", *METADATA_FIELDS)
FLAT = (*_TEXTS, "content_hash", "index_key", "keywords", "extra", "body_text", "simhash")
"""The columns that :func:`flat` makes of a record."""

_COLUMNS = (*FLAT, "url", "revision_id", "agency_id")
_UPDATE = f"UPDATE documents SET {', '.join(f'{name} = ?' for name in _COLUMNS)} WHERE id = ?"


class Shown(NamedTuple):
    """What a document showed at one moment."""

    id: int
    uid: str
    portal: str
    url: str
    revision_id: int | None
    content_hash: str | None
    index_key: str | None
    withdrawn_at: str | None


def read_shown(db: Database, document_id: int) -> Shown:
    """What the document shows now."""
    row = db.conn.execute(
        f"SELECT {', '.join(Shown._fields)} FROM documents WHERE id = ?", (document_id,)
    ).fetchone()
    return Shown(*row)


def create_document(db: Database, *, uid: str, portal: str, url: str, at: str) -> int:
    """Make a document without content and give it its uid for ever. Returns its id.

    A uid that is taken names the document that has it: nothing is made, nothing can be doubled.
    """
    taken = db.conn.execute("SELECT document_id FROM document_uids WHERE uid = ?", (uid,)).fetchone()
    if taken:
        return int(taken[0])
    document_id = db.conn.execute(
        "INSERT INTO documents(uid, portal, url, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?)",
        (uid, portal, url, at, at),
    ).lastrowid
    db.conn.execute("INSERT INTO document_uids(uid, document_id) VALUES (?, ?)", (uid, document_id))
    return int(document_id or 0)


def refresh(db: Database, document_id: int, *, at: str, crawl_id: str | None, force: bool = False) -> None:
    """Choose the principal and the roles anew, and flatten what it shows where that is another revision.

    Inside :func:`archive.history.indexing.indexed`. ``force``: flatten also when the revision is the same, because
    its record changed. A document without sightings goes on showing what it showed.
    """
    principal = choose_principal(db, document_id)
    shown = read_shown(db, document_id)
    revision_id, url = shown.revision_id, shown.url
    if principal is not None:
        revision_id, url = principal.revision_id, principal.url
    if revision_id is not None and (force or (revision_id, url) != (shown.revision_id, shown.url)):
        flatten(db, document_id, revision_id, url, at=at, crawl_id=crawl_id)


def flatten(
    db: Database, document_id: int, revision_id: int, url: str, *, at: str, crawl_id: str | None
) -> None:
    """Write a revision's record into the document's columns, with its attachments and findings."""
    portal, content_hash = db.conn.execute(
        "SELECT d.portal, r.content_hash FROM documents AS d, revisions AS r WHERE d.id = ? AND r.id = ?",
        (document_id, revision_id),
    ).fetchone()
    record = read_record(db, revision_id)
    agency = agency_id(db, portal, record.agency)
    values = flat(record, content_hash)
    db.conn.execute(_UPDATE, (*(values[name] for name in FLAT), url, revision_id, agency, document_id))
    save_attachments(db, document_id, record, at=at, shown=True)
    save_record_findings(
        db, record, portal=portal, document_id=document_id, revision_id=revision_id, at=at, crawl_id=crawl_id
    )


def flat(record: Record, content_hash: str) -> dict[str, str | int | None]:
    """The columns of a document that shows a masked ``record``: those of ``FLAT``, by name."""
    content = Content.of(record, content_hash)
    return {
        **{name: getattr(record, name) for name in _TEXTS},
        "content_hash": content_hash,
        "index_key": content.number,
        "keywords": json.dumps(record.keywords, ensure_ascii=False),
        "extra": json.dumps(record.extra, ensure_ascii=False),
        "body_text": record.body_text,
        "simhash": None if content.short else simhash(content.shingles),
    }
