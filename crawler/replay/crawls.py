"""The crawls that a portal's captures are of: begun as their events say, or known by their captures alone."""

from __future__ import annotations

from sqlite_utils import Database

from archive.captures.observation import SeenEvent
from archive.crawling.beginning import begin_crawl
from archive.crawling.crawls import start_crawl
from crawler.config_error import ConfigError
from crawler.portals.model import Portal
from crawler.portals.register import register
from crawler.portals.stored import portal_of
from crawler.replay.index import Index


class Crawls:
    """Sees to it that a crawl has its row before anything of it is applied."""

    def __init__(self, db: Database, portal: Portal, index: Index):
        self._db = db
        self._portal = portal
        self._index = index
        self._known: set[str] = set()

    def know(self, crawl_id: str, at: str) -> None:
        """A crawl whose beginning is damaged is a crawl all the same."""
        if crawl_id in self._known:
            return
        self._known.add(crawl_id)
        if self._has_crawl(crawl_id):
            return
        began = self._index.beginning(crawl_id)
        if began is not None:  # an import: its captures are older than itself
            self.started(began)
            return
        register(self._db, self._portal, at)
        start_crawl(
            self._db, id=crawl_id, portal=self._portal.id, command="rebuild", options={}, config_hash="",
            software="", vantage=None, at=at,
        )  # fmt: skip

    def started(self, event: SeenEvent) -> None:
        """Begin the crawl of an event ``crawl-started``."""
        data = event.data
        try:
            portal = portal_of(data["config"], f"crawl {event.crawl_id}")
        except (ConfigError, KeyError, TypeError):  # written by another version: what the file says today
            portal = self._portal
        register(self._db, portal, event.at)
        self._known.add(event.crawl_id)
        if self._has_crawl(event.crawl_id):
            return
        begin_crawl(
            self._db,
            event.crawl_id,
            portal=self._portal.id,
            command=data["command"],
            options=data["options"],
            config_hash=data["config_hash"],
            software=data["software"],
            vantage=data.get("vantage"),
            at=event.at,
        )

    def _has_crawl(self, crawl_id: str) -> bool:
        return self._db.conn.execute("SELECT 1 FROM crawls WHERE id = ?", (crawl_id,)).fetchone() is not None
