"""One visited page into the archive: identity, revision, document, events, findings, index (DESIGN §4).

Everything here runs inside the caller's transaction and reads a handful of rows by index, so that a batch of
visits stays short.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from archive.attachments.links import save_attachments
from archive.captures.table import add_capture
from archive.events import add_event
from archive.history.documents import Shown, create_document, read_shown, refresh
from archive.history.earlier import Sighting, earlier, read_sighting
from archive.history.indexing import indexed
from archive.history.joining import join
from archive.history.overtaken import first_seen, put_first
from archive.history.presence import mark_present, quarantined, reconsider, touch, write_gone
from archive.history.quarantine.accept import release
from archive.history.replacing import WouldLose, replace_accepted, replace_last, replace_record
from archive.history.revisions import Cause, Part, Stored, add_revision, changed_fields, read_record, stored
from archive.history.sharing import note_numbers
from archive.history.visits import Outcome, Visit, VisitResult
from archive.identity import Placement, place, uid_of
from archive.record import content_hash

__all__ = ["Visit", "VisitResult", "WouldLose", "replace_record", "touch", "write_gone", "write_visit"]

SAID_ALREADY = """
SELECT r.id FROM documents AS d JOIN revisions AS r ON r.id = d.revision_id
WHERE d.id = :document AND r.content_hash = :hash
UNION ALL
SELECT r.id FROM documents AS d JOIN revisions AS shown ON shown.id = d.revision_id
JOIN sightings AS s ON s.document_id = d.id JOIN revisions AS r ON r.id = s.revision_id
WHERE d.id = :document AND r.content_hash = :hash
  AND (s.id = :sighting OR r.cause = 'edit' AND r.seen_at >= shown.seen_at)
