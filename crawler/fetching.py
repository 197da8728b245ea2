"""Asking for one response inside a crawl, and saying in one sentence why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response

if TYPE_CHECKING:
    from scrapy import Spider


async def fetch(spider: Spider, request: Request) -> Response:
    """The answer to ``request`` through all downloader middlewares; raises what they or the network raise."""
    engine = spider.crawler.engine
    assert engine is not None  # a spider that runs has one
    return await engine.download_async(request)


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
        return f"the answer is larger than allowed ({text})"
    if isinstance(error, ResponseDataLossError):
        return "the answer was shorter than its Content-Length"
    if isinstance(error, DownloadFailedError):
        return f"the connection failed ({text})"
    return text or type(error).__name__
