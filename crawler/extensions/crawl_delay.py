"""Obeys ``Crawl-delay`` of robots.txt, which Scrapy parses and leaves to us (signal ``robots_parsed``)."""

from __future__ import annotations

import logging

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.robotstxt import RobotParser

from archive.urls import host_of

logger = logging.getLogger(__name__)

LONGEST = 60.0
"""Seconds; a larger Crawl-delay is a mistake or a way to say no, and is cut to this."""


class CrawlDelay:
    """Raises a host's delay, and the floor that AutoThrottle may not go below, to what its robots.txt asks."""

    def __init__(self, crawler: Crawler):
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CrawlDelay:
        """Scrapy's constructor."""
        extension = cls(crawler)
        crawler.signals.connect(extension.robots_parsed, signal=signals.robots_parsed)
        return extension

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Signal handler: ``request`` is the one that waits for the robots.txt of its host."""
        asked = robotparser.crawl_delay(self._crawler.settings["USER_AGENT"])
        if not asked:
            return
        delay = min(float(asked), LONGEST)
        host = host_of(request.url)
        engine = self._crawler.engine
        assert engine is not None  # it sent the request
        if delay <= self._crawler.settings.getfloat("DOWNLOAD_DELAY"):
            return
        logger.info("%s asks for %s seconds between requests", host, delay)
        engine.downloader.per_slot_settings.setdefault(host, {})["delay"] = delay
        throttle = self._crawler.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay = max(throttle.mindelay, delay)
        slot = engine.downloader.slots.get(host)
        if slot is not None:
            slot.delay = delay
