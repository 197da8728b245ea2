"""A proxy where the portal file names one; proxies of the environment are ignored, so that a crawl is the same everywhere."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.http import Response


class PortalProxyMiddleware(HttpProxyMiddleware):
    """Scrapy's proxy middleware (credentials, tunnels) fed from ``[http] proxy`` alone."""

    def __init__(self, auth_encoding: str = "latin-1", proxy: str | None = None):
        super().__init__(auth_encoding)
        self.proxies: dict[str, Any] = {}
        self._proxy = proxy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PortalProxyMiddleware:
        """Scrapy's constructor."""
        return cls(crawler.settings.get("HTTPPROXY_AUTH_ENCODING"), crawler.settings.get("GONGKAI_PROXY"))

    def process_request(self, request: Request, spider: Any = None) -> Request | Response | None:
        """Send the request through the portal's proxy, if it has one."""
        if self._proxy and "proxy" not in request.meta:
            request.meta["proxy"] = self._proxy
        return super().process_request(request)
