"""The thin Scrapy stages: extraction, then the archive. What they do is in the modules beside them and in the archive.

The item brings its own way into the archive (``archive``, ``fail``; ``done`` when it is over), so that no stage knows
the crawl around it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from archive.privacy import mask_record
from archive.record import Finding, Record
from pipelines.bundle import Bundle
from pipelines.decode import looks_binary
from pipelines.page import Unreadable
from pipelines.workers.pool import shared_pool


@dataclass(repr=False)
class DocumentItem:
    """One document on its way: what was fetched, then what it says."""

    bundle: Bundle = field(repr=False)  # a whole page in the log would drown the reason
    archive: Callable[[Record], Awaitable[Any]]
    fail: Callable[[str], None]
    done: Callable[[], None]
    is_file: bool = False
    findings: list[Finding] = field(default_factory=list)
    record: Record | None = field(default=None, repr=False)


class ExtractStage:
    """Bundle in, record out, by a worker process; a page that cannot be read is noted and dropped."""

    async def process_item(self, item: DocumentItem) -> DocumentItem:
        """Fill ``item.record``; raises ``DropItem`` for an unreadable page."""
        try:
            is_file = item.is_file or looks_binary(item.bundle.page.body) is not None
            item.record = await shared_pool().read(item.bundle, is_file)
        except Unreadable as error:
            item.fail(str(error))
            item.done()
            raise DropItem(str(error)) from error
        except Exception as error:
            # A page that breaks extraction is kept as a failed visit with its capture: it must not end a crawl.
            item.fail(f"extraction failed: {type(error).__name__}: {error}")
            item.done()
            raise
        item.record.findings.extend(item.findings)
        return item


class ArchiveStage:
    """The last stage: hand the record to the archive's writer. ``exports``: somebody asked for feeds (``-o``)."""

    def __init__(self, exports: bool = False):
        self._exports = exports

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchiveStage:
        """Scrapy's constructor."""
        return cls(bool(crawler.settings.getdict("FEEDS")))

    async def process_item(self, item: DocumentItem) -> DocumentItem | dict[str, Any]:
        """Archive ``item.record`` and return once it is committed; feeds get the record, masked."""
        assert item.record is not None  # the first stage dropped it otherwise
        try:
            await item.archive(item.record)
        finally:
            item.done()
        return mask_record(item.record.to_dict()) if self._exports else item
