"""How a walk asks for listing pages and archives them during a crawl."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlencode

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from sqlite_utils import Database

from archive.captures.model import Capture
from archive.captures.table import last_capture
from archive.crawling.entries import ListedEntry, listed_count, lists_all, record_listing
from archive.crawling.walks import walk_counts
from archive.urls import has_session, host_of, url_key
from crawler import clock
from crawler.absence.absence import Absence
from crawler.absence.elsewhere import Elsewhere
from crawler.engines.base import Entry, ListingPage, ListingRequest
from crawler.engines.links import is_file
from crawler.fetching import describe, header_of
from crawler.portals.plan import DirectoryPlan
from crawler.session import CrawlSession
from crawler.walks.steps import Fetched, Mode, Progress, cursor_of
from crawler.walks.traps import note_trap
from pipelines.decode import decode


class ListingSteps:
    """How a walk asks for pages and archives them during a crawl (see :class:`crawler.walks.Steps`)."""

    def __init__(
        self,
        session: CrawlSession,
        planned: DirectoryPlan,
        directory_id: int,
        walk_id: int,
        mode: Mode,
        position: int = 0,
        of: str | None = None,
    ):
        self._of = {"of": of} if of else {}  # the crawl whose sweep this one goes on with
        self._session = session
        self.plan = planned
        self.directory_id = directory_id
        self.walk_id = walk_id
        self.mode = mode
        self._session_ids_noted = self._looked = False
        self._elsewhere = Elsewhere(session.portal)
        self._position = position  # of the next page's first entry in the whole listing

    async def fetch(self, request: ListingRequest) -> Fetched:
        """Ask for a listing page; every way of failing becomes a sentence."""
        self._session.counts["listing_requests"] += 1
        try:
            response = await self._session.ask(scrapy_request(request, self.plan.directory.key))
        except IgnoreRequest as error:
            return Fetched(None, problem=str(error))
        except Exception as error:
            return Fetched(None, problem=describe(error))
        capture: Capture | None = response.meta.get("capture")
        blocked = response.meta.get("challenge")
        problem = f"HTTP {response.status}" if response.status >= 400 else self._led_home(request, response)
        text = "" if problem or blocked else self._decoded(response)
        return Fetched(capture, response.status, text, response.url, problem, blocked)

    def _led_home(self, request: ListingRequest, response: Any) -> str | None:
        """A home page lists something too, but not what was asked for."""
        if response.url == request.url or not self._elsewhere.is_home(response.url):
            return None
        return None if self._elsewhere.is_home(request.url) else "it leads to the portal's home page"

    def _decoded(self, response: Any) -> str:
        return decode(
            response.body, header_of(response, "Content-Type"), self._session.portal.http.encoding
        ).text

    async def refuse(self, fetched: Fetched, page: ListingPage) -> str | None:
        """Whether the portal answers everything with this page, as one that shows its home page for whatever is asked.

        Not looked into where the answer is the one before and all its rows are known: a quiet night asks nothing more.
        """
        session, directory = self._session, self.plan.directory
        if self._looked or session.over:
            return None
        self._looked = True
        keys = [self.key(entry.url) for entry in page.entries]
        if self._as_before(fetched.capture) and lists_all(session.reader, self.directory_id, keys):
            return None
        own = [entry for entry in page.entries if host_of(entry.url) in session.portal.own_hosts]
        if not own:
            return None
        session.absence = session.absence or Absence(session)
        titles = [entry.title for entry in page.entries if entry.title]
        if not titles and directory.expect != "single":
            return None
        document = next((entry.url for entry in own if not is_file(self.plan.urls, entry.url)), own[0].url)
        if not await session.absence.answers_everything(fetched.text, titles, document, directory.key):
            return None
        return (
            f"the portal answers everything with one page, this listing ({fetched.url}) and addresses that do not exist"
            " too: nothing of it was taken; look at it in a browser, it is out of order or refuses the crawler"
        )

    def _as_before(self, capture: Capture | None) -> bool:
        """Whether the answer is, byte for byte, what the same request was answered with last time."""
        if capture is None:
            return False
        last = last_capture(self._session.reader, self._session.portal.id, capture.request_key)
        return last is not None and last[1].payload_digest == capture.payload_digest

    def key(self, url: str) -> str:
        """The address's key, as the archive knows it."""
        urls = self.plan.urls
        return url_key(url, drop_query=urls.drop_query, keep_fragment=urls.keep_fragment)

    async def record(
        self,
        fetched: Fetched,
        page: ListingPage,
        *,
        first: bool,
        following: ListingRequest | None,
        memory: Mapping[str, Any],
    ) -> Progress:
        """Entries, counters and the cursor of one page, in one transaction."""
        capture = fetched.capture
        assert capture is not None  # a page that was read has been captured
        listed = [self._listed(entry) for entry in page.entries]
        at = clock.stamp()
        head = self.mode == "head"
        # The first page is read again at the end of a walk.
        position = 0 if first else self._position
        self._position = position + len(listed)
        cursor = cursor_of(following, {**memory, "position": self._position})

        self.record_event(
            "listed",
            {
                "directory": self.plan.directory.key,
                "mode": self.mode,
                "file": capture.file,
                "offset": capture.offset,
                "announced_total": page.announced_total,
                "position": position,
                "cursor": cursor,
                "at": at,
                "entries": [entry.to_dict() for entry in listed],
            },
        )

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
            return Progress(
                entries=result.new + result.known,
                new=result.new,
                on_this_walk=result.on_this_walk,
                seen_in_all=walk_counts(db, self.walk_id).entries_seen,
                known_in_archive=listed_count(db, self.directory_id) if head else 0,
            )

        progress = await self._session.journal.commit(step)
        self._note_session_ids(page)
        counts = self._session.counts
        counts["listing_pages"] += 1
        counts["entries_new"] += progress.new
        return progress

    def record_event(self, kind: str, data: Mapping[str, Any]) -> None:
        """An event about this walk."""
        self._session.record_event(kind, {**data, **self._of})

    def _note_session_ids(self, page: ListingPage) -> None:
        """Addresses that differ at every fetch would be new documents every night: named once a directory."""
        if self._session_ids_noted or not any(has_session(entry.url) for entry in page.entries):
            return
        self._session_ids_noted = True
        message = f"{self.plan.directory.name}: addresses carry session ids, which are not part of their keys"
        note_trap(self._session, message, "session-ids", directory=self.plan.directory.key)

    def _listed(self, entry: Entry) -> ListedEntry:
        urls = self.plan.urls
        kind: Literal["page", "file", "offsite"] = "page"
        if host_of(entry.url) not in self._session.portal.own_hosts:
            kind = "offsite"
        elif is_file(urls, entry.url):
            kind = "file"
        return ListedEntry(
            url=entry.url,
            url_key=self.key(entry.url),
            kind=kind,
            title=entry.title,
            published_on=entry.published_on,
            fields=dict(entry.fields),
            pinned=entry.pinned,
        )

    def stop_after(self) -> str | None:
        """A limited backfill needs no more entries than it will fetch."""
        left = self._session.documents_left
        if left is not None and self._session.counts["entries_new"] >= left:
            self._session.limited = True
            return "the limit of this run is reached"
        if self.mode == "sweep" and (share := self._session.allowance.sweeps_over()) is not None:
            return share
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
