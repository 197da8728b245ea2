"""A document that came and was read: its visit's way into the archive, in its turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scrapy.exceptions import DropItem
from sqlite_utils import Database

from archive.attachments.file import FileFacts
from archive.attachments.observed import observe_own_file
from archive.captures.model import Capture
from archive.crawling.frontier import Due
from archive.record import Record
from archive.writer import Visit, VisitResult, write_visit
from crawler.reextraction import Baseline, baseline
from crawler.session import CrawlSession
from crawler.turns import Turn


@dataclass(frozen=True, slots=True)
class DocumentVisit:
    """What the pipelines' stages need of the crawl around them; ``is_page``: its text counts for the crawl's health;
    ``file``: the answer is a file that a listing names."""

    session: CrawlSession
    entry: Due
    turn: Turn
    capture: Capture
    captures: Sequence[tuple[Capture | int, str, int]]
    etag: str | None
    last_modified: str | None
    is_page: bool
    file: FileFacts | None

    async def archive(self, record: Record) -> VisitResult:
        """Write the visit when its turn has come; raises ``DropItem`` when the disk takes nothing any more."""
        session, entry = self.session, self.entry
        await self.turn.come()
        visit = self._visit(record)
        try:
            written = session.journal.add(lambda db: self._write(db, visit))
            self.turn.end()  # it has its place in the journal
            result = await written
        except Exception as error:
            if session.over:  # the disk failed: the crawl says so once, and the page is asked for again
                raise DropItem(f"{entry.url} was fetched but cannot be kept") from error
            raise
        session.counts["fetched"] += 1
        session.counts[result.outcome] += 1
        if self.is_page:
            session.pages.read(entry.directory_key, record, result.outcome, known=entry.visited)
        return result

    def _write(self, db: Database, visit: Visit) -> VisitResult:
        result = write_visit(db, visit)
        observe_own_file(db, visit, self.file)
        return result

    def done(self) -> None:
        """The stages are through with it, however it ended."""
        self.turn.end()
        self.session.in_flight.release()

    def _visit(self, record: Record) -> Visit:
        session, entry, before = self.session, self.entry, Baseline()
        if entry.visited:
            before = baseline(session.reader, session.data, session.portal, entry.sighting_id, record)
        return Visit(
            sighting_id=entry.sighting_id,
            at=self.capture.fetched_at,
            crawl_id=session.crawl_id,
            record=record,
            captures=self.captures,
            payload_digest=self.capture.payload_digest,
            etag=self.etag,
            last_modified=self.last_modified,
            baseline=before.visit,
            accepted=before.accepted,
        )
