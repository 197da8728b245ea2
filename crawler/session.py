"""One portal's crawl, opened and closed: lock, database, captures, journal, the crawl's row and its verdict."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http import Response
from sqlite_utils import Database

from archive import __version__
from archive.captures.records import event_block, warcinfo_block
from archive.captures.writer import CaptureWriter
from archive.crawling.beginning import begin_crawl
from archive.crawling.crawls import beat, open_crawl, pages_so_far, reopen_crawl, requests_so_far
from archive.crawling.ending import end_crawl, holds_back
from archive.history.quarantine.crawl import mark_quarantine, quarantine_steps
from archive.history.quarantine.steps import Step
from archive.history.quarantine.unfinished import unfinished_steps
from archive.info import get_info
from archive.layout import DataDirectory
from archive.lock import portal_lock
from archive.prepare import prepare
from archive.transaction import connect, transaction
from crawler import clock
from crawler.allowance import Allowance
from crawler.discovery.known import registered
from crawler.health import CrawlVerdict, WalkReport
from crawler.journal import Journal
from crawler.options import CrawlOptions
from crawler.page_counts import PageCounts
from crawler.portals.model import Portal
from crawler.portals.plan import config_hash, detail_for
from crawler.portals.stored import config_of
from crawler.quarantines import overlooked, record_again
from crawler.turns import Turns
from pipelines.detail import Detail

if TYPE_CHECKING:
    from crawler.absence.absence import Absence
    from crawler.absence.presence import Presence

WINDOW = 64
"""Documents on their way at once, from the request to the archive; politeness is the downloader's business."""
SOFTWARE = f"gongkai/{__version__}"


