"""Scrapy's downloader, which keeps to ``concurrency`` also where no delay spreads the requests."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from scrapy import Request
from scrapy.core.downloader import Downloader, Slot


class CountingDownloader(Downloader):
    """Counts a request as under way from the moment it is taken from its host's queue.

    Scrapy 2.19 starts a task for every queued request and counts it when the task first runs, so that without a
    delay all of them go out at once, whatever CONCURRENT_REQUESTS_PER_DOMAIN says.
    """

    def _wait_for_download(self, slot: Slot, request: Request, *rest: Any) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, *rest)
