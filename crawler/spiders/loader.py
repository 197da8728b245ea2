"""Shows each portal file as a spider, so that ``scrapy list`` and ``scrapy crawl PORTAL`` work as Scrapy users expect."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from scrapy import Request
from scrapy.settings import BaseSettings

from archive.layout import DataDirectory
from archive.urls import host_of
from crawler.config_error import ConfigError
from crawler.options import CrawlOptions
from crawler.portals.loader import list_portals, load_portal
from crawler.portals.model import Portal
from crawler.spiders.directory import DirectorySpider

logger = logging.getLogger(__name__)


def data_directory(settings: BaseSettings) -> DataDirectory:
    """The data directory that Scrapy's settings, the environment or the default name."""
    return DataDirectory(Path(settings.get("GONGKAI_DATA") or os.environ.get("GONGKAI_DATA") or "data"))


def spider_for(
    portal: Portal, data: DataDirectory, options: CrawlOptions | None = None
) -> type[DirectorySpider]:
    """The spider class of one portal."""
    return type(
        f"DirectorySpider_{portal.id}",
        (DirectorySpider,),
        {
            "name": portal.id,
            "portal": portal,
            "data": data,
            "options": options or CrawlOptions(),
            "__module__": __name__,
        },
    )


class PortalSpiderLoader:
    """Scrapy's ``SpiderLoaderProtocol`` over portal files; a broken file is reported and leaves the others whole."""

    def __init__(self, settings: BaseSettings):
        self._data = data_directory(settings)

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> PortalSpiderLoader:
        """Scrapy's constructor."""
        return cls(settings)

    def _portals(self) -> Iterator[Portal]:
        portals, errors = list_portals(self._data)
        for error in errors:
            logger.error("%s", error)
        yield from portals

    def list(self) -> list[str]:
        """The ids of all portals."""
        return [portal.id for portal in self._portals()]

    def load(self, spider_name: str) -> type[DirectorySpider]:
        """The spider of a portal; raises ``KeyError`` when there is no such portal or its file is malformed."""
        try:
            return spider_for(load_portal(spider_name, self._data), self._data)
        except ConfigError as error:
            raise KeyError(str(error)) from error

    def find_by_request(self, request: Request) -> Sequence[str]:
        """The portals that have the request's host (for ``scrapy shell`` and ``scrapy fetch``)."""
        host = host_of(request.url)
        return [portal.id for portal in self._portals() if host in portal.own_hosts]
