"""Walks one directory's listing to a verdict (DESIGN §6, §7): asks page after page, knows when it is at the end.

Status 200 is never trusted alone, and one transient empty page never ends a walk. A walk ends at an empty page
confirmed by a second request, at a page whose every entry was on earlier pages, at a 404 or stub behind the first
page, at the last announced page, or at a limit that says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from crawler.engines.base import Engine, ListingError, ListingPage, ListingRequest
from crawler.portals.plan import DirectoryPlan
from crawler.walks.drift import Front, lost_rows
from crawler.walks.passage import Passage
from crawler.walks.steps import Fetched, Mode, Outcome, Progress, Steps, Verdict

PAGES_BEYOND_ANNOUNCED = 3
"""Pages asked for behind the announced last one before the pager counts as endless."""
REPEATS_ALLOWED = 1
"""Pages in a row with nothing new that are passed over while the announced total is not reached."""


@dataclass
class Walk:
    """One walk's state; an interrupted one goes on at ``start`` with its ``passage`` and what it had ``seen``."""

    plan: DirectoryPlan
    engine: Engine
    steps: Steps
    mode: Mode
    max_pages: int
    start: ListingRequest | None = None
    passage: Passage = field(default_factory=Passage)
    seen: int = 0
    empty_before: bool = False
    known: int = 0  # entries of the directory in the archive
    drifted: bool = False
    moved: bool = False  # in the reading that counts
    settled: bool = True
    repeated: bool = False  # the last page was one that was there before
    note: str | None = None

    async def run(self) -> Outcome:
        """Walk to an end; never raises for what a portal answers."""
        try:
            first = self.engine.first(self.plan)
        except ListingError as error:
            return Outcome("failed", str(error))
        request = None if self.passage.closing else self.start or first
        while True:
            ended = await self._through(request, first)
            if ended is not None:
                return ended
            request = await self._closing(first)
            if request is None:
                return self._judge()

    async def _through(self, request: ListingRequest | None, first: ListingRequest) -> Outcome | None:
        """From ``request`` to the end of the listing; an outcome if something else ended it."""
        while request is not None:
            stop = self.steps.stop_after()
            if stop is not None:
                return Outcome("incomplete", stop, self.drifted, stopped=True)
            ended = await self._page(request, first)
            if isinstance(ended, Outcome):
                return ended
            request = ended
        return None

    async def _closing(self, first: ListingRequest) -> ListingRequest | None:
        """Read the first page again, keep what is new on it; the page from which the listing is read a second time.

        None: nothing moved that matters, or it moved again in the second reading.
        """
        if self.mode == "head" or self.passage.pages_read < 2:
            return None
        before = self.passage.front
        fetched, page = await self._read(first)
        while page is not None and page.embedded and not page.entries and page.next is not None:
            fetched, page = await self._read(page.next)  # behind pages that only say what is asked with
        if page is None or fetched.capture is None or not page.entries:
            self.settled = False
            self.note = f"the first page could not be read again: {fetched.problem or 'it is empty'}"
            return None
        keys = self._keys(page)
        now = Front.of(keys, page.announced_total, page.pages)
        self.moved = before != now
        self.drifted = self.drifted or self.moved
        stale = self.plan.listing.paging.stale_total
        lost = before is None or lost_rows(before, now, stale_total=stale)
        again = lost and not self.passage.second
        if again:
            self.passage, self.repeated = Passage(second=True), False
            self.passage.read(first.page, page, keys)
            self.passage.met = set(keys)
            self.note = "the listing moved while it was read, and was read a second time"
        elif lost:
            self.settled = False
            self.note = "the listing moved while it was read, and again when it was read a second time"
        following = page.next if again else None
        progress = await self.steps.record(
            fetched, page, first=True, following=following, memory=self.passage.memory()
        )
        self.seen = progress.seen_in_all
        return following

    async def _page(self, request: ListingRequest, first: ListingRequest) -> ListingRequest | Outcome | None:
        """Read one page: the next request, None at the end, or the outcome that ends the walk at once."""
        fetched, page = await self._read(request)
        if fetched.blocked:
            return Outcome(
                "blocked", f"page {request.page} answered with a challenge ({fetched.blocked})", self.drifted
            )
        if fetched.missing and request.page > 1:
            return None  # asked twice
        if page is None or fetched.capture is None:
            if (stop := self.steps.stop_after()) is not None:
                return Outcome("incomplete", stop, self.drifted, stopped=True)
            verdict: Verdict = "incomplete" if self.passage.pages_read else "failed"
            return Outcome(verdict, f"page {request.page}: {fetched.problem}", self.drifted)
        if page.entries and not self.passage.rows and (reason := await self.steps.refuse(fetched, page)):
            return Outcome("failed", reason, self.drifted)
        keys = self._keys(page)
        self.drifted = self.passage.read(request.page, page, keys) or self.drifted
        last = page.next is None and self.mode != "head"
        progress = await self.steps.record(
            fetched,
            page,
            first=request.page == 1,
            following=first if last else page.next,
            memory=self.passage.memory(closing=last),
        )
        self.seen = progress.seen_in_all
        if not page.entries and not page.embedded:
            return None
        if self._at_head(page, progress):
            return None
        if page.entries and not page.embedded:
            known = progress.on_this_walk == progress.entries
            if self.passage.all_seen(keys, on_this_walk=known):
                return self._repeated(request, page)
        self.passage.repeats = 0
        return self._next(page)

    def _keys(self, page: ListingPage) -> Sequence[str]:
        return [self.steps.key(entry.url) for entry in page.entries]

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

    def _at_head(self, page: ListingPage, progress: Progress) -> bool:
        """Head rule: a whole page is known and the announced total agrees with what is archived (DESIGN §7)."""
        if self.mode != "head" or progress.new or not page.entries:
            return False
        announced = self.passage.announced
        if announced is None:
            return not page.embedded  # whose entries may have come on this very walk
        return progress.known_in_archive >= announced

    def _found(self) -> int:
        """Rows that the listing has: an address in two rows counts twice, unless rows moved from page to page."""
        return self.seen if self.moved else max(self.seen, self.passage.rows)

    def _short(self) -> bool:
        return self.passage.announced is not None and self._found() < self.passage.announced

    def _repeated(self, request: ListingRequest, page: ListingPage) -> ListingRequest | Outcome | None:
        """Every entry was on earlier pages: the end, or a list that repeats itself."""
        self.passage.repeats += 1
        if self._short() and page.next is not None and self.passage.repeats <= REPEATS_ALLOWED:
            return page.next
        if self._short():
            return Outcome(
                "incomplete",
                f"the list repeats itself from page {request.page} on: {self._shortfall()}",
                self.drifted,
                trap="list-repeats",
            )
        self.repeated = True
        self.note = f"ended at page {request.page}, whose entries were all on earlier pages"
        return None

    def _next(self, page: ListingPage) -> ListingRequest | Outcome | None:
        if page.next is None:
            return None
        allowed, announced = self.max_pages, self.passage.announced
        if page.pages is not None:
            allowed = max(page.pages, 1) + PAGES_BEYOND_ANNOUNCED
        elif announced is not None and page.entries:
            allowed = math.ceil(announced / len(page.entries)) * 2 + PAGES_BEYOND_ANNOUNCED
        if page.next.page > allowed:
            return Outcome(
                "incomplete",
                f"the pager does not end: page {page.next.page} is offered, {allowed} were expected at the most",
                self.drifted,
                trap="endless-pager",
            )
        return page.next

    def _shortfall(self) -> str:
        return f"{self._found()} of {self.passage.announced} announced entries were found"

    def _judge(self) -> Outcome:
        """The verdict of a walk that came to an end of its own."""
        expect, passage = self.plan.directory.expect, self.passage
        if self.seen == 0:
            never = passage.announced == 0 and not self.known
            if expect == "empty" or self.empty_before or never:
                return Outcome("empty-as-expected", None, self.drifted)
            return Outcome(
                "incomplete", f"the listing shows no entry, twice asked{self._told()}", self.drifted
            )
        stale = self.plan.listing.paging.stale_total
        if self.mode != "head" and self._short() and not stale:
            return Outcome("incomplete", self._shortfall(), self.drifted)
        known_whole = passage.announced is not None and not self._short()
        cut_off = passage.pages is not None and passage.last_page < passage.pages and not self.repeated
        if self.mode != "head" and cut_off and not known_whole and not stale:
            return Outcome(
                "incomplete",
                f"{passage.pages} pages are announced, but nothing came after page {passage.last_page}: "
                f"{self.seen} entries were found",
                self.drifted,
            )
        return Outcome("complete", self.note, self.drifted, settled=self.settled)

    def _told(self) -> str:
        """What a person does about a listing that turned empty."""
        if not self.known:
            return ': if it is meant to be empty, write expect = "empty" in its [[directories]]'
        return (
            f", {self.known} are archived: its address or layout has probably changed; look at {self.plan.url or 'it'}"
            f" and try `gongkai portals repair {self.plan.portal.id}`"
        )


def _unreadable(fetched: Fetched, problem: str) -> Fetched:
    return Fetched(fetched.capture, fetched.status, fetched.text, fetched.url, problem)