@dataclass
class CrawlSession:
    """What the spider, its middlewares and its pipelines share during one crawl of one portal."""

    portal: Portal
    data: DataDirectory
    options: CrawlOptions
    crawl_id: str
    started_at: str
    resumed: bool
    reader: Database  # for questions on the event loop; only the journal's connection writes
    writer: Database
    captures: CaptureWriter
    journal: Journal
    directories: dict[str, int]
    lock: contextlib.ExitStack
    ask: Callable[[Request], Awaitable[Response]]
    max_listing_pages: int
    counts: Counter[str] = field(default_factory=Counter)
    pages: PageCounts = field(default_factory=PageCounts)
    walks: list[WalkReport] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)  # the first few, for the summary
    stopping: str | None = None
    allowance: Allowance = field(default_factory=Allowance)
    blocked_in_a_row: int = 0
    in_flight: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(WINDOW))
    documents_left: int | None = None  # of --limit
    limited: bool = False  # --limit ended the run
    revisits_left: int = 0  # known documents that this run will still visit
    fetching_since: float | None = None  # monotonic seconds: when the listings were walked
    broken: BaseException | None = None
    absence: Absence | None = None  # from the first document request on
    presence: Presence | None = None  # likewise
    captured: Turns = field(default_factory=Turns)  # answers on their way into the WARC
    visits: Turns = field(default_factory=Turns)  # documents on their way into the archive
    _last_moment: datetime | None = None
    _details: dict[tuple[date, str | None], Detail] = field(default_factory=dict)

    @classmethod
    def open(
        cls,
        portal: Portal,
        data: DataDirectory,
        options: CrawlOptions,
        *,
        ask: Callable[[Request], Awaitable[Response]],
        max_listing_pages: int,
    ) -> CrawlSession:
        """Lock the portal, prepare the archive, start or resume the crawl; ``ask`` sends a request.

        Must be called with the event loop running (the journal lives on it). Raises
        :class:`archive.lock.PortalLocked`, ``NewerDatabase``, ``OSError`` or ``sqlite3.Error``; nothing stays
        open then.
        """
        with contextlib.ExitStack() as stack:
            at = clock.stamp()
            data.root.mkdir(parents=True, exist_ok=True)
            stack.enter_context(portal_lock(data, portal.id, f"gongkai {options.command} {portal.id}"))
            writer = connect(data.database)
            stack.callback(writer.close)
            prepare(writer, at)
            with transaction(writer):
                portal, directories = registered(writer, portal, at)
                crawl_id, resumed = _start_or_resume(writer, portal, options, at)
            reader = connect(data.database, readonly=True)
            stack.callback(reader.close)
            heading = warcinfo_block(SOFTWARE, crawl_id, at)
            captures = CaptureWriter(data, portal.id, crawl_id, year=clock.day().year, heading=heading)
            stack.callback(captures.close)
            event = "crawl-resumed" if resumed else "crawl-started"
            captures.append(
                event_block(
                    event,
                    _start_event(portal, options, crawl_id, get_info(writer, "vantage")),
                    crawl_id=crawl_id,
                    at=at,
                )
            )
            return cls(
                portal=portal,
                data=data,
                options=options,
                crawl_id=crawl_id,
                started_at=at,
                resumed=resumed,
                reader=reader,
                writer=writer,
                captures=captures,
                journal=Journal(writer, captures),
                directories=directories,
                lock=stack.pop_all(),
                ask=ask,
                max_listing_pages=max_listing_pages,
                documents_left=options.limit,
                pages=PageCounts.from_dict(pages_so_far(reader, crawl_id)),
                allowance=Allowance(
                    portal.schedule.quiet_hours, options.requests, Counter(requests_so_far(reader, crawl_id))
                ),
            )

    def detail(self, on: date, directory_key: str | None) -> Detail:
        """Where document pages of that directory keep what, on that day; worked out once a day and directory."""
        known = self._details.get((on, directory_key))
        if known is None:
            known = self._details[on, directory_key] = detail_for(self.portal, on, directory_key)
        return known

    def record_event(self, kind: str, data: dict[str, Any]) -> None:
        """Put an event record into the WARC, so that a rebuild knows it."""
        self.captures.append(event_block(kind, data, crawl_id=self.crawl_id, at=self.moment()))

    def moment(self) -> str:
        """The time for a WARC record: later than every one before it in this run, so that a replay has one order."""
        moment = clock.now()
        if self._last_moment is not None:
            moment = max(moment, self._last_moment + timedelta(milliseconds=1))
        self._last_moment = moment
        return clock.stamp(moment)

    def break_off(self, error: BaseException) -> None:
        """Stop asking the portal: the disk takes no more. What was committed stays, the rest is asked again later."""
        if self.broken is None:
            self.broken = error
            self.stopping = f"the archive cannot be written: {error}"

    @property
    def over(self) -> bool:
        """Whether nothing further should be asked for."""
        if self.journal.failure is not None:
            self.break_off(self.journal.failure)
        return self.stopping is not None

    def may_not_ask(self) -> str | None:
        """Why no request may begin now; None: one may."""
        if not self.over:
            self.stopping = self.allowance.refusal()
        return self.stopping

    def give_up(self, reason: str) -> None:
        """Ask the portal for nothing more, which is trouble."""
        if self.stopping is None:
            self.stopping = reason
            self.problems.append(reason)

    def beat(self) -> None:
        """Say that the crawl is alive."""
        if self.journal.failure is not None:
            return
        at, crawl_id, pages, asked = (
            clock.stamp(),
            self.crawl_id,
            self.pages.to_dict(),
            dict(self.allowance.by_day),
        )
        self.journal.add(lambda db: beat(db, crawl_id, at, pages, asked))

    async def go_on(self) -> None:
        """Finish what a killed process left of the portal's quarantines and releases, before anything is visited."""
        if dead := overlooked(self.reader, self.portal, self.crawl_id):
            at = self.moment()
            await self.journal.commit(lambda db: mark_quarantine(db, *dead, at))
        if record_again(self.reader, self.data, self.portal.id):
            await self._do(unfinished_steps(self.reader, self.portal.id))

    async def _do(self, steps: Iterable[Step]) -> None:
        for step in steps:
            await self.journal.commit(step)

    async def close(self, verdict: CrawlVerdict) -> None:
        """Write the verdict, commit everything, release the lock; raises what stopped the journal, if anything did."""
        stats = {**self.counts, "pages": self.pages.to_dict(), "requests_by_day": dict(self.allowance.by_day)}
        with self.lock:
            try:
                if self.broken is None:
                    await self._conclude(verdict, stats)
            finally:
                await self.journal.close()

    async def _conclude(self, verdict: CrawlVerdict, stats: dict[str, Any]) -> None:
        at, crawl_id, reason = self.moment(), self.crawl_id, verdict.quarantine
        if reason is not None:
            await self.journal.commit(lambda db: mark_quarantine(db, crawl_id, reason, at))
        said = verdict.to_dict()
        self.record_event("crawl-verdict", {**said, "stats": stats})
        await self.journal.commit(lambda db: end_crawl(db, crawl_id, self.portal.id, said, stats, at=at))
        if holds_back(said):
            await self._do(quarantine_steps(self.reader, crawl_id))


def _start_or_resume(db: Database, portal: Portal, options: CrawlOptions, at: str) -> tuple[str, bool]:
    """A backfill goes on with the one that was interrupted; anything else starts anew and ends a dead crawl."""
    previous = open_crawl(db, portal.id, options.command)
    resumable = previous is not None and "quarantine" not in previous["stats"]
    if previous and resumable and options.command == "backfill" and options.resumes(previous["options"]):
        reopen_crawl(db, previous["id"], at)
        return previous["id"], True
    crawl_id = clock.new_crawl_id()
    begin_crawl(
        db,
        crawl_id,
        portal=portal.id,
        command=options.command,
        options=options.to_dict(),
        config_hash=config_hash(portal),
        software=SOFTWARE,
        vantage=get_info(db, "vantage"),
        at=at,
    )
    return crawl_id, False


def _start_event(portal: Portal, options: CrawlOptions, crawl_id: str, vantage: str | None) -> dict[str, Any]:
    return {
        "vantage": vantage,
        "config": config_of(portal),
        "crawl": crawl_id,
        "portal": portal.id,
        "command": options.command,
        "options": options.to_dict(),
        "config_hash": config_hash(portal),
        "software": SOFTWARE,
    }
