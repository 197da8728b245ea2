"""What a document shows once a revision of it is taken back, and what goes with that revision."""

from __future__ import annotations

from typing import NamedTuple

from sqlite_utils import Database

from archive.history.documents import FLAT, flatten, read_shown, refresh
from archive.history.presence import PRESENT
from archive.history.principal import choose_principal

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


class Revision(NamedTuple):
    """The revision that is taken back, as it was."""

    id: int
    document_id: int
    sighting_id: int
    number: int
    seen_at: str
    status: str


def show_again(db: Database, document_id: int, revision: Revision, crawl_id: str, at: str) -> None:
    """Let the document show what its addresses say now that ``revision`` is taken back; nothing where none says
    anything. What the crawl made of the revision besides (files, links, findings, withdrawal) goes with it.

    Inside :func:`archive.history.indexing.indexed`.
    """
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


def _forget_numbers(db: Database, document_id: int, revision: Revision, at: str) -> None:
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
