"""Ends a crawl whose portal refuses every connection, instead of knocking once for each document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadConnectionRefusedError
from scrapy.http import Response

from archive.urls import host_of

if TYPE_CHECKING:
    from crawler.session import CrawlSession

IN_A_ROW = 15
"""So many refused connections to the portal's main host without one answer between them: five addresses, each tried
three times."""


class UnreachableMiddleware:
    """Next to the wire, so that it sees each attempt. Other hosts of a portal, such as one that keeps only its files,
    may be down without an end to the crawl."""

    def __init__(self, crawler: Crawler):
        self._crawler = crawler
        self._refused = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> UnreachableMiddleware:
        """Scrapy's constructor."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Any answer of the host begins the count anew."""
        session = self._session
        if session is not None and host_of(request.url) == host_of(session.portal.base_url):
            self._refused = 0
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count a refused connection; the last one ends the crawl with a reason."""
        session = self._session
        if session is None or not isinstance(exception, DownloadConnectionRefusedError):
            return
        host = host_of(session.portal.base_url)
        if host_of(request.url) != host:
            return
        self._refused += 1
        if self._refused == IN_A_ROW:
            session.give_up(
                f"{host} refused the connection {IN_A_ROW} times in a row: stopped, what was not asked for stays due;"
                " see whether the portal answers a browser, and run it again later"
            )

    @property
    def _session(self) -> CrawlSession | None:
        return getattr(self._crawler.spider, "session", None)
