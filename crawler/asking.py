"""Asking a host for answers outside any archive, under the same guard, robots.txt, limits and politeness as a crawl."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Mapping
from typing import Any, TypeVar

import scrapy
from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings

from crawler.fetching import asker, hush_scrapy

Ask = Callable[[Request], Awaitable[Response]]
Result = TypeVar("Result")


class Interrupted(KeyboardInterrupt):
    """A signal ended it before it was done."""


def run_asking(
    work: Callable[[Ask], Awaitable[Result]],
    *,
    settings: Mapping[str, Any],
    hosts: Container[str] | None = None,
) -> Result:
    """What ``work`` returns, given a function that asks for one answer; ``settings`` are laid over a crawl's.

    ``hosts`` (``host:port``) are those that may be asked, None for any. Raises what ``work`` raises, and
    :class:`Interrupted`. Runs Twisted's reactor: once a process.
    """
    every = Settings()
    every.setmodule("crawler.settings", priority="project")
    every.setdict({"ITEM_PIPELINES": {}, "GONGKAI_PROGRESS": "off", **settings}, priority="cmdline")
    done: list[Result] = []
    failed: list[Exception] = []
    allowed = hosts

    class Asking(scrapy.Spider):
        name = "asking"
        hosts = allowed

        async def start(self) -> AsyncIterator[Any]:
            try:
                done.append(await work(asker(self.crawler)))
            except Exception as error:  # raised again outside of Scrapy, which would only log it
                failed.append(error)
            except asyncio.CancelledError:
                pass  # a signal ended the engine, and with it what was waited for
            return
            yield  # an async generator, as Scrapy wants one

    process = AsyncCrawlerProcess(every)
    hush_scrapy()
    process.crawl(process.create_crawler(Asking))
    process.start()
    if failed:
        raise failed[0]
    if not done:
        raise Interrupted
    return done[0]
