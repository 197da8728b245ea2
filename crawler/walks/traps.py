"""Crawl traps have names: an endless pager, a list that repeats itself, a redirect in a circle. Each ends by rule."""

from __future__ import annotations

from typing import Any, Literal

from sqlite_utils import Database

from archive.crawling.frontier import sighting_id
from archive.crawling.portals import directory_id
from archive.findings import save_finding
from crawler import clock
from crawler.session import CrawlSession

Trap = Literal["endless-pager", "list-repeats", "redirect-loop", "session-ids"]


def note_trap(
    session: CrawlSession,
    message: str,
    trap: str,
    *,
    directory: str | None = None,
    sighting: str | None = None,
) -> None:
    """Keep a finding ``crawl-trap`` about a directory (its key) or an address (its url_key), in the WARC too."""
    found = {
        "message": message,
        "trap": trap,
        "directory": directory,
        "sighting": sighting,
        "at": clock.stamp(),
    }
    session.record_event("trap", found)
    session.journal.add(lambda db: save_trap(db, session.portal.id, session.crawl_id, found))


def save_trap(db: Database, portal: str, crawl_id: str, found: dict[str, Any]) -> None:
    """Write the finding that an event ``trap`` tells of."""
    directory, sighting = found["directory"], found["sighting"]
    save_finding(
        db,
        "crawl-trap",
        "warning",
        found["message"],
        at=found["at"],
        portal=portal,
        location=f"{directory or sighting}:{found['trap']}",
        data={"trap": found["trap"]},
        directory_id=directory_id(db, portal, directory) if directory else None,
        sighting_id=sighting_id(db, portal, sighting) if sighting else None,
        crawl_id=crawl_id,
    )
