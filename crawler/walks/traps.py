"""Crawl traps have names: an endless pager, a list that repeats itself, a redirect in a circle. Each ends by rule."""

from __future__ import annotations

from typing import Literal

from archive.findings import save_finding
from crawler import clock
from crawler.session import CrawlSession

Trap = Literal["endless-pager", "list-repeats", "redirect-loop", "session-ids"]


def note_trap(
    session: CrawlSession,
    message: str,
    location: str,
    trap: str,
    *,
    directory_id: int | None = None,
    sighting_id: int | None = None,
) -> None:
    """Keep a finding ``crawl-trap``; ``location`` is the directory's key or the address's url_key."""
    at = clock.stamp()
    session.journal.add(
        lambda db: save_finding(
            db,
            "crawl-trap",
            "warning",
            message,
            at=at,
            portal=session.portal.id,
            location=f"{location}:{trap}",
            data={"trap": trap},
            directory_id=directory_id,
            sighting_id=sighting_id,
            crawl_id=session.crawl_id,
        )
    )
