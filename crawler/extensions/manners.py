"""Leaves a host alone that asks for it: Retry-After, a growing back-off on 429 and 503, and an end with a reason."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import cast

from scrapy import Request, Spider, signals
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.asyncio import create_looping_call

from archive.urls import host_of
from crawler import clock
from crawler.network.downloader import CountingDownloader
from crawler.network.retry_after import retry_after
from crawler.session import CrawlSession

logger = logging.getLogger(__name__)

REFUSALS = (429, 503)
SHORTEST = 0.25
"""Seconds of the first wait at a host without a delay, as one's own is; else ``PER_DELAY`` times the portal's delay. It
doubles."""
PER_DELAY = 5.0
LONGEST = 600.0
"""Seconds; a host that asks for more is left for another time instead of waited for."""
IN_A_ROW = 6
"""So many refusals without another answer between them end the crawl."""
SLOWEST = 60.0
"""Seconds between requests beyond which a host that keeps refusing is not slowed."""
GOOD_ANSWERS = 20
"""After so many answers without a refusal a host's slowness is halved."""
TICK = 1.0


@dataclass
class Host:
    """What one host said lately. ``floor``: seconds between requests that AutoThrottle may not go below."""

    refusals: int = 0
    good: int = 0
    floor: float = 0.0


class Manners:
    """Judges every answer as it comes off the wire, before the next request of its host begins."""

    def __init__(self, crawler: Crawler):
        self._crawler = crawler
        self._hosts: dict[str, Host] = {}
        self._loop = create_looping_call(self.tick)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Manners:
        """Scrapy's constructor."""
        extension = cls(crawler)
        crawler.signals.connect(extension.opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.closed, signal=signals.spider_closed)
        crawler.signals.connect(extension.answered, signal=signals.response_downloaded)
        return extension

    def opened(self, spider: Spider) -> None:
        """Begin to look at the clock: quiet hours may begin while a host is waited for."""
        self._loop.start(TICK, now=False)

    def closed(self, spider: Spider) -> None:
        """Stop looking."""
        if self._loop.running:
            self._loop.stop()

    def tick(self) -> None:
        """Give back what waits in the queues once nothing more may be asked for."""
        session = self._session
        if session is not None and session.may_not_ask() is not None:
            self._downloader.look_again()

    def answered(self, response: Response, request: Request) -> None:
        """Signal handler of every answer, redirects and errors too."""
        key = request.meta.get("download_slot") or host_of(request.url)
        slot, session = self._downloader.slots.get(key), self._session
        if slot is None or session is None:
            return
        host = self._hosts.setdefault(key, Host())
        if response.status in REFUSALS:
            self._refused(session, host, slot, key, response)
        else:
            host.refusals = 0
            host.good += 1
            if host.good % GOOD_ANSWERS == 0:
                host.floor = host.floor / 2 if host.floor > 2 * SHORTEST else 0.0
        slot.delay = max(slot.delay, host.floor)

    def _refused(self, session: CrawlSession, host: Host, slot: Slot, key: str, response: Response) -> None:
        delay = session.portal.http.delay
        host.refusals += 1
        host.good = 0
        host.floor = min(max(2 * host.floor, 2 * delay, SHORTEST / 2), SLOWEST)
        session.counts["refusals"] += 1
        own = min(max(SHORTEST, PER_DELAY * delay) * 2 ** (host.refusals - 1), LONGEST)
        asked = retry_after(response.headers.get("Retry-After"), clock.now())
        wait = max(own, asked or 0.0) if asked is None or asked > 0 else own
        said = f"{key} answered HTTP {response.status}"
        if asked is not None and asked > LONGEST:
            for_long = f"for {asked:.0f} seconds" if asked < 10**8 else "for years"
            session.give_up(f"{said} and asks to be left alone {for_long}: stopped, run it again later")
        elif host.refusals >= IN_A_ROW:
            session.give_up(
                f"{said} {host.refusals} times in a row, though asked ever more slowly: stopped, run it again later"
            )
        else:
            logger.info("%s: waiting %.0f seconds", said, wait)
            self._downloader.hold(slot, wait)
            return
        self._downloader.look_again()

    @property
    def _session(self) -> CrawlSession | None:
        return getattr(self._crawler.spider, "session", None)

    @property
    def _downloader(self) -> CountingDownloader:
        assert self._crawler.engine is not None  # it runs
        return cast(CountingDownloader, self._crawler.engine.downloader)
