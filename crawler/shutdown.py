"""Ending a run on SIGINT or SIGTERM: cleanly, and in a few seconds, whatever the portals are doing.

Scrapy waits for every request that it has taken; behind a portal that hangs, or under a long delay, that can be
minutes. Here the crawls stop asking at once, what is on the wire gets a grace, and then the verdicts are written:
an unfinished document is still due, so nothing is lost by not waiting for it. A second signal ends the grace.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterable

from scrapy.crawler import AsyncCrawlerProcess
from twisted.internet.error import ReactorNotRunning

from crawler.spiders.directory import DirectorySpider

GRACE_SECONDS = 4.0
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Shutdown:
    """Installs the signal handlers of a run; ``spiders`` gives those that have begun."""

    def __init__(self, process: AsyncCrawlerProcess, spiders: Callable[[], Iterable[DirectorySpider]]):
        self._process = process
        self._spiders = spiders
        self._tasks: list[asyncio.Task[None]] = []
        self.begun = False

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        """Handle both signals on ``loop``, which runs the reactor."""
        for number in SIGNALS:
            loop.add_signal_handler(number, self._signalled, loop)

    def _signalled(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.begun:
            self._tasks.append(loop.create_task(self._end()))
            return
        self.begun = True
        for spider in self._spiders():
            if spider.session is not None and spider.session.stopping is None:
                spider.session.stopping = "interrupted"
        self._tasks.append(loop.create_task(self._stop()))
        self._tasks.append(loop.create_task(self._end_after_grace()))

    async def _stop(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await self._process.stop()
        stop_reactor()

    async def _end_after_grace(self) -> None:
        await asyncio.sleep(GRACE_SECONDS)
        await self._end()

    async def _end(self) -> None:
        for spider in self._spiders():
            await spider.finish(spider, "shutdown")
        stop_reactor()


def stop_reactor() -> None:
    """Stop Twisted's reactor, unless somebody did."""
    from twisted.internet import reactor

    if reactor.running:
        with contextlib.suppress(ReactorNotRunning):
            reactor.stop()  # type: ignore[misc]
