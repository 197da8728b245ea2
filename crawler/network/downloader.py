"""Scrapy's downloader, which keeps to ``concurrency`` also where no delay spreads the requests, and to a crawl's manners."""

from __future__ import annotations

from collections.abc import Coroutine
from time import monotonic
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.core.downloader import Downloader, Slot
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.asyncio import call_later

if TYPE_CHECKING:
    from crawler.session import CrawlSession


class Stopped(IgnoreRequest):
    """The crawl asks for nothing more: the request was not made, and says nothing about its address."""


class CountingDownloader(Downloader):
    """Counts a request as under way from the moment it is taken from its host's queue, and looks before it takes one.

    Scrapy 2.19 starts a task for every queued request and counts it when the task first runs, so that without a
    delay all of them go out at once, whatever CONCURRENT_REQUESTS_PER_DOMAIN says.

    The queue is where a request begins, so here it is decided whether one may: not after the crawl was told to stop,
    not in quiet hours, not beyond its budget. What waits then is given back as :class:`Stopped`.
    """

    def hold(self, slot: Slot, seconds: float) -> None:
        """Begin no request at the slot's host for ``seconds``."""
        slot.lastseen = max(slot.lastseen, monotonic() + seconds)
        if slot.latercall:
            slot.latercall.cancel()
            slot.latercall = None

    def look_again(self) -> None:
        """Let every queue see that the crawl has stopped; a delay or a hold would let it wait."""
        for slot in list(self.slots.values()):
            self._process_queue(slot)

    def _process_queue(self, slot: Slot) -> None:
        session = self._session
        stopping = session.may_not_ask() if session is not None else None
        if stopping is not None:
            slot.close()  # cancels what it waited for
            while slot.queue:
                _, waiting = slot.queue.popleft()
                waiting.errback(Stopped(stopping))
            return
        held = slot.lastseen - monotonic()
        if held > 0:  # without a delay of its own Scrapy would not look at it
            if not slot.latercall:
                slot.latercall = call_later(held, self._latercall, slot)
            return
        super()._process_queue(slot)

    def _wait_for_download(self, slot: Slot, request: Request, *rest: Any) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        if self._session is not None:
            self._session.allowance.asked()
        return super()._wait_for_download(slot, request, *rest)

    @property
    def _session(self) -> CrawlSession | None:
        return getattr(self.crawler.spider, "session", None)
