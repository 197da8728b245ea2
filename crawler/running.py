"""Runs crawls of one or several portals in this process and gathers what became of them."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from archive.layout import DataDirectory
from archive.lock import PortalLocked
from crawler.fetching import hush_scrapy
from crawler.health import CrawlVerdict, WalkReport
from crawler.options import CrawlOptions
from crawler.portals.model import Portal
from crawler.shutdown import Shutdown, stop_reactor
from crawler.spiders.directory import REFUSALS, DirectorySpider
from crawler.spiders.loader import spider_for
from pipelines.workers.pool import close_shared_pool, shared_pool

AT_ONCE = 8
"""Portals crawled side by side; each has its own hosts, which are asked one request at a time all the same."""


@dataclass
class CrawlReport:
    """One portal's crawl, over: ``error`` is what kept it from running or from writing, if anything did."""

    portal: Portal
    crawl_id: str | None = None
    resumed: bool = False
    verdict: CrawlVerdict | None = None
    counts: dict[str, int] = field(default_factory=dict)
    walks: list[WalkReport] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    error: BaseException | None = None

    @property
    def locked(self) -> bool:
        """Whether another run holds the portal."""
        return isinstance(self.error, PortalLocked)

    @property
    def trouble(self) -> bool:
        """Whether the command must not exit 0 for it."""
        return self.error is not None or self.verdict is None or self.verdict.trouble

    def to_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "portal": self.portal.id,
            "crawl": self.crawl_id,
            "resumed": self.resumed,
            "completeness": self.verdict.completeness if self.verdict else None,
            "verdict": self.verdict.verdict if self.verdict else "failed",
            "reasons": self.verdict.reasons if self.verdict else [str(self.error)],
            "counts": self.counts,
            "walks": [{name: getattr(walk, name) for name in walk.__slots__} for walk in self.walks],
            "failures": self.failures,
            "error": str(self.error) if self.error else None,
        }


def crawl_settings(
    data: DataDirectory, *, progress: bool = True, line_seconds: float | None = None
) -> Settings:
    """Scrapy's settings for a crawl into ``data``; ``line_seconds``: between the lines that it says away from a terminal."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("GONGKAI_DATA", str(data.root), priority="cmdline")
    settings.set("GONGKAI_PROGRESS", "auto" if progress else "off", priority="cmdline")
    if line_seconds is not None:
        settings.set("GONGKAI_PROGRESS_SECONDS", line_seconds, priority="cmdline")
    return settings


def run_crawls(
    portals: Sequence[Portal],
    data: DataDirectory,
    options: CrawlOptions,
    *,
    progress: bool = True,
    line_seconds: float | None = None,
) -> list[CrawlReport]:
    """Crawl the portals side by side and return one report each, in their order.

    SIGINT and SIGTERM end the crawls cleanly: what was fetched is committed and can be gone on with. Runs Twisted's
    reactor, so it can be called once a process.
    """
    process = AsyncCrawlerProcess(crawl_settings(data, progress=progress, line_seconds=line_seconds))
    hush_scrapy()
    logging.getLogger(REFUSALS).setLevel(logging.CRITICAL)  # the reports have them
    crawlers: dict[str, Crawler] = {}
    errors: dict[str, BaseException] = {}
    gate = asyncio.Semaphore(AT_ONCE)

    async def crawl(portal: Portal) -> None:
        async with gate:
            if shutdown.begun:
                return
            crawlers[portal.id] = process.create_crawler(spider_for(portal, data, options))
            try:
                await process.crawl(crawlers[portal.id])
            except Exception as failure:
                errors[portal.id] = failure

    async def crawl_all() -> None:
        await asyncio.gather(*(crawl(portal) for portal in portals))
        stop_reactor()

    def begun() -> list[DirectorySpider]:
        spiders = (crawler.spider for crawler in crawlers.values())
        return [spider for spider in spiders if isinstance(spider, DirectorySpider)]

    shutdown = Shutdown(process, begun)
    _collect_seldom()
    loop = asyncio.get_event_loop()
    tasks: list[asyncio.Task[None]] = []
    loop.call_soon(lambda: tasks.append(loop.create_task(crawl_all())))
    loop.call_soon(shutdown.install, loop)
    shared_pool().start()
    try:
        process.start(stop_after_crawl=False, install_signal_handlers=False)
    finally:
        close_shared_pool()
    return [_report(portal, crawlers.get(portal.id), errors.get(portal.id)) for portal in portals]


def _collect_seldom() -> None:
    """Keep Python's cycle collector off the hot path: a page's tree is thousands of objects that die with it.

    What is loaded by now lives for ever and is left out of every collection.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _report(portal: Portal, crawler: Crawler | None, error: BaseException | None) -> CrawlReport:
    spider = crawler.spider if crawler is not None else None
    if not isinstance(spider, DirectorySpider):
        return CrawlReport(portal, error=error or RuntimeError("the crawl did not start"))
    report = CrawlReport(portal, verdict=spider.outcome, error=error or spider.refusal)
    if spider.session is not None:
        report.crawl_id = spider.session.crawl_id
        report.resumed = spider.session.resumed
        report.counts = dict(spider.session.counts)
        report.walks = spider.session.walks
        report.failures = spider.session.failures
    return report


def interrupted(reports: Sequence[CrawlReport]) -> bool:
    """Whether a signal ended any of the crawls."""
    return any(report.verdict is not None and report.verdict.verdict == "interrupted" for report in reports)
