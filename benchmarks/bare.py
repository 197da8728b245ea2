"""Bare Scrapy, the yardstick: fetches the addresses of a file and does nothing with them.

``python -m benchmarks.bare FILE CONCURRENCY`` exits 0 when every page came whole.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class BareSpider(scrapy.Spider):
    """One request an address, one look at the status."""

    name = "bare"
    addresses: tuple[str, ...] = ()
    fetched = 0

    async def start(self) -> AsyncIterator[Any]:
        """Every address once."""
        for address in self.addresses:
            yield scrapy.Request(address, dont_filter=True)

    def parse(self, response: Response, **kwargs: Any) -> None:
        """Count it."""
        self.fetched += response.status == 200


def main() -> None:
    """Fetch, and say by the exit code whether everything came."""
    addresses = tuple(Path(sys.argv[1]).read_text().split())
    process = AsyncCrawlerProcess(
        {
            "CONCURRENT_REQUESTS": int(sys.argv[2]),
            "CONCURRENT_REQUESTS_PER_DOMAIN": int(sys.argv[2]),
            "REMOTE_CONTROL_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "ERROR",
        }
    )
    crawler = process.create_crawler(type("Bare", (BareSpider,), {"addresses": addresses}))
    process.crawl(crawler)
    process.start()
    fetched = getattr(crawler.spider, "fetched", 0)
    sys.exit(0 if fetched == len(addresses) else f"{fetched} of {len(addresses)} pages came")


if __name__ == "__main__":
    main()
