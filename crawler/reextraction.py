"""The same way from the capture on: bundles made from WARC records instead of the wire (DESIGN §1).

A page is read with the era of its capture's day and today's profile, so that a crawl, a later `reextract` and a
rebuild agree.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlite_utils import Database

from archive.captures.facts import facts_beside
from archive.captures.model import Capture
from archive.captures.reader import DamagedCapture, read_capture
from archive.history.sources import Sources, accepted_before, last_read, sources
from archive.layout import DataDirectory
from archive.record import Record
from crawler import clock
from crawler.portals.model import Portal
from crawler.portals.nearest import nearest_directory
from crawler.portals.plan import detail_for
from pipelines.bundle import Bundle, ListingFacts, Part, PartKind
from pipelines.decode import looks_binary
from pipelines.extract import extract, file_record
from pipelines.page import Unreadable


class NoPage(ValueError):
    """A revision without the capture of its page; one sentence."""


def archived_record(db: Database, data: DataDirectory, portal: Portal, revision_id: int) -> Record:
    """What today's code and profile read in a revision's captures.

    Raises :class:`DamagedCapture`, :class:`NoPage` or ``Unreadable``.
    """
    bundle, is_file = archived_bundle(db, data, portal, revision_id)
    return file_record(bundle) if is_file else extract(bundle)


def archived_bundle(
    db: Database, data: DataDirectory, portal: Portal, revision_id: int
) -> tuple[Bundle, bool]:
    """The bundle of a revision, and whether its page is a file; raises :class:`DamagedCapture` or :class:`NoPage`."""
    try:
        known = sources(db, revision_id)
    except KeyError as error:
        raise NoPage(
            f"revision {revision_id} of portal {portal.id} refers to {error.args[0]}: run gongkai verify --repair"
        ) from error
    page: Part | None = None
    parts: list[Part] = []
    visited: Capture | None = None
    for source in known.parts:
        capture = source.capture
        stored = read_capture(data, capture.file, capture.offset, capture.length)
        kind: PartKind = source.kind  # type: ignore[assignment]  # the table's words are the pipelines'
        part = Part(stored.url, stored.body, stored.content_type, kind, source.ordinal)
        if kind == "page":
            page, visited = part, source.visited
        else:
            parts.append(part)
    if page is None or visited is None:
        raise NoPage(f"revision {revision_id} of portal {portal.id} has no page capture: run gongkai verify")
    day = clock.day_of(visited.fetched_at)
    listing, directory = _listed(data, visited, known)
    bundle = Bundle(
        page=page,
        detail=detail_for(portal, day, directory or nearest_directory(portal, page.url, day)),
        parts=tuple(parts),
        listing=listing,
        portal=portal.id,
        encoding=portal.http.encoding,
    )
    return bundle, known.kind == "file" or looks_binary(page.body) is not None


def _listed(data: DataDirectory, visited: Capture, known: Sources) -> tuple[ListingFacts, str | None]:
    """What the listing said when the page was asked for, and the directory: as a rebuild reads it.

    It may say something else today, which is no news of this page. Today's words where the visit's are not known.
    """
    today = ListingFacts(known.title, known.published_on, known.fields)
    try:
        facts = facts_beside(data, visited)
    except DamagedCapture:
        return today, known.directory_key
    entry = facts.get("entry")
    if not isinstance(entry, dict):
        return today, known.directory_key
    said = ListingFacts(entry.get("title"), entry.get("published_on"), entry.get("fields") or {})
    return said, facts.get("directory")


class Baseline(NamedTuple):
    """What an address said before, read by today's code: at its last ``visit``, and in the ``accepted`` revision
    where that visit is held back. None: nothing, or nothing that can be read."""

    visit: Record | None = None
    accepted: Record | None = None


def baseline(db: Database, data: DataDirectory, portal: Portal, sighting_id: int, record: Record) -> Baseline:
    """The last visit's page read with the code that read ``record``, where another version read it then.

    New code or a repaired profile is never an edit (DESIGN §4). Empty when the versions agree, when the address was
    never archived, or when its capture is damaged (which ``verify`` reports).
    """
    version, last = last_read(db, sighting_id)
    if version is None or version == record.extractor_version:
        return Baseline()

    def read(revision_id: int | None) -> Record | None:
        if revision_id is None:
            return None
        try:
            return archived_record(db, data, portal, revision_id)
        except (DamagedCapture, NoPage, Unreadable):
            return None

    return Baseline(read(last), read(accepted_before(db, sighting_id)))
