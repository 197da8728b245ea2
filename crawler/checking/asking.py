"""Asks a portal for a few answers without an archive: guard, robots.txt, limits and politeness as in a crawl."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, ClassVar

import scrapy
from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings

from archive.layout import DataDirectory
from crawler.contact import user_agent
from crawler.fetching import asker, http_settings, hush_scrapy
from crawler.network.guard import POLICY
from crawler.portals.model import Portal

Ask = Callable[[Request], Awaitable[Response]]
LEFT_ALONE = (429, 503)
"""Answers that ask for patience: they are not tried again, and nothing else is asked for."""


class Interrupted(Exception):
    """A signal ended it before it was done."""


class _Asking(scrapy.Spider):
    name = "asking"
    hosts: ClassVar[frozenset[str]]
    task: ClassVar[list[Callable[[Ask], Awaitable[None]]]]
    error: BaseException | None = None
    done = False

    async def start(self) -> AsyncIterator[Any]:
        try:
            await self.task[0](asker(self.crawler))
            self.done = True
        except Exception as error:  # raised again outside of Scrapy, which would only log it
            self.error = error
        for _ in ():
            yield _


def run_asking(
    portal: Portal,
    data: DataDirectory,
    task: Callable[[Ask], Awaitable[None]],
    *,
    allow_private_hosts: bool = False,
) -> None:
    """Run ``task`` with a function that asks ``portal``'s hosts, one request at a time as its ``[http]`` says.

    Raises what ``task`` raises, and :class:`Interrupted`. Runs Twisted's reactor: once a process.
    """
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    codes = [code for code in settings.getlist("RETRY_HTTP_CODES") if int(code) not in LEFT_ALONE]
    own = {
        "ITEM_PIPELINES": {},
        "EXTENSIONS": {"crawler.extensions.crawl_delay.CrawlDelay": 0},
        "GONGKAI_PROGRESS": "off",
        "RETRY_HTTP_CODES": codes,
        "USER_AGENT": user_agent(data),
    }
    settings.setdict(http_settings(portal.http) | own, priority="cmdline")
    if allow_private_hosts or portal.http.allow_private_hosts:
        for host in portal.own_hosts:
            POLICY.allow(host)
    if portal.http.proxy:
        POLICY.allow(portal.http.proxy)
    process = AsyncCrawlerProcess(settings)
    hush_scrapy()
    spider_class = type("Asking", (_Asking,), {"hosts": portal.own_hosts, "task": [task]})
    crawler = process.create_crawler(spider_class)
    process.crawl(crawler)
    process.start()
    spider = crawler.spider
    error = getattr(spider, "error", None)
    if error is not None:
        raise error
    if not getattr(spider, "done", False):
        raise Interrupted
