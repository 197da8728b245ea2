"""Walks one directory's listing to a verdict (DESIGN §6, §7): asks page after page, knows when it is at the end.

Status 200 is never trusted alone, and one transient empty page never ends a walk. A walk ends at an empty page
confirmed by a second request, at a page whose every entry was on earlier pages, at a 404 or stub behind the first
page, at the last announced page, or at a limit that says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from crawler.engines.base import Engine, ListingError, ListingPage, ListingRequest
from crawler.portals.plan import DirectoryPlan
from crawler.walks.drift import moved, rows_were_pulled_up
from crawler.walks.steps import Fetched, Mode, Outcome, Progress, Steps, Verdict

PAGES_BEYOND_ANNOUNCED = 3
"""Pages asked for behind the announced last one before the pager counts as endless."""
REPEATS_ALLOWED = 1
"""Pages in a row with nothing new that are passed over while the announced total is not reached."""


@dataclass
class Walk:
    """One walk's state; ``start`` is where an interrupted one goes on, ``seen`` what it had seen by then."""

    plan: DirectoryPlan
    engine: Engine
    steps: Steps
    mode: Mode
    max_pages: int
    start: ListingRequest | None = None
    seen: int = 0
    empty_before: bool = False
    drifted: bool = False
    announced: int | None = None
    pages_read: int = 0
    repeats: int = 0
    note: str | None = None
    pages: int | None = None
    first_page: list[str] = field(default_factory=list)
    second_pass: set[int] | None = None
    embedded: set[int] = field(default_factory=set)
    last_page: int = 0  # the highest page number that had entries

    async def run(self) -> Outcome:
        """Walk to an end; never raises for what a portal answers."""
        try:
            first = self.engine.first(self.plan)
        except ListingError as error:
            return Outcome("failed", str(error))
        ended = await self._through(self.start or first)
        if ended is None and await self._lost_rows(first):
            self.second_pass = set()
            ended = await self._through(first)
        return ended or self._judge()

    async def _through(self, request: ListingRequest | None) -> Outcome | None:
        """From ``request`` to the end of the listing; an outcome if something else ended it."""
        while request is not None:
            stop = self.steps.stop_after()
            if stop is not None:
                return Outcome("incomplete", stop, self.drifted, stopped=True)
            ended = await self._page(request)
            if isinstance(ended, Outcome):
                return ended
            request = ended
        return None

    async def _lost_rows(self, first: ListingRequest) -> bool:
        """Read the first page again, keep what is new on it, and say whether the walk must be repeated."""
        if self.mode == "head" or self.pages_read < 2 or not self.first_page:
            return False
        fetched, page = await self._read(first)
        if page is None or fetched.capture is None or not page.entries:
            return False
        progress = await self.steps.record(first, fetched, page)
        self.seen = progress.seen_in_all
        now = [entry.url for entry in page.entries]
        self.drifted = self.drifted or moved(self.first_page, now)
        return rows_were_pulled_up(self.first_page, now)

    async def _page(self, request: ListingRequest) -> ListingRequest | Outcome | None:
        """Read one page: the next request, None at the end, or the outcome that ends the walk at once."""
        fetched, page = await self._read(request)
        if fetched.blocked:
            return Outcome(
                "blocked", f"page {request.page} answered with a challenge ({fetched.blocked})", self.drifted
            )
        if fetched.missing and request.page > 1:
            return None  # asked twice
        if page is None or fetched.capture is None:
            verdict: Verdict = "incomplete" if self.pages_read else "failed"
            return Outcome(verdict, f"page {request.page}: {fetched.problem}", self.drifted)
        self._note_total(page)
        progress = await self.steps.record(request, fetched, page)
        self.pages_read += 1
        self.seen = progress.seen_in_all
        if request.page == 1 and not self.first_page:
            self.first_page = [entry.url for entry in page.entries]
        if page.embedded:
            self.embedded |= {hash(entry.url) for entry in page.entries}
        elif page.entries:
            self.last_page = max(self.last_page, request.page)
        else:
            return None
        if self._at_head(page, progress):
            return None
        if page.entries and not page.embedded and self._all_seen(page, progress):
            return self._repeated(request, page)
        self.repeats = 0
        return self._next(request, page)

    async def _read(self, request: ListingRequest) -> tuple[Fetched, ListingPage | None]:
        """Fetch and read; an empty, unreadable or missing page is asked for once more before it is believed."""
        fetched, page = await self._attempt(request)
        if fetched.blocked or (page is not None and (page.entries or page.embedded)):
            return fetched, page
        if fetched.missing and request.page == 1:
            return fetched, page
        return await self._attempt(request)

    async def _attempt(self, request: ListingRequest) -> tuple[Fetched, ListingPage | None]:
        fetched = await self.steps.fetch(request)
        if fetched.blocked or fetched.problem:
            return fetched, None
        try:
            return fetched, self.engine.read(self.plan, request, fetched.text, fetched.url)
        except ListingError as error:
            return _unreadable(fetched, str(error)), None

    def _all_seen(self, page: ListingPage, progress: Progress) -> bool:
        """Whether every entry was on an earlier page; in a second pass, of that pass.

        The group inside a column page is no earlier page (platforms.md §33): its entries come once more.
        """
        repeated = self.embedded & {hash(entry.url) for entry in page.entries}
        if repeated:
            self.embedded -= repeated
            return False
        if self.second_pass is None:
            return progress.on_this_walk == progress.entries
        keys = {hash(entry.url) for entry in page.entries}
        seen = keys <= self.second_pass
        self.second_pass |= keys
        return seen

    def _note_total(self, page: ListingPage) -> None:
        if page.pages is not None and not page.embedded:
            # Families that number pages downwards announce pages alone (VSB, platforms.md §33).
            self.drifted = self.drifted or self.pages not in (None, page.pages)
            self.pages = page.pages
        if page.announced_total is not None:
            if self.announced is not None and page.announced_total != self.announced:
                self.drifted = True
            self.announced = page.announced_total

    def _at_head(self, page: ListingPage, progress: Progress) -> bool:
        """Head rule: a whole page is known and the announced total agrees with what is archived (DESIGN §7)."""
        if self.mode != "head" or progress.new or not page.entries:
            return False
        return self.announced is None or progress.known_in_archive >= self.announced

    def _repeated(self, request: ListingRequest, page: ListingPage) -> ListingRequest | Outcome | None:
        """Every entry was on earlier pages: the end, or a list that repeats itself."""
        self.repeats += 1
        short = self.announced is not None and self.seen < self.announced
        if short and page.next is not None and self.repeats <= REPEATS_ALLOWED:
            return page.next
        if short:
            return Outcome(
                "incomplete",
                f"the list repeats itself from page {request.page} on: {self._shortfall()}",
                self.drifted,
                trap="list-repeats",
            )
        self.note = f"ended at page {request.page}, whose entries were all on earlier pages"
        return None

    def _next(self, request: ListingRequest, page: ListingPage) -> ListingRequest | Outcome | None:
        if page.next is None:
            return None
        allowed = self.max_pages
        if page.pages is not None:
            allowed = max(page.pages, 1) + PAGES_BEYOND_ANNOUNCED
        elif self.announced is not None and page.entries:
            allowed = math.ceil(self.announced / len(page.entries)) * 2 + PAGES_BEYOND_ANNOUNCED
        if page.next.page > allowed:
            return Outcome(
                "incomplete",
                f"the pager does not end: page {page.next.page} is offered, {allowed} were expected at the most",
                self.drifted,
                trap="endless-pager",
            )
        return page.next

    def _shortfall(self) -> str:
        return f"{self.seen} of {self.announced} announced entries were found"

    def _judge(self) -> Outcome:
        """The verdict of a walk that came to an end of its own."""
        expect = self.plan.directory.expect
        if self.seen == 0:
            if expect == "empty" or self.empty_before or self.announced == 0:
                return Outcome("empty-as-expected", None, self.drifted)
            return Outcome("incomplete", "the listing shows no entry, twice asked", self.drifted)
        stale = self.plan.listing.paging.stale_total
        if self.mode != "head" and self.announced is not None and self.seen < self.announced and not stale:
            return Outcome("incomplete", self._shortfall(), self.drifted)
        known_whole = self.announced is not None and self.seen >= self.announced
        cut_off = self.pages is not None and self.last_page < self.pages and self.note is None
        if self.mode != "head" and cut_off and not known_whole and not stale:
            return Outcome(
                "incomplete",
                f"{self.pages} pages are announced, but nothing came after page {self.last_page}: "
                f"{self.seen} entries were found",
                self.drifted,
            )
        return Outcome("complete", self.note, self.drifted)


def _unreadable(fetched: Fetched, problem: str) -> Fetched:
    return Fetched(fetched.capture, fetched.status, fetched.text, fetched.url, problem)
