"""An event into the archive: what the crawl did when it wrote it down."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from sqlite_utils import Database

from archive.attachments.misses import miss_attachment
from archive.captures.observation import SeenEvent
from archive.crawling.crawls import reopen_crawl
from archive.crawling.ending import end_crawl, holds_back
from archive.crawling.entries import ListedEntry, record_listing
from archive.crawling.frontier import fetch_failed, make_sighting, sighting_id
from archive.crawling.portals import directory_id, save_directory
from archive.crawling.walks import finish_walk, start_walk
from archive.history.quarantine.crawl import quarantine_crawl
from archive.history.quarantine.release import release_crawls
from crawler.replay.captures import Captures
from crawler.replay.crawls import Crawls
from crawler.replay.index import Index
from crawler.walks.traps import save_trap


class NotUnderstood(ValueError):
    """An event record that lacks what its kind must say; one sentence."""


class Events:
    """Applies the events of ``portal`` to ``db``, each inside the caller's transaction."""

    def __init__(self, db: Database, portal: str, index: Index, crawls: Crawls, captures: Captures):
        self._db = db
        self._portal = portal
        self._index = index
        self._crawls = crawls
        self._captures = captures
        self._kinds: dict[str, Callable[[SeenEvent], None]] = {
            "crawl-started": crawls.started,
            "crawl-resumed": lambda event: reopen_crawl(db, event.crawl_id, event.at),
            "discovered": self._discovered,
            "walk-started": self._walk_started,
            "listed": self._listed,
            "sighted": self._sighted,
            "walk": self._walk,
            "failed": self._failed,
            "attachment-missed": self._attachment_missed,
            "trap": lambda event: save_trap(db, portal, event.crawl_id, event.data),
            "crawl-verdict": self._verdict,
            "quarantine": self._quarantine,
            "release": self._release,
        }

    def apply(self, event: SeenEvent) -> None:
        """Apply an event; one of a kind that says nothing about the archive's rows passes.

        Raises :class:`NotUnderstood`.
        """
        if event.kind != "crawl-started":
            self._crawls.know(event.crawl_id, event.at)
        apply = self._kinds.get(event.kind)
        if apply is None:
            return
        try:
            apply(event)
        except (KeyError, TypeError, ValueError, sqlite3.IntegrityError) as error:
            raise NotUnderstood(
                f"the event {event.kind} at offset {event.offset} of {event.file} is not understood"
                f" ({type(error).__name__}: {error}): it was passed over"
            ) from error

    def _directory(self, data: dict[str, Any]) -> int | None:
        return directory_id(self._db, self._portal, data["directory"])

    def _discovered(self, event: SeenEvent) -> None:
        """Directories beyond those of the portal's file."""
        for told in event.data["directories"]:
            if directory_id(self._db, self._portal, told["key"]) is None:
                save_directory(self._db, self._portal, told["key"], told["name"], told["url"], told["expect"])

    def _walk_started(self, event: SeenEvent) -> None:
        self._walk_id(event)

    def _walk_id(self, event: SeenEvent) -> int | None:
        """The walk's row; ``of``: it went on with the sweep of an earlier crawl."""
        directory = self._directory(event.data)
        if directory is None:
            return None
        crawl_id = event.data.get("of", event.crawl_id)
        self._crawls.know(crawl_id, event.at)
        walk = start_walk(self._db, directory, crawl_id, event.data["mode"], event.data["at"])
        return int(walk["id"])

    def _listed(self, event: SeenEvent) -> None:
        data = event.data
        walk, seen = self._walk_id(event), self._index.capture(data["file"], data["offset"])
        if walk is None or seen is None:
            return
        record_listing(
            self._db,
            walk,
            self._captures.row(seen),
            [ListedEntry.from_dict(entry) for entry in data["entries"]],
            announced_total=data["announced_total"],
            cursor=data["cursor"],
            position=data["position"],
            at=data["at"],
        )

    def _sighted(self, event: SeenEvent) -> None:
        """What a listing page that nobody walked names: addresses to visit, no entries."""
        for entry in event.data["entries"]:
            key, portal = entry["url_key"], self._portal
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
        sighting = sighting_id(self._db, self._portal, data["sighting"])
        if sighting is not None:
            fetch_failed(
                self._db, sighting, state=data["state"], error=data["error"], at=data["at"], capture=None
            )

    def _attachment_missed(self, event: SeenEvent) -> None:
        data, crawl_id = dict(event.data), event.crawl_id
        miss_attachment(self._db, self._portal, data.pop("sighting"), **data, crawl_id=crawl_id)

    def _verdict(self, event: SeenEvent) -> None:
        data = event.data
        end_crawl(self._db, event.crawl_id, self._portal, data, data["stats"], at=event.at)
        if holds_back(data):
            self._quarantine(event)

    def _quarantine(self, event: SeenEvent) -> None:
        reason = event.data["reason"] if event.kind == "quarantine" else event.data["quarantine"]
        quarantine_crawl(self._db, event.crawl_id, reason, event.at)

    def _release(self, event: SeenEvent) -> None:
        release_crawls(self._db, self._portal, event.data["crawls"], event.at)
