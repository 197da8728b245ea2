"""The one spider: opens the portal's crawl, walks its directories, fetches what the frontier holds, judges the result.

There is one class; :mod:`crawler.spiders.loader` makes a subclass for each portal file. Listings are walked first and
committed page by page; documents are then taken from the archive, which is the frontier, so that memory does not
grow with the portal and a killed crawl goes on where it was.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import scrapy
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from archive.crawling.frontier import Due
from archive.layout import DataDirectory
from archive.lock import PortalLocked
from archive.migrations import NewerDatabase
from archive.urls import host_of
from crawler import frontier, health
from crawler.config_error import ConfigError
from crawler.contact import user_agent
from crawler.discovery.crawls import discover
from crawler.fetching import asker, http_settings
from crawler.mass_changes import mass_changes
from crawler.network.guard import POLICY
from crawler.nightly.settings import night_settings
from crawler.options import CrawlOptions
from crawler.portals.model import Portal
from crawler.quarantines import complaints
from crawler.session import CrawlSession
from crawler.spiders import attachments, documents, listings
from crawler.thresholds import DEFAULTS, Thresholds

logger = logging.getLogger(__name__)
REFUSALS = "crawler.refusals"
"""The logger that says why a crawl did not begin or broke off; ``gongkai`` says it in a sentence of its own."""
refusals = logging.getLogger(REFUSALS)

BEAT_SECONDS = 15.0


class DirectorySpider(scrapy.Spider):
    """Crawls one portal. The class attributes are set by the loader; ``outcome`` is there once it is closed."""

    portal: ClassVar[Portal]
    data: ClassVar[DataDirectory]
    options: ClassVar[CrawlOptions]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.session: CrawlSession | None = None
        self.outcome: health.CrawlVerdict | None = None
        self.refusal: BaseException | None = None
        self.hosts = self.portal.own_hosts
        self._finishing = asyncio.Lock()  # a signal may come while the verdict is being written

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Lay the portal file's ``[http]`` over the general settings."""
        super().update_settings(settings)
        own = http_settings(cls.portal.http) | {"USER_AGENT": user_agent(cls.data)}
        settings.setdict(own, priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> DirectorySpider:
        """Scrapy's constructor."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        if cls.portal.http.allow_private_hosts or cls.options.allow_private_hosts:
            for host in spider.hosts:
                POLICY.allow(host)
        if cls.portal.http.proxy:
            POLICY.allow(cls.portal.http.proxy)
        crawler.signals.connect(spider.finish, signal=signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Open the crawl, walk the listings, yield the frontier's documents, then ask for their files."""
        try:
            self.session = CrawlSession.open(
                self.portal,
                self.data,
                self.options,
                ask=asker(self.crawler),
                max_listing_pages=self.settings.getint("GONGKAI_MAX_LISTING_PAGES"),
            )
        except (PortalLocked, NewerDatabase, OSError, sqlite3.Error) as error:
            self.refusal = error
            refusals.error("%s: %s", self.portal.id, error)
            return
        beating = asyncio.ensure_future(self._beat(self.session))
        try:
            await self.session.go_on()
            await discover(self.session)
            if not self.session.portal.directories:
                self.session.problems.append(
                    "the portal file has no [[directories]]: write down at least one"
                )
            await listings.walk_all(self.session)
            async for due in frontier.documents(self.session):
                yield self.document_request(due)
            await attachments.fetch_all(self.session)
        except Exception as error:
            if not self.session.over:
                logger.exception("%s: the crawl broke off", self.portal.id)
                self.session.problems.append(f"internal error: {type(error).__name__}: {error}")
        finally:
            beating.cancel()

    async def _beat(self, session: CrawlSession) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            session.beat()

    async def parse(self, response: Response, **kwargs: Any) -> AsyncIterator[Any]:
        """A document's answer: an item for the pipelines, or an observation (gone, blocked, failed) in the archive."""
        assert self.session is not None  # documents are asked for inside a session
        item = None
        turn = self.session.visits.take()
        try:
            item = await documents.answer(self.session, response, response.meta["due"], turn)
        finally:
            if item is None:
                turn.end()
                self.session.in_flight.release()
        if item is not None:
            yield item  # the stages release it when it is archived or dropped

    def failed(self, failure: Failure) -> None:
        """A document that gave no answer."""
        assert self.session is not None and failure.value is not None
        request: Request = failure.request  # type: ignore[attr-defined]
        documents.no_answer(self.session, request.meta["due"], failure.value)
        self.session.in_flight.release()

    async def finish(self, spider: scrapy.Spider, reason: str) -> None:
        """Write the verdict and release the portal (signal ``spider_closed``)."""
        async with self._finishing:
            if self.session is not None and self.outcome is None:
                await self._finish(self.session, interrupted=reason == "shutdown")

    async def _finish(self, session: CrawlSession, *, interrupted: bool) -> None:
        if session.over and session.broken is not None:
            self.refusal = session.broken
            session.problems.append(f"the archive cannot be written: {session.broken}")
        limits = self._limits()
        self.outcome = health.judge(
            session.walks,
            session.counts,
            session.problems,
            interrupted=interrupted,
            limited=session.limited,
            paused=session.allowance.paused,
            pages=complaints(session.reader, self.portal, self.options.command, session.pages, limits),
            mass=await self._mass(session, limits) if not interrupted else (),
            portal=self.portal.id,
        )
        try:
            await session.close(self.outcome)
        except (OSError, sqlite3.Error) as error:
            self.refusal = error
            refusals.error("%s: the archive cannot be written: %s", self.portal.id, error)

    def _limits(self) -> Thresholds:
        """What crawls are judged by; ``gongkai nightly`` says what is wrong with the file."""
        try:
            return night_settings(self.data).health
        except ConfigError as error:
            logger.warning("%s: judged by the defaults: %s", self.portal.id, error)
            return DEFAULTS

    async def _mass(self, session: CrawlSession, limits: Thresholds) -> list[str]:
        """What went at once, once every visit is archived; nothing where the archive takes no more."""
        if session.broken is not None or session.journal.failure is not None:
            return []
        await session.journal.commit(lambda db: None)
        return mass_changes(session.reader, self.portal, session.crawl_id, limits)

    def document_request(self, due: Due) -> Request:
        """The request of one frontier entry; conditional where the portal gave a validator."""
        headers = {"If-None-Match": due.etag, "If-Modified-Since": due.last_modified}
        return Request(
            headers={name: value for name, value in headers.items() if value},
            url=due.url,
            callback=self.parse,
            errback=self.failed,
            dont_filter=True,  # the frontier decides what is asked again
            meta={"role": "document", "due": due, "download_slot": host_of(due.url)},
        )
