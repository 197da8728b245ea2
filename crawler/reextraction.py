"""The same way from the capture on: bundles made from WARC records instead of the wire (DESIGN §1).

A page is read with the era of its capture's day and today's profile, so that a crawl, a later `reextract` and a
rebuild agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database

from archive.captures.reader import DamagedCapture, read_capture
from archive.captures.table import get_capture
from archive.layout import DataDirectory
from archive.record import Record
from crawler import clock
from crawler.portals.model import Portal
from crawler.portals.plan import detail_for
from pipelines.bundle import Bundle, ListingFacts, Part
from pipelines.decode import looks_binary
from pipelines.extract import extract, file_record
from pipelines.page import Unreadable


class NoPage(ValueError):
    """A revision without the capture of its page; one sentence."""


_LISTING = """
    SELECT e.title, e.published_on, e.fields, d.key FROM entries AS e JOIN directories AS d ON d.id = e.directory_id
    WHERE e.sighting_id = ? ORDER BY e.delisted_at IS NOT NULL, d.key LIMIT 1
"""


def archived_record(db: Database, data: DataDirectory, portal: Portal, revision_id: int) -> Record:
    """What today's code and profile read in a revision's captures; raises :class:`DamagedCapture`,
    :class:`NoPage` or ``Unreadable``.
    """
    bundle, is_file = archived_bundle(db, data, portal, revision_id)
    return file_record(bundle) if is_file else extract(bundle)


def archived_bundle(
    db: Database, data: DataDirectory, portal: Portal, revision_id: int
) -> tuple[Bundle, bool]:
    """The bundle of a revision, and whether its page is a file; raises :class:`DamagedCapture`."""
    sighting_id, kind = db.execute(
        "SELECT s.id, s.kind FROM revisions AS r JOIN sightings AS s ON s.id = r.sighting_id WHERE r.id = ?",
        [revision_id],
    ).fetchone()
    rows = db.execute(
        "SELECT part, ordinal, capture_id FROM revision_captures WHERE revision_id = ? ORDER BY part, ordinal",
        [revision_id],
    ).fetchall()
    page: Part | None = None
    parts: list[Part] = []
    fetched_at = ""
    for kind_of_part, ordinal, capture_id in rows:
        if kind_of_part == "listing":
            continue
        capture = get_capture(db, capture_id)
        fetched_at = capture.fetched_at if kind_of_part == "page" else fetched_at
        if capture.refers_to_id is not None:  # a revisit record: the bytes lie in the capture it refers to
            capture = get_capture(db, capture.refers_to_id)
        stored = read_capture(data, capture.file, capture.offset, capture.length)
        part = Part(stored.url, stored.body, stored.content_type, kind_of_part, ordinal)
        if kind_of_part == "page":
            page = part
        else:
            parts.append(part)
    if page is None:
        raise NoPage(
            f"revision {revision_id} of portal {portal.id} refers to no page capture: run gongkai verify"
        )
    title, published_on, fields, key = db.execute(_LISTING, [sighting_id]).fetchone() or (
        None,
        None,
        "{}",
        None,
    )
    bundle = Bundle(
        page=page,
        detail=detail_for(portal, clock.day_of(fetched_at), key),
        parts=tuple(parts),
        listing=ListingFacts(title, published_on, json.loads(fields)),
        portal=portal.id,
        encoding=portal.http.encoding,
    )
    return bundle, kind == "file" or looks_binary(page.body) is not None


def baseline(
    db: Database, data: DataDirectory, portal: Portal, sighting_id: int, record: Record
) -> Record | None:
    """The last visit's page read with the code that read ``record``, where another version read it then.

    New code or a repaired profile is never an edit (DESIGN §4). None when the versions agree, when the address was
    never archived, or when its capture is damaged (which ``verify`` reports).
    """
    row = db.execute(
        "SELECT extractor_version, revision_id FROM sightings WHERE id = ?", [sighting_id]
    ).fetchone()
    if row is None or row[0] is None or row[1] is None or row[0] == record.extractor_version:
        return None
    try:
        return archived_record(db, data, portal, row[1])
    except (DamagedCapture, NoPage, Unreadable):
        return None


def revisions(db: Database, portal: str) -> Iterator[dict[str, Any]]:
    """Every revision of a portal, oldest first: id, sighting and document."""
    last = 0
    while True:
        rows = list(
            db.query(
                "SELECT r.id, r.sighting_id, r.document_id, d.uid, s.url FROM revisions AS r"
                " JOIN documents AS d ON d.id = r.document_id JOIN sightings AS s ON s.id = r.sighting_id"
                " WHERE d.portal = ? AND r.id > ? ORDER BY r.id LIMIT 500",
                [portal, last],
            )
        )
        if not rows:
            return
        yield from rows
        last = rows[-1]["id"]
