"""Taking back one revision of a degraded crawl: its addresses and documents say again what they said before."""

from __future__ import annotations

from contextlib import ExitStack
from typing import NamedTuple

from sqlite_utils import Database

from archive.history.documents import FLAT, flatten, read_shown, refresh
from archive.history.indexing import indexed
from archive.history.presence import PRESENT
from archive.history.principal import Speaker, choose_principal

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
_EMPTY = dict.fromkeys((*FLAT, "agency_id", "revision_id", "last_changed_at"), "NULL")
_EMPTY |= {"keywords": "'[]'", "extra": "'{}'", "body_text": "''"}
_HIDE = (
    f"UPDATE documents SET {', '.join(f'{name} = {value}' for name, value in _EMPTY.items())} WHERE id = ?"
)
# As the events tell it; an archive made from captures alone has none, and only the revisions.
_LAST_CHANGED = """
UPDATE documents SET last_changed_at = CASE
  WHEN EXISTS (SELECT 1 FROM events WHERE document_id = documents.id) THEN
    (SELECT max(at) FROM events WHERE document_id = documents.id AND kind IN ('revised', 'renumbered', 'released'))
  ELSE (SELECT max(seen_at) FROM revisions
    WHERE document_id = documents.id AND status = 'accepted' AND cause = 'edit') END
WHERE id = ?
"""
# Files that no page of the document linked before; their bytes stay, and a release asks for them again.
_LINKED_FIRST = "SELECT id FROM attachments WHERE document_id = ? AND first_seen_at = ?"
_LAST_SHOWN = """
SELECT r.id, s.url FROM revisions AS r JOIN sightings AS s ON s.id = r.sighting_id
WHERE r.document_id = ? AND r.status = 'accepted' ORDER BY r.seen_at DESC, s.url_key DESC LIMIT 1
"""


class _Revision(NamedTuple):
    id: int
    document_id: int
    sighting_id: int
    number: int
    seen_at: str
    status: str


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
    revision = _Revision(*db.conn.execute(
        f"SELECT {', '.join(_Revision._fields)} FROM revisions WHERE id = ?", (revision_id,)
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


def _fall_back(db: Database, revision: _Revision, crawl_id: str, at: str) -> None:
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
            _show_again(db, document_id, revision, crawl_id, at)


def _said(db: Database, sighting_id: int, revision: _Revision) -> _Said | None:
    row = db.conn.execute(
        _LAST_ACCEPTED, {"sighting": sighting_id, "own": revision.sighting_id, "number": revision.number}
    ).fetchone()
    return _Said(*row) if row else None


def _repeat(
    db: Database,
    sighting_id: int,
    before: _Said | None,
    principal: Speaker | None,
    revision: _Revision,
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
    revision: _Revision,
    crawl_id: str,
) -> bool:
    if before is not None:
        row = db.conn.execute(
            "SELECT seen_at FROM revisions WHERE id = ?", (principal.revision_id,)
        ).fetchone()
        if row[0] <= before.seen_at:
            return False
    return _visited_before(db, sighting_id, revision, crawl_id)


def _visited_before(db: Database, sighting_id: int, revision: _Revision, crawl_id: str) -> bool:
    row = db.conn.execute(_VISITED_BEFORE, (sighting_id, crawl_id, revision.seen_at)).fetchone()
    return row is not None


def _show_again(db: Database, document_id: int, revision: _Revision, crawl_id: str, at: str) -> None:
    run = db.conn.execute
    for table, which in (("attachment_versions", "attachment_id"), ("attachments", "id")):
        run(f"DELETE FROM {table} WHERE {which} IN ({_LINKED_FIRST})", (document_id, revision.seen_at))
    if choose_principal(db, document_id) is not None:
        refresh(db, document_id, at=at, crawl_id=crawl_id)
        run(_LAST_CHANGED, (document_id,))
    elif read_shown(db, document_id).revision_id != revision.id:
        pass  # it shows another one, and none of its addresses is left
    elif shown := run(_LAST_SHOWN, (document_id,)).fetchone():
        flatten(db, document_id, *shown, at=at, crawl_id=crawl_id)
        run(_LAST_CHANGED, (document_id,))
    else:
        run(_HIDE, (document_id,))
        run(
            "UPDATE findings SET resolved_at = ? WHERE document_id = ? AND resolved_at IS NULL"
            " AND revision_id IS NOT NULL",
            (at, document_id),
        )
    _forget_numbers(db, document_id, revision, at)
    _presence(db, document_id, crawl_id)


def _forget_numbers(db: Database, document_id: int, revision: _Revision, at: str) -> None:
    """Links and findings that the visit made of its number have its time."""
    run = db.conn.execute
    for side in ("document_id", "other_id"):
        run(f"DELETE FROM document_links WHERE {side} = ? AND since = ?", (document_id, revision.seen_at))
    run(
        "UPDATE findings SET resolved_at = ? WHERE document_id = ? AND revision_id IS NULL AND resolved_at IS NULL"
        " AND first_seen_at = ?",
        (at, document_id, revision.seen_at),
    )


def _presence(db: Database, document_id: int, crawl_id: str) -> None:
    """A document that lost its address in the crawl has it again; one that got an address has lost it again."""
    run = db.conn.execute
    told = "document_id = ? AND crawl_id = ? AND kind IN ('withdrawn', 'returned')"
    first = run(
        f"SELECT kind FROM events WHERE {told} ORDER BY seq LIMIT 1", (document_id, crawl_id)
    ).fetchone()
    present = run(PRESENT, (document_id,)).fetchone() is not None
    if first is None or (first[0] == "withdrawn") != present:
        return  # as the crawl found it for other reasons than what its pages say
    run(f"DELETE FROM events WHERE {told}", (document_id, crawl_id))
    run(
        "UPDATE documents SET withdrawn_at = iif(?, NULL, (SELECT max(at) FROM events"
        " WHERE document_id = documents.id AND kind = 'withdrawn')) WHERE id = ?",
        (present, document_id),
    )
