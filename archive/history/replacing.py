"""A stored record read again by newer code: replaced in place, never an edit (DESIGN §4)."""

from __future__ import annotations

import json
from contextlib import suppress

from sqlite_utils import Database

from archive.history.content import Content
from archive.history.documents import read_shown, refresh
from archive.history.earlier import Sighting, documents_named, placeholders
from archive.history.indexing import indexed
from archive.history.joining import join
from archive.history.principal import choose_principal
from archive.history.revisions import Stored, delete_revision, stored
from archive.identity import best_match, lost_text
from archive.record import Record, content_hash

SHOWING = "SELECT id FROM documents WHERE revision_id = ?"
SAYING = "SELECT DISTINCT document_id FROM sightings WHERE revision_id = ?"


class WouldLose(ValueError):
    """A record read again that has lost its title or body; one sentence."""


def replace_record(
    db: Database, revision_id: int, record: Record, *, at: str, crawl_id: str | None = None
) -> bool:
    """Put ``record`` (raw) in the place of a revision's; False, and nothing is written, when it is the same.

    Raises :class:`WouldLose`, and nothing is written, when an accepted revision would lose its title or body: rather
    the profile is wrong than every page.

    Sightings, documents, findings and the search index follow. A quarantined revision that now says what its
    address said when last accepted is deleted. A document whose number was only now found joins the one that
    has it (event ``joined`` at ``at``). Raises ``KeyError`` for an unknown revision.
    """
    row = db.conn.execute(
        "SELECT sighting_id, status, content_hash, record FROM revisions WHERE id = ?", (revision_id,)
    ).fetchone()
    if row is None:
        raise KeyError(f"no revision {revision_id}")
    sighting_id, status, old_hash, old_text = row
    new = stored(record)
    if new.text == old_text:
        return False
    if status == "accepted" and (lost := lost_text(new.content, _content(old_text, old_hash))):
        raise WouldLose(
            f"today's code and profile find no {lost} where there was one: the stored record was kept"
        )
    db.conn.execute(
        "UPDATE revisions SET record = ?, content_hash = ?, extractor_version = ? WHERE id = ?",
        (new.text, new.content_hash, new.version, revision_id),
    )
    # Only the address whose page this is: what another one said is known only when its own capture is read again.
    db.conn.execute(
        "UPDATE sightings SET content_hash = ?, extractor_version = ? WHERE id = ? AND content_hash = ?",
        (new.content_hash, new.version, sighting_id, old_hash),
    )
    if status == "quarantined":
        _forget_if_repaired(db, revision_id, sighting_id, new.content_hash)
        return True
    shown = db.conn.execute(SHOWING, (revision_id,)).fetchall()
    if not shown:
        # An alias may have become a variant by it, or the other way round.
        for (document_id,) in db.conn.execute(SAYING, (revision_id,)).fetchall():
            choose_principal(db, document_id)
    for (document_id,) in shown:
        before = read_shown(db, document_id)
        with indexed(db, document_id):
            refresh(db, document_id, at=at, crawl_id=crawl_id, force=True)
        if new.content.number != before.index_key:
            _join_named(db, document_id, new, at=at, crawl_id=crawl_id)
    return True


def _content(text: str, content_hash: str) -> Content:
    return Content.of(Record.from_dict(json.loads(text)), content_hash)


def replace_accepted(db: Database, sighting: Sighting, record: Record, *, at: str, crawl_id: str) -> None:
    """Read what the address said when it was last accepted by today's code, unless that reads less."""
    if sighting.revision_id is not None:
        with suppress(WouldLose):
            replace_record(db, sighting.revision_id, record, at=at, crawl_id=crawl_id)


def replace_last(db: Database, sighting: Sighting, record: Record, *, at: str, crawl_id: str) -> None:
    """Take ``record``, the sighting's last capture read by today's code, for what it said at its last
    visit."""
    last = db.conn.execute(
        "SELECT id, content_hash FROM revisions WHERE sighting_id = ? ORDER BY number DESC LIMIT 1",
        (sighting.id,),
    ).fetchone()
    # Where its last visit wrote no revision, the document's shown one is another capture: it is left as it is.
    if last and last[1] == sighting.content_hash:
        try:
            replace_record(db, last[0], record, at=at, crawl_id=crawl_id)
        except WouldLose:
            return  # what it said stays the measure, and the visit that lost it is quarantined
    db.conn.execute(
        "UPDATE sightings SET content_hash = ?, extractor_version = ? WHERE id = ?",
        (content_hash(record), record.extractor_version, sighting.id),
    )


def _forget_if_repaired(db: Database, revision_id: int, sighting_id: int, digest: str) -> None:
    accepted = db.conn.execute(
        "SELECT r.content_hash FROM sightings AS s JOIN revisions AS r ON r.id = s.revision_id WHERE s.id = ?",
        (sighting_id,),
    ).fetchone()
    if accepted and accepted[0] == digest:
        delete_revision(db, revision_id)


def _join_named(db: Database, document_id: int, new: Stored, *, at: str, crawl_id: str | None) -> None:
    """Late discovery: the document's number, read only now, may name a document that is here already."""
    portal, number = read_shown(db, document_id).portal, new.content.number
    if number is None or placeholders(db, portal, number):
        return
    other = best_match(new.content, documents_named(db, portal, new.content, but=document_id))
    if other is not None:
        join(db, document_id, other.id, at=at, crawl_id=crawl_id)
