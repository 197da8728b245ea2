"""Fetches one page outside any archive, under the same guard, limits and politeness as a crawl (`gongkai extract URL`)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

import scrapy
from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from archive.layout import DataDirectory
from archive.urls import host_of
from crawler.challenges import recognise
from crawler.contact import user_agent
from crawler.fetching import describe, http_settings, hush_scrapy
from crawler.network.guard import POLICY
from crawler.portals.model import Portal
from pipelines.bundle import Part


class FetchError(Exception):
    """There is no page to read; one sentence says why and what to do."""


class _OnePage(scrapy.Spider):
    name = "one-page"
    url: ClassVar[str]
    answer: Response | None = None
    problem: str | None = None

    async def start(self) -> AsyncIterator[Any]:
        yield Request(self.url, callback=self.parse, errback=self.failed, meta={"role": "document"})

    def parse(self, response: Response, **kwargs: Any) -> None:
        self.answer = response

    def failed(self, failure: Failure) -> None:
        assert failure.value is not None
        self.problem = describe(failure.value)


def fetch(
    url: str,
    portal: Portal | None = None,
    *,
    data: DataDirectory | None = None,
    allow_private_hosts: bool = False,
) -> Part:
    """The page at ``url`` as a part; ``portal`` gives its ``[http]``, the archive in ``data`` the contact.

    Runs Twisted's reactor, so it can be called once a process. Raises :class:`FetchError`.
    """
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(
        {"ITEM_PIPELINES": {}, "EXTENSIONS": {}, "GONGKAI_PROGRESS": "off", "AUTOTHROTTLE_ENABLED": False},
        priority="cmdline",
    )
    if portal is not None:
        settings.setdict(http_settings(portal.http) | {"AUTOTHROTTLE_ENABLED": False}, priority="cmdline")
    if data is not None:
        settings.set("USER_AGENT", user_agent(data), priority="cmdline")
    if allow_private_hosts or (portal is not None and portal.http.allow_private_hosts):
        POLICY.allow(host_of(url))
    process = AsyncCrawlerProcess(settings)
    hush_scrapy()
    crawler = process.create_crawler(type("OnePage", (_OnePage,), {"url": url}))
    process.crawl(crawler)
    process.start()
    spider = crawler.spider
    answer = getattr(spider, "answer", None)
    if answer is None:
        reason = getattr(spider, "problem", None) or "no answer"
        named = reason.startswith(url[:200])  # by whoever refused the request
        raise FetchError(reason if named else f"{url} could not be fetched: {reason}")
    challenge = recognise(answer.status, answer.body)
    if challenge is not None:
        raise FetchError(
            f"{url} answered with a challenge ({challenge}), not with the page: save it with a browser and extract the file"
        )
    if answer.status >= 400:
        raise FetchError(f"{url} answered HTTP {answer.status}: check the address")
    header = answer.headers.get("Content-Type")
    return Part(answer.url, answer.body, header.decode("latin-1") if header else None)
