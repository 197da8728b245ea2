"""The spider's listing half: each directory of the portal is walked, page by page into the archive."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from sqlite_utils import Database

from archive.captures.model import Capture
from archive.crawls import finish_walk, start_walk
from archive.entries import ListedEntry, record_listing
from archive.urls import has_session, host_of, url_key
from crawler import clock
from crawler.engines import ENGINES
from crawler.engines.base import Entry, ListingPage, ListingRequest
from crawler.fetching import describe, fetch
from crawler.health import WalkReport
from crawler.portals.model import Directory
from crawler.portals.plan import DirectoryPlan, plan
from crawler.session import CrawlSession
from crawler.walks.steps import Fetched, Mode, Outcome, Progress, walk_state
from crawler.walks.traps import note_trap
from crawler.walks.walk import Walk
from pipelines.decode import decode

if TYPE_CHECKING:
    from crawler.spiders.directory import DirectorySpider

logger = logging.getLogger(__name__)

EMPTY_CRAWLS = 5
"""A directory that was empty in this many crawls in a row is expected to be empty (DESIGN §7)."""


async def walk_all(spider: DirectorySpider, session: CrawlSession) -> None:
    """Walk every directory that the options name, one after the other (they share a host)."""
    for directory in session.portal.directories:
        if session.options.directory not in (None, directory.key) or session.over:
            continue
        try:
            await _walk(spider, session, directory)
        except Exception as error:
            if session.over:
                raise  # the disk, which no other directory would survive
            logger.exception("%s: the walk through %s failed", session.portal.id, directory.key)
            reason = f"internal error: {type(error).__name__}: {error}"
            session.walks.append(
                WalkReport(directory.key, directory.name, "sweep", "failed", reason, 0, 0, 0, None)
            )


async def _walk(spider: DirectorySpider, session: CrawlSession, directory: Directory) -> None:
    planned = plan(session.portal, directory, clock.day())
    directory_id = session.directories[directory.key]
    mode = _mode(session, directory_id)
    at = clock.stamp()
    row = await session.journal.commit(lambda db: start_walk(db, directory_id, session.crawl_id, mode, at))
    if row["finished_at"] is not None:
        return  # walked to its end before the crawl was interrupted
    steps = ListingSteps(
        spider, session, planned, directory_id, row["id"], mode, position=row["entries_seen"]
    )
    if directory.expect == "single":
        outcome = await _single(steps)
    else:
        start, seen = walk_state(row)
        outcome = await Walk(
            plan=planned,
            engine=ENGINES[planned.engine],
            steps=steps,
            mode=mode,
            max_pages=spider.settings.getint("GONGKAI_MAX_LISTING_PAGES"),
            start=start,
            seen=seen,
            empty_before=_was_empty(session.reader, directory_id),
        ).run()
    await _conclude(session, directory, steps, outcome)


async def _conclude(
    session: CrawlSession, directory: Directory, steps: ListingSteps, outcome: Outcome
) -> None:
    at, walk_id = clock.stamp(), steps.walk_id

    def conclude(db: Database) -> dict[str, Any]:
        if not outcome.stopped:
            finish_walk(
                db, walk_id, verdict=outcome.verdict, reason=outcome.reason, drifted=outcome.drifted, at=at
            )
        return next(
            iter(
                db.query(
                    "SELECT pages, entries_seen, entries_new, announced_total FROM walks WHERE id = ?",
                    [walk_id],
                )
            )
        )

    if outcome.trap is not None:
        message = f"{directory.name}: {outcome.reason}"
        note_trap(session, message, directory.key, outcome.trap, directory_id=steps.directory_id)
    walk = await session.journal.commit(conclude)
    report = WalkReport(
        directory=directory.key,
        name=directory.name,
        mode=steps.mode,
        verdict=outcome.verdict,
        reason=outcome.reason,
        pages=walk["pages"],
        entries=walk["entries_seen"],
        new=walk["entries_new"],
        announced=walk["announced_total"],
        stopped=outcome.stopped,
    )
    session.walks.append(report)
    session.record_event(
        "walk", {**{name: getattr(report, name) for name in report.__slots__}, "portal": session.portal.id}
    )


def _mode(session: CrawlSession, directory_id: int) -> Mode:
    """``head`` unless a full walk is asked for or due."""
    if session.options.command == "backfill":
        return "backfill"
    row = session.reader.execute(
        "SELECT last_complete_sweep_at FROM directories WHERE id = ?", [directory_id]
    ).fetchone()
    due = row is None or row[0] is None
    if not due:
        age = clock.now() - clock.parse_stamp(row[0])
        due = age >= timedelta(days=session.portal.schedule.sweep_days)
    return "sweep" if session.options.sweep or due else "head"


def _was_empty(db: Database, directory_id: int) -> bool:
    verdicts = db.execute(
        "SELECT entries_seen FROM walks WHERE directory_id = ? AND finished_at IS NOT NULL AND verdict <> 'failed'"
        " ORDER BY id DESC LIMIT ?",
        [directory_id, EMPTY_CRAWLS],
    ).fetchall()
    return len(verdicts) == EMPTY_CRAWLS and not any(row[0] for row in verdicts)


async def _single(steps: ListingSteps) -> Outcome:
    """A directory that is one page: the page is its only entry."""
    url = steps.plan.url
    if url is None:
        return Outcome("failed", "the directory has no url: a single page needs one")
    request = ListingRequest(url=url)
    fetched = await steps.fetch(request)
    if fetched.blocked:
        return Outcome("blocked", f"the page answered with a challenge ({fetched.blocked})")
    if fetched.problem is not None:
        return Outcome("failed", fetched.problem)
    await steps.record(request, fetched, ListingPage(entries=(Entry(url=url, title=None),)))
    return Outcome("complete")


class ListingSteps:
    """How a walk asks for pages and archives them during a crawl (see :class:`crawler.walks.Steps`)."""

    def __init__(
        self,
        spider: DirectorySpider,
        session: CrawlSession,
        planned: DirectoryPlan,
        directory_id: int,
        walk_id: int,
        mode: Mode,
        position: int = 0,
    ):
        self._spider = spider
        self._session = session
        self.plan = planned
        self.directory_id = directory_id
        self.walk_id = walk_id
        self.mode = mode
        self._session_ids_noted = False
        self._position = position  # of the next page's first entry in the whole listing

    async def fetch(self, request: ListingRequest) -> Fetched:
        """Ask for a listing page; every way of failing becomes a sentence."""
        self._session.counts["listing_requests"] += 1
        try:
            response = await fetch(self._spider, scrapy_request(request, self.plan.directory.key))
        except IgnoreRequest as error:
            return Fetched(None, problem=str(error))
        except Exception as error:
            return Fetched(None, problem=describe(error))
        capture: Capture | None = response.meta.get("capture")
        blocked = response.meta.get("challenge")
        problem = f"HTTP {response.status}" if response.status >= 400 else None
        text = "" if problem or blocked else self._decoded(response)
        return Fetched(capture, response.status, text, response.url, problem, blocked)

    def _decoded(self, response: Any) -> str:
        header = response.headers.get("Content-Type")
        content_type = header.decode("latin-1") if header else None
        return decode(response.body, content_type, self._session.portal.http.encoding).text

    async def record(self, request: ListingRequest, fetched: Fetched, page: ListingPage) -> Progress:
        """Entries, counters and the cursor of one page, in one transaction."""
        capture = fetched.capture
        assert capture is not None  # a page that was read has been captured
        listed = [self._listed(entry) for entry in page.entries]
        cursor = page.next.to_dict() if page.next is not None else None
        at = clock.stamp()
        head = self.mode == "head"
        position = 0 if request.page == 1 else self._position  # the first page is read again at the end of a walk
        self._position = position + len(listed)

        def step(db: Database) -> Progress:
            result = record_listing(
                db,
                self.walk_id,
                capture,
                listed,
                announced_total=page.announced_total,
                cursor=cursor,
                position=position,
                at=at,
            )
            seen = db.execute("SELECT entries_seen FROM walks WHERE id = ?", [self.walk_id]).fetchone()[0]
            return Progress(
                entries=result.new + result.known,
                new=result.new,
                on_this_walk=result.on_this_walk,
                seen_in_all=seen,
                known_in_archive=self._known(db) if head else 0,
            )

        progress = await self._session.journal.commit(step)
        self._note_session_ids(page)
        counts = self._session.counts
        counts["listing_pages"] += 1
        counts["entries_new"] += progress.new
        return progress

    def _note_session_ids(self, page: ListingPage) -> None:
        """Addresses that differ at every fetch would be new documents every night: named once a directory."""
        if self._session_ids_noted or not any(has_session(entry.url) for entry in page.entries):
            return
        self._session_ids_noted = True
        message = f"{self.plan.directory.name}: addresses carry session ids, which are not part of their keys"
        key = self.plan.directory.key
        note_trap(self._session, message, key, "session-ids", directory_id=self.directory_id)

    def _known(self, db: Database) -> int:
        query = "SELECT count(*) FROM entries WHERE directory_id = ? AND delisted_at IS NULL"
        return int(db.execute(query, [self.directory_id]).fetchone()[0])

    def _listed(self, entry: Entry) -> ListedEntry:
        urls = self.plan.urls
        path = entry.url.partition("?")[0].partition("#")[0].lower()
        kind: Literal["page", "file", "offsite"] = "page"
        if host_of(entry.url) not in self._spider.hosts:
            kind = "offsite"
        elif path.rpartition(".")[2] in urls.files:
            kind = "file"
        return ListedEntry(
            url=entry.url,
            url_key=url_key(entry.url, drop_query=urls.drop_query, keep_fragment=urls.keep_fragment),
            kind=kind,
            title=entry.title,
            published_on=entry.published_on,
            fields=dict(entry.fields),
            pinned=entry.pinned,
        )

    def stop_after(self) -> str | None:
        """A limited backfill needs no more entries than it will fetch."""
        left = self._spider.documents_left
        if left is not None and self._session.counts["entries_new"] >= left:
            self._spider.limited = True
            return "the limit of this run is reached"
        return self._session.stopping if self._session.over else None


def scrapy_request(request: ListingRequest, directory: str) -> Request:
    """The Scrapy request of a listing request; a form is sent urlencoded as UTF-8."""
    headers = {str(name): str(value) for name, value in request.headers.items()}
    body = request.body
    if request.form is not None:
        body = urlencode(dict(request.form))
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
    return Request(
        request.url,
        method=request.method,
        headers=headers,
        body=body,
        dont_filter=True,
        meta={"role": "listing", "directory": directory, "page": request.page},
    )
