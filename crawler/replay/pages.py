"""A document's capture read again: the bundle that the crawl had, and its record from a worker process."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any, cast

from archive.captures.observation import SeenCapture
from archive.captures.reader import DamagedCapture, StoredResponse, read_capture
from archive.layout import DataDirectory
from archive.record import Finding, Record
from crawler import clock
from crawler.portals.model import Portal
from crawler.portals.nearest import nearest_directory
from crawler.portals.plan import detail_for
from crawler.replay.index import Index
from pipelines.bundle import Bundle, ListingFacts, Part, PartKind
from pipelines.decode import looks_binary
from pipelines.workers.pool import WorkerPool


@dataclass
class Page:
    """A document's answer on its way: ``record`` comes from a worker; ``parts`` are kind, ordinal and capture."""

    record: Future[Record]
    parts: list[tuple[str, int, SeenCapture]] = field(default_factory=list)
    missing: list[Finding] = field(default_factory=list)
    etag: str | None = None
    last_modified: str | None = None


class Pages:
    """Reads captures for one portal, as its file says today: each with the era of its day."""

    def __init__(self, data: DataDirectory, portal: Portal, index: Index, pool: WorkerPool):
        self._data = data
        self._portal = portal
        self._index = index
        self._pool = pool

    def read(self, seen: SeenCapture) -> Page:
        """Start to read a document's capture; raises :class:`DamagedCapture`."""
        answer, stored = self._stored(seen)
        part = Part(stored.url, stored.body, stored.content_type)
        parts = list(self._parts(seen))
        facts = seen.facts
        day = clock.day_of(seen.at)
        directory = facts.get("directory") or nearest_directory(self._portal, seen.capture.url, day)
        unlisted_file = "imported_from" in facts and facts.get("kind") == "file"
        listed: dict[str, Any] = facts.get("entry") or (self._index.named(seen) if unlisted_file else {})
        bundle = Bundle(
            page=part,
            detail=detail_for(self._portal, day, directory),
            parts=tuple(page for page, _, _ in parts),
            listing=ListingFacts(listed.get("title"), listed.get("published_on"), listed.get("fields") or {}),
            portal=self._portal.id,
            encoding=self._portal.http.encoding,
        )
        is_file = facts.get("kind") == "file" or looks_binary(part.body) is not None
        return Page(
            record=self._pool.submit(bundle, is_file),
            parts=[(page.kind, page.ordinal, part) for page, part, _ in parts],
            missing=[
                Finding("part-missing", "warning", message, kind)
                for kind, message in self._index.missing_parts(seen.capture)
            ],
            etag=_header(answer, b"etag"),
            last_modified=_header(answer, b"last-modified"),
        )

    def _stored(self, seen: SeenCapture) -> tuple[StoredResponse, StoredResponse]:
        """The answer itself, and the one that has its body: of a revisit, another."""
        capture = seen.capture
        answer = read_capture(self._data, capture.file, capture.offset, capture.length)
        if seen.refers_to is None:
            return answer, answer
        original = self._index.original(seen)
        if original is None:
            raise DamagedCapture(capture.file, capture.offset, "refers to a capture that is not there")
        held = read_capture(self._data, original.file, original.offset, original.length)
        return answer, replace(held, url=answer.url)

    def _parts(self, seen: SeenCapture) -> Iterator[tuple[Part, SeenCapture, StoredResponse]]:
        for kind, ordinal, part in self._index.parts(seen.capture):
            if part.capture.status >= 400 or part.capture.outcome == "blocked":
                continue
            _, stored = self._stored(part)
            yield (
                Part(stored.url, stored.body, stored.content_type, cast(PartKind, kind), ordinal),
                part,
                stored,
            )


def _header(response: StoredResponse, name: bytes) -> str | None:
    values = [value for key, value in response.headers if key.lower() == name]
    return values[0].decode("latin-1") if values else None
