"""A capture into the archive: the visit that it was, from what its record says."""

from __future__ import annotations

import logging
from dataclasses import replace

from sqlite_utils import Database

from archive.attachments.file import FileFacts
from archive.attachments.observed import observe_attachment, observe_own_file
from archive.captures.model import Capture
from archive.captures.observation import SeenCapture
from archive.captures.table import add_capture, capture_at
from archive.crawling.frontier import listing_capture, make_sighting, sighting_id
from archive.writer import Visit, touch, write_gone, write_visit
from crawler.replay.index import Index
from crawler.replay.pages import Page
from pipelines.page import Unreadable
from pipelines.workers.pool import WorkerDied

logger = logging.getLogger(__name__)


def wants_reading(seen: SeenCapture) -> bool:
    """Whether a capture is a document's page, which has to be read before it can be archived."""
    capture = seen.capture
    asked = capture.role == "document" or _may_be_listed(seen)
    return asked and capture.outcome == "content" and 200 <= capture.status < 300


def _may_be_listed(seen: SeenCapture) -> bool:
    """Whether it is a file that another tool fetched: a document where a listing names it, else an attachment."""
    return seen.capture.role == "attachment" and "imported_from" in seen.facts


class Captures:
    """Applies the captures of ``portal`` to ``db``, each inside the caller's transaction."""

    def __init__(self, db: Database, portal: str, index: Index):
        self._db = db
        self._portal = portal
        self._index = index

    def apply(self, seen: SeenCapture, page: Page | None) -> None:
        """Apply a capture; ``page``: what was read from it, if it is a document's page and could be read."""
        capture = self.row(seen)
        if capture.role == "attachment":
            key = str(seen.facts.get("sighting") or capture.request_key.partition(" ")[2])
            observe_attachment(self._db, capture, key, FileFacts.from_facts(seen.facts))
            if not _may_be_listed(seen):
                return
        sighting = self._sighting(seen)
        if sighting is None:
            if page is not None:
                page.record.exception()  # nobody wants it, but its worker is to be done with it
            add_capture(self._db, capture)
        elif page is not None:
            self._visit(seen, capture, sighting, page)
        elif capture.outcome in ("gone", "soft-404"):
            write_gone(self._db, sighting, capture, seen.at, capture.crawl_id)
        elif capture.record_type == "revisit-304":
            touch(self._db, sighting, capture, seen.at)
        else:  # its failure, if it was one, is an event of its own
            add_capture(self._db, capture)

    def row(self, seen: SeenCapture) -> Capture:
        """The capture as a row: a revisit refers to its original's id here."""
        if seen.refers_to is None:
            return seen.capture
        original = self._index.original(seen)
        known = capture_at(self._db, original.file, original.offset) if original is not None else None
        return replace(seen.capture, refers_to_id=known)

    def _visit(self, seen: SeenCapture, capture: Capture, sighting: int, page: Page) -> None:
        try:
            record = page.record.result()
        except (Unreadable, WorkerDied) as error:
            logger.info("%s: %s", capture.url, error)
            add_capture(self._db, capture)
            return
        record.findings.extend(page.missing)
        captures: list[tuple[Capture | int, str, int]] = [(capture, "page", 0)]
        listed = listing_capture(self._db, sighting)
        if listed is not None:
            captures.append((listed, "listing", 0))
        captures += [(self.row(part), kind, ordinal) for kind, ordinal, part in page.parts]
        visit = Visit(
            sighting_id=sighting,
            at=seen.at,
            crawl_id=capture.crawl_id,
            record=record,
            captures=captures,
            payload_digest=capture.payload_digest,
            etag=page.etag,
            last_modified=page.last_modified,
        )
        write_visit(self._db, visit)
        observe_own_file(self._db, visit, FileFacts.from_facts(seen.facts))

    def _sighting(self, seen: SeenCapture) -> int | None:
        """The address of a document's capture, made where no listing that is left names it."""
        key = seen.facts.get("sighting")
        may_be_listed = _may_be_listed(seen)
        if not isinstance(key, str) or not (seen.capture.role == "document" or may_be_listed):
            return None
        known = sighting_id(self._db, self._portal, key)
        if known is not None or may_be_listed:
            return known
        kind = "file" if seen.facts.get("kind") == "file" else "page"
        return make_sighting(self._db, self._portal, key, url=seen.capture.url, kind=kind, at=seen.at)