LIMIT 1
"""


def write_visit(db: Database, visit: Visit) -> VisitResult:
    """Archive a visit that brought content. Raises ``KeyError`` for an unknown sighting."""
    sighting = read_sighting(db, visit.sighting_id)
    parts = [
        (capture if isinstance(capture, int) else add_capture(db, capture), part, ordinal)
        for capture, part, ordinal in visit.captures
    ]
    if sighting.extractor_version != visit.record.extractor_version:
        if visit.accepted is not None:
            replace_accepted(db, sighting, visit.accepted, at=visit.at, crawl_id=visit.crawl_id)
        if visit.baseline is not None:
            replace_last(db, sighting, visit.baseline, at=visit.at, crawl_id=visit.crawl_id)
        sighting = read_sighting(db, visit.sighting_id)
    digest = content_hash(visit.record)
    if sighting.document_id is not None and digest == sighting.content_hash:
        return _unchanged(db, visit, sighting, sighting.document_id, digest)
    new = stored(visit.record)
    placement = place(new.content, earlier(db, sighting, new.content))
    if placement.quarantine and placement.document is not None:
        return _hold_back(db, visit, placement.document, placement.quarantine, new, parts)
    return _accept(db, visit, sighting, placement, new, parts)


def _unchanged(db: Database, visit: Visit, sighting: Sighting, document_id: int, digest: str) -> VisitResult:
    held_back = None
    if sighting.accepted_hash != digest:
        held_back = quarantined(db, sighting.id, digest)
    if held_back is not None:
        content = stored(visit.record).content
        if place(content, earlier(db, sighting, content)).quarantine is None:
            release(db, held_back, at=visit.at, crawl_id=visit.crawl_id)
            held_back, document_id = None, read_sighting(db, sighting.id).document_id or document_id
    _note_visit(db, visit, digest, changed=False)
    if held_back is None:
        mark_present(db, sighting.id, document_id, at=visit.at, crawl_id=visit.crawl_id)
    outcome: Outcome = "unchanged" if held_back is None else "quarantined"
    revision_id = read_sighting(db, sighting.id).revision_id
    return VisitResult(read_shown(db, document_id).uid, outcome, held_back or revision_id)


def _hold_back(
    db: Database, visit: Visit, document_id: int, reason: str, new: Stored, parts: Sequence[Part]
) -> VisitResult:
    """Keep what lost number, title or body as a quarantined revision; readers see what they saw."""
    revision_id = add_revision(
        db, visit.sighting_id, document_id, new, parts, cause="edit", at=visit.at, quarantine=reason
    )
    _note_visit(db, visit, new.content_hash, changed=True)
    add_event(
        db, "quarantined", document_id, at=visit.at, crawl_id=visit.crawl_id, revision_id=revision_id,
        data={"reason": reason},
    )  # fmt: skip
    return VisitResult(read_shown(db, document_id).uid, "quarantined", revision_id)


def _accept(
    db: Database, visit: Visit, sighting: Sighting, placement: Placement, new: Stored, parts: Sequence[Part]
) -> VisitResult:
    at, crawl_id = visit.at, visit.crawl_id
    if placement.document is None:
        number = new.content.number if placement.reused else None
        uid = uid_of(sighting.portal, sighting.url_key, number)
        document_id = create_document(db, uid=uid, portal=sighting.portal, url=sighting.url, at=at)
        cause: Cause = "first"
    else:
        document_id, cause = placement.document, "edit" if placement.own else "variant"
    before = read_shown(db, document_id)
    visited = (crawl_id, at, sighting.url_key)
    overtaken = cause == "variant" and sighting.document_id is None and visited < first_seen(db, document_id)
    if placement.same_as is not None:
        document_id = join(db, document_id, placement.same_as, at=at, crawl_id=crawl_id)
    with indexed(db, document_id):
        revision_id = None
        if not overtaken:
            revision_id = _said_already(db, document_id, sighting.id, new.content_hash)
        if revision_id is None:
            base = sighting.revision_id if sighting.document_id == before.id else before.revision_id
            changed = changed_fields(read_record(db, base), new.record) if cause == "edit" and base else ()
            revision_id = add_revision(
                db, sighting.id, document_id, new, parts, cause="first" if overtaken else cause, at=at,
                changed=changed,
            )  # fmt: skip
            save_attachments(db, document_id, new.record, at=at, shown=False)
        db.conn.execute(
            "UPDATE sightings SET document_id = ?, revision_id = ? WHERE id = ?",
            (document_id, revision_id, sighting.id),
        )
        _note_visit(db, visit, new.content_hash, changed=sighting.document_id is not None)
        if overtaken:
            put_first(db, document_id, sighting, revision_id, new.content_hash)
        refresh(db, document_id, at=at, crawl_id=crawl_id)
    mark_present(db, sighting.id, document_id, at=at, crawl_id=crawl_id)
    left = sighting.document_id
    if left is not None and left != document_id and placement.same_as is None:
        reconsider(db, left, at=at, crawl_id=crawl_id)
    note_numbers(db, document_id, placement, new.content.number, at=at, crawl_id=crawl_id)
    return VisitResult(
        read_shown(db, document_id).uid,
        _tell(db, visit, sighting, document_id, placement, before),
        revision_id,
    )


def _said_already(db: Database, document_id: int, sighting_id: int, digest: str) -> int | None:
    """The accepted revision of the document that says what the visit says, if the visit writes none.

    What the document shows; what the address itself said when last accepted; an edit that another address
    showed first, so that an edit at both is one revision. Going back to an older text is an edit, hence the
    times.
    """
    row = db.conn.execute(
        SAID_ALREADY, {"document": document_id, "sighting": sighting_id, "hash": digest}
    ).fetchone()
    return int(row[0]) if row else None


def _note_visit(db: Database, visit: Visit, digest: str, *, changed: bool) -> None:
    db.conn.execute(
        """
        UPDATE sightings SET state = 'ok', content_hash = ?, payload_digest = ?, extractor_version = ?, etag = ?,
          last_modified = ?, visited_at = ?, ok_at = ?, changed_at = iif(?, ?, changed_at), next_visit_at = NULL,
          failures = 0, last_error = NULL
        WHERE id = ?
        """,
        (
            digest, visit.payload_digest, visit.record.extractor_version, visit.etag, visit.last_modified, visit.at,
            visit.at, changed, visit.at, visit.sighting_id,
        ),
    )  # fmt: skip


def _tell(
    db: Database, visit: Visit, sighting: Sighting, document_id: int, placement: Placement, before: Shown
) -> Outcome:
    """Write the event of what readers see changed by this visit, if anything did, and name what happened.

    An edit counts where the principal made it: at an alias or variant it makes a variant, which is no event.
    """
    after = read_shown(db, document_id)
    role, digest = db.conn.execute(
        "SELECT role, content_hash FROM sightings WHERE id = ?", (sighting.id,)
    ).fetchone()
    edited = placement.own and digest != sighting.accepted_hash
    if before.revision_id is None and after.revision_id is not None:
        kind: Outcome = "new"
    elif role == "principal" and edited and before.content_hash != after.content_hash:
        renumbered = before.index_key and after.index_key and before.index_key != after.index_key
        kind = "renumbered" if renumbered else "revised"
        db.conn.execute("UPDATE documents SET last_changed_at = ? WHERE id = ?", (visit.at, document_id))
    else:
        shows = role == "principal" and digest == before.content_hash
        if placement.own and (shows or not edited):
            return "unchanged"
        return "alias" if shows or role == "alias" else "variant"
    data = {"from": before.index_key, "to": after.index_key} if kind == "renumbered" else None
    add_event(
        db, kind, document_id, at=visit.at, crawl_id=visit.crawl_id, revision_id=after.revision_id, data=data
    )
    return kind
