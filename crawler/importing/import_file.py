"""The capture file that an import writes: its beginning and verdict, and a record for every answer taken."""

from __future__ import annotations

from typing import Any

from archive import __version__
from archive.attachments.file import FileFacts
from archive.captures.model import Capture, Outcome
from archive.captures.records import Facts, event_block, response_block, revisit_block, warcinfo_block
from archive.captures.writer import CaptureWriter
from archive.crawling.entries import ListedEntry
from archive.layout import DataDirectory
from crawler import clock
from crawler.health import CrawlVerdict
from crawler.importing.addresses import Kept
from crawler.importing.answers import Taken
from crawler.portals.model import Portal
from crawler.portals.plan import config_hash
from crawler.portals.stored import config_of

SOFTWARE = f"gongkai/{__version__}"


class ImportFile:
    """Written from the first answer on: an import that brings nothing new leaves no file."""

    def __init__(self, data: DataDirectory, portal: Portal, names: list[str]):
        self._portal = portal
        self._names = names
        self.crawl_id = clock.new_crawl_id()
        heading = warcinfo_block(SOFTWARE, self.crawl_id, clock.stamp())
        self._writer = CaptureWriter(data, portal.id, self.crawl_id, year=clock.day().year, heading=heading)
        self.begun = False

    def add(
        self,
        item: Taken,
        kept: Kept,
        key: str,
        source: str,
        *,
        original: Capture | None = None,
        brought: FileFacts | None = None,
    ) -> Capture:
        """Write an answer; of a revisit with ``original``, which it is like; ``brought``: the file in it."""
        if not self.begun:
            self._event("crawl-started", self._start(), clock.stamp())
            self.begun = True
        outcome = original.outcome if original is not None else item.outcome()
        facts = self._facts(item, kept, key, source, outcome, brought)
        common: dict[str, Any] = {
            "url": item.url,
            "fetched_at": item.at,
            "status": item.answer.status,
            "reason": item.answer.reason or None,
            "headers": item.answer.headers,
            "facts": facts,
        }
        if original is not None:
            block = revisit_block(original=original, **common)
        else:
            block = response_block(body=item.answer.body, **common)
        file, offset = self._writer.append(block.data)
        return Capture(
            crawl_id=self.crawl_id,
            portal=self._portal.id,
            role=kept.role,
            url=item.url,
            request_key=key,
            fetched_at=item.at,
            status=item.answer.status,
            outcome=outcome,
            payload_digest=block.payload_digest,
            file=file,
            offset=offset,
            length=block.length,
            method=facts.method,
            media_type=item.media_type,
            record_type="response" if original is None else "revisit-digest",
        )

    def _facts(
        self, item: Taken, kept: Kept, key: str, source: str, outcome: Outcome, brought: FileFacts | None
    ) -> Facts:
        return Facts(
            crawl_id=self.crawl_id,
            portal=self._portal.id,
            role=kept.role,
            outcome=outcome,
            request_key=key,
            method=item.question.method.upper(),
            request_headers=item.question.headers or {},
            request_body=item.question.body,
            directory=kept.directory,
            extra={
                "sighting": kept.key,
                "kind": kept.kind,
                "imported_from": source,
                **({"file": brought.to_dict()} if brought is not None else {}),
            },
        )

    def sighted(self, listing: Capture, directory: str, entries: list[ListedEntry]) -> None:
        """What a listing page of another tool names: addresses and what it says of them, never entries, since nobody
        walked it."""
        data = {
            "portal": self._portal.id,
            "directory": directory,
            "file": listing.file,
            "offset": listing.offset,
            "entries": [one.to_dict() | {"kind": one.kind} for one in entries],
        }
        self._event("sighted", data, listing.fetched_at)

    def finish(self, verdict: CrawlVerdict, stats: dict[str, int]) -> None:
        """The verdict; everything is on disk then."""
        if self.begun:
            self._event("crawl-verdict", {**verdict.to_dict(), "stats": stats}, clock.stamp())
        self._writer.close()

    def close(self) -> None:
        """End the file where it is: what stands in it is whole."""
        self._writer.close()

    def _event(self, kind: str, data: dict[str, Any], at: str) -> None:
        self._writer.append(event_block(kind, data, crawl_id=self.crawl_id, at=at))

    def _start(self) -> dict[str, Any]:
        """As a crawl begins; where the captures were made is not known."""
        return {
            "vantage": None,
            "config": config_of(self._portal),
            "portal": self._portal.id,
            "command": "import",
            "options": {"command": "import", "files": self._names},
            "config_hash": config_hash(self._portal),
            "software": SOFTWARE,
        }
