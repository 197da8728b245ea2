"""Asking for one response inside a crawl, and saying in one sentence why there is none."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response

from crawler.portals.model import Http


def asker(crawler: Crawler) -> Callable[[Request], Awaitable[Response]]:
    """A function that gives the answer to a request through all downloader middlewares.

    It raises what they or the network raise.
    """

    async def ask(request: Request) -> Response:
        assert crawler.engine is not None  # a crawl that runs has one
        return await crawler.engine.download_async(request)

    return ask


def header_of(response: Response, name: str) -> str | None:
    """A header's value as text, byte by byte; None where it is absent or empty."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def hush_scrapy() -> None:
    """Keep Scrapy's own words about single requests out of the log: whoever asked keeps the reason and says it once."""
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    for name in ("retry", "robotstxt"):  # "Gave up retrying"; "Error downloading", with a traceback
        logging.getLogger(f"scrapy.downloadermiddlewares.{name}").setLevel(logging.CRITICAL)


def http_settings(http: Http) -> dict[str, Any]:
    """Scrapy's settings that a portal file's ``[http]`` stands for."""
    strict = http.tls == "strict"
    return {
        "DOWNLOAD_DELAY": http.delay,
        "AUTOTHROTTLE_START_DELAY": http.delay,
        "AUTOTHROTTLE_ENABLED": http.delay > 0,  # 0: one's own server, which wants no throttle
        "DOWNLOAD_TIMEOUT": http.timeout,
        "DOWNLOAD_MAXSIZE": http.max_bytes,
        "CONCURRENT_REQUESTS_PER_DOMAIN": http.concurrency,
        "CONCURRENT_REQUESTS": max(http.concurrency, 16),
        "DOWNLOAD_VERIFY_CERTIFICATES": strict,
        "DOWNLOADER_CLIENT_TLS_CIPHERS": "DEFAULT" if strict else "DEFAULT@SECLEVEL=1",
        "GONGKAI_PROXY": http.proxy,
    }


def describe(error: BaseException) -> str:
    """Why a request got no answer, for a person."""
    text = " ".join(str(error).split())[:300]
    if isinstance(error, CannotResolveHostError):
        return f"the host's name cannot be resolved ({text})"
    if isinstance(error, DownloadConnectionRefusedError):
        return f"the host refused the connection ({text})"
    if isinstance(error, DownloadTimeoutError):
        return f"no answer in time ({text})"
    if isinstance(error, DownloadCancelledError):
        return "the answer is larger than allowed" + (f" ({text})" if text else "")
    if isinstance(error, ResponseDataLossError):
        return "the answer was shorter than its Content-Length"
    if isinstance(error, DownloadFailedError):
        return f"the connection failed ({text})"
    return text or type(error).__name__
