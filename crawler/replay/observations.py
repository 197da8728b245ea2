"""One observation into the archive: what the crawl did when it was made, from what its record says."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from archive.attachments.file import FileFacts
from archive.attachments.misses import miss_attachment
from archive.attachments.observed import observe_attachment, observe_own_file
from archive.captures.model import Capture
from archive.captures.observation import SeenCapture, SeenEvent
from archive.captures.table import add_capture, capture_at
from archive.crawling.beginning import begin_crawl
from archive.crawling.crawls import reopen_crawl, start_crawl
from archive.crawling.ending import end_crawl, holds_back
from archive.crawling.entries import ListedEntry, record_listing
from archive.crawling.frontier import fetch_failed, listing_capture, make_sighting, sighting_id
from archive.crawling.portals import directory_id
from archive.crawling.walks import finish_walk, start_walk
from archive.history.quarantine.crawl import quarantine_crawl
from archive.history.quarantine.release import release_crawls
from archive.writer import Visit, touch, write_gone, write_visit
from crawler.config_error import ConfigError
from crawler.portals.model import Portal
from crawler.portals.register import register
from crawler.portals.stored import portal_of
from crawler.replay.index import Index
from crawler.replay.pages import Page
from crawler.walks.traps import save_trap
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


class Observations:
    """Applies a portal's observations to ``db`` in their order; each inside the caller's transaction."""

    def __init__(self, db: Database, portal: Portal, index: Index):
        self._db = db
        self._portal = portal
        self._index = index
        self._crawls: set[str] = set()
        self._events: dict[str, Callable[[SeenEvent], None]] = {
            "crawl-started": self._crawl_started,
            "crawl-resumed": self._crawl_resumed,
            "walk-started": self._walk_started,
            "listed": self._listed,
            "sighted": self._sighted,
            "walk": self._walk,
            "failed": self._failed,
            "attachment-missed": self._attachment_missed,
            "trap": lambda event: save_trap(self._db, self._portal.id, event.crawl_id, event.data),
            "crawl-verdict": self._verdict,
            "quarantine": self._quarantine,
            "release": self._release,
        }

    def event(self, event: SeenEvent) -> None:
        """Apply an event; one of a kind that says nothing about the archive's rows passes."""
        if event.kind != "crawl-started":
            self._know_crawl(event.crawl_id, event.at)
        if (apply := self._events.get(event.kind)) is not None:
            apply(event)

    def capture(self, seen: SeenCapture, page: Page | None) -> None:
        """Apply a capture; ``page``: what was read from it, if it is a document's page and could be read."""
        self._know_crawl(seen.capture.crawl_id, seen.at)
        capture = self._referring(seen)
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
        captures += [(self._referring(part), kind, ordinal) for kind, ordinal, part in page.parts]
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
        known = sighting_id(self._db, self._portal.id, key)
        if known is not None or may_be_listed:
            return known
        kind = "file" if seen.facts.get("kind") == "file" else "page"
        return make_sighting(self._db, self._portal.id, key, url=seen.capture.url, kind=kind, at=seen.at)

    def _referring(self, seen: SeenCapture) -> Capture:
        """The capture as a row: a revisit refers to its original's id here."""
        if seen.refers_to is None:
            return seen.capture
        original = self._index.original(seen)
        known = capture_at(self._db, original.file, original.offset) if original is not None else None
        return replace(seen.capture, refers_to_id=known)

    def _know_crawl(self, crawl_id: str, at: str) -> None:
        """A crawl whose beginning is damaged is a crawl all the same."""
        if crawl_id in self._crawls:
            return
        self._crawls.add(crawl_id)
        if self._has_crawl(crawl_id):
            return
        began = self._index.beginning(crawl_id)
        if began is not None:  # an import: its captures are older than itself
            self._crawl_started(began)
            return
        register(self._db, self._portal, at)
        start_crawl(
            self._db, id=crawl_id, portal=self._portal.id, command="rebuild", options={}, config_hash="",
            software="", vantage=None, at=at,
        )  # fmt: skip

    def _has_crawl(self, crawl_id: str) -> bool:
        return self._db.conn.execute("SELECT 1 FROM crawls WHERE id = ?", (crawl_id,)).fetchone() is not None

    def _crawl_started(self, event: SeenEvent) -> None:
        data = event.data
        try:
            portal = portal_of(data["config"], f"crawl {event.crawl_id}")
        except (ConfigError, KeyError, TypeError):  # written by another version: what the file says today
            portal = self._portal
        register(self._db, portal, event.at)
        self._crawls.add(event.crawl_id)
        if self._has_crawl(event.crawl_id):
            return
        begin_crawl(
            self._db,
            event.crawl_id,
            portal=self._portal.id,
            command=data["command"],
            options=data["options"],
            config_hash=data["config_hash"],
            software=data["software"],
            vantage=data.get("vantage"),
            at=event.at,
        )

    def _crawl_resumed(self, event: SeenEvent) -> None:
        reopen_crawl(self._db, event.crawl_id, event.at)

    def _directory(self, data: dict[str, Any]) -> int | None:
        return directory_id(self._db, self._portal.id, data["directory"])

    def _walk_started(self, event: SeenEvent) -> None:
        directory = self._directory(event.data)
        if directory is not None:
            start_walk(self._db, directory, event.crawl_id, event.data["mode"], event.data["at"])

    def _walk_id(self, event: SeenEvent) -> int | None:
        directory = self._directory(event.data)
        if directory is None:
            return None
        walk = start_walk(self._db, directory, event.crawl_id, event.data["mode"], event.data["at"])
        return int(walk["id"])

    def _listed(self, event: SeenEvent) -> None:
        data = event.data
        walk, seen = self._walk_id(event), self._index.capture(data["file"], data["offset"])
        if walk is None or seen is None:
            return
        record_listing(
            self._db,
            walk,
            self._referring(seen),
            [ListedEntry.from_dict(entry) for entry in data["entries"]],
            announced_total=data["announced_total"],
            cursor=data["cursor"],
            position=data["position"],
            at=data["at"],
        )

    def _sighted(self, event: SeenEvent) -> None:
        """What a listing page that nobody walked names: addresses to visit, no entries."""
        for entry in event.data["entries"]:
            key, portal = entry["url_key"], self._portal.id
            if sighting_id(self._db, portal, key) is None:
                make_sighting(self._db, portal, key, url=entry["url"], kind=entry["kind"], at=event.at)

    def _walk(self, event: SeenEvent) -> None:
        data, walk = event.data, self._walk_id(event)
        if walk is not None and not data["stopped"]:
            finish_walk(
                self._db,
                walk,
                verdict=data["verdict"],
                reason=data["reason"],
                drifted=data["drifted"],
                at=data["at"],
                proves_absence=data["proves_absence"],
            )

    def _failed(self, event: SeenEvent) -> None:
        data = event.data
        sighting = sighting_id(self._db, self._portal.id, data["sighting"])
        if sighting is not None:
            fetch_failed(
                self._db, sighting, state=data["state"], error=data["error"], at=data["at"], capture=None
            )

    def _attachment_missed(self, event: SeenEvent) -> None:
        data, crawl_id = dict(event.data), event.crawl_id
        miss_attachment(self._db, self._portal.id, data.pop("sighting"), **data, crawl_id=crawl_id)

    def _verdict(self, event: SeenEvent) -> None:
        data = event.data
        end_crawl(self._db, event.crawl_id, self._portal.id, data, data["stats"], at=event.at)
        if holds_back(data):
            self._quarantine(event)

    def _quarantine(self, event: SeenEvent) -> None:
        reason = event.data["reason"] if event.kind == "quarantine" else event.data["quarantine"]
        quarantine_crawl(self._db, event.crawl_id, reason, event.at)

    def _release(self, event: SeenEvent) -> None:
        release_crawls(self._db, self._portal.id, event.data["crawls"], event.at)
