"""Taking back one revision of a degraded crawl: its addresses and documents say again what they said before."""

from __future__ import annotations

from contextlib import ExitStack
from typing import NamedTuple

from sqlite_utils import Database

from archive.history.indexing import indexed
from archive.history.principal import Speaker, choose_principal
from archive.history.quarantine.showing import Revision, show_again

TOLD = ("new", "revised", "renumbered", "quarantined", "released")
"""Events about a revision that are taken back with it: what a degraded crawl read is no news."""

# Of an address: its last accepted revision, of the one that made the revision only those before it.
_LAST_ACCEPTED = """
SELECT id, document_id, seen_at FROM revisions
WHERE sighting_id = :sighting AND status = 'accepted' AND (sighting_id <> :own OR number < :number)
ORDER BY number DESC LIMIT 1
"""
_VISITED_BEFORE = """
SELECT 1 FROM sightings AS s JOIN captures AS c ON c.portal = s.portal AND c.request_key = 'GET ' || s.url_key
WHERE s.id = ? AND c.crawl_id <> ? AND c.outcome = 'content' AND c.fetched_at < ? LIMIT 1
"""
_SPEAKING = "SELECT id FROM sightings WHERE document_id = ? AND revision_id = ?"
_AS_NOT_VISITED = """
UPDATE sightings SET state = 'pending', document_id = NULL, revision_id = NULL, role = NULL, content_hash = NULL,
  payload_digest = NULL, extractor_version = NULL, etag = NULL, last_modified = NULL WHERE id = ?
"""
_REPEATS = """
UPDATE sightings SET content_hash = r.content_hash, extractor_version = r.extractor_version, etag = NULL,
  last_modified = NULL, revision_id = r.id FROM revisions AS r WHERE sightings.id = ? AND r.id = ?
"""


class _Said(NamedTuple):
    """What an address said before: a revision of its own, and when it was seen."""

    id: int
    document_id: int
    seen_at: str


def take_back(db: Database, revision_id: int, crawl_id: str, *, reason: str, at: str) -> None:
    """Quarantine a revision that the crawl made or accepted, inside the caller's transaction.

    Its address points to its last accepted revision, and to the document of that where the crawl found the address
    reused; a document without one shows nothing and is found by nothing. An address that only repeated the
    revision and never said anything else is as if it had not been visited. A revision that is quarantined already
    only loses its event. The next visit, which is due at once, asks for the whole page.
    """
    revision = Revision(*db.conn.execute(
        f"SELECT {', '.join(Revision._fields)} FROM revisions WHERE id = ?", (revision_id,)
    ).fetchone())  # fmt: skip
    db.conn.execute(
        "DELETE FROM events WHERE document_id = ? AND revision_id = ? AND crawl_id = ?"
        f" AND kind IN ({', '.join('?' * len(TOLD))})",
        (revision.document_id, revision.id, crawl_id, *TOLD),
    )
    if revision.status == "accepted":
        db.conn.execute(
            "UPDATE revisions SET status = 'quarantined', quarantine_reason = ? WHERE id = ?",
            (reason, revision.id),
        )
        _fall_back(db, revision, crawl_id, at)
    db.conn.execute(
        "UPDATE sightings SET etag = NULL, last_modified = NULL, next_visit_at = ? WHERE id = ? AND state = 'ok'",
        (at, revision.sighting_id),
    )


def _fall_back(db: Database, revision: Revision, crawl_id: str, at: str) -> None:
    speaking = [row[0] for row in db.conn.execute(_SPEAKING, (revision.document_id, revision.id)).fetchall()]
    said = {sighting_id: _said(db, sighting_id, revision) for sighting_id in speaking}
    documents = sorted({revision.document_id, *(before.document_id for before in said.values() if before)})
    with ExitStack() as stack:
        for document_id in documents:
            stack.enter_context(indexed(db, document_id))
        for sighting_id, before in said.items():
            db.conn.execute(
                "UPDATE sightings SET revision_id = ?, document_id = ?, role = NULL WHERE id = ?",
                (before and before.id, before.document_id if before else revision.document_id, sighting_id),
            )
        principal = choose_principal(db, revision.document_id)
        for sighting_id, before in said.items():
            if sighting_id != revision.sighting_id or before is None:
                _repeat(db, sighting_id, before, principal, revision, crawl_id)
        for document_id in documents:
            show_again(db, document_id, revision, crawl_id, at)


def _said(db: Database, sighting_id: int, revision: Revision) -> _Said | None:
    row = db.conn.execute(
        _LAST_ACCEPTED, {"sighting": sighting_id, "own": revision.sighting_id, "number": revision.number}
    ).fetchone()
    return _Said(*row) if row else None


def _repeat(
    db: Database,
    sighting_id: int,
    before: _Said | None,
    principal: Speaker | None,
    revision: Revision,
    crawl_id: str,
) -> None:
    """An address whose last words were another one's: it repeats what the document shows, if it did so before."""
    if principal is not None and _repeated(db, sighting_id, before, principal, revision, crawl_id):
        before_id: int | None = principal.revision_id
    else:
        before_id = before.id if before else None
    if sighting_id == revision.sighting_id:  # what it said last is what is held back
        # One that stood for another document before is not known to be this one: the next visit places it anew.
        moved = before_id is None and _visited_before(db, sighting_id, revision, crawl_id)
        document_id = None if moved else revision.document_id
        db.conn.execute(
            "UPDATE sightings SET revision_id = ?, document_id = ? WHERE id = ?",
            (before_id, document_id, sighting_id),
        )
    elif before_id is None:
        db.conn.execute(_AS_NOT_VISITED, (sighting_id,))
    else:
        db.conn.execute(_REPEATS, (sighting_id, before_id))


def _repeated(
    db: Database,
    sighting_id: int,
    before: _Said | None,
    principal: Speaker,
    revision: Revision,
    crawl_id: str,
) -> bool:
    if before is not None:
        row = db.conn.execute(
            "SELECT seen_at FROM revisions WHERE id = ?", (principal.revision_id,)
        ).fetchone()
        if row[0] <= before.seen_at:
            return False
    return _visited_before(db, sighting_id, revision, crawl_id)


def _visited_before(db: Database, sighting_id: int, revision: Revision, crawl_id: str) -> bool:
    row = db.conn.execute(_VISITED_BEFORE, (sighting_id, crawl_id, revision.seen_at)).fetchone()
    return row is not None
