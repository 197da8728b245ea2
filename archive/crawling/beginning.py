"""A crawl begins: what is done then in a live crawl, and again when its captures are replayed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from archive.crawling.crawls import finish_crawl, open_crawl, start_crawl
from archive.crawling.walks import drop_cursors


def begin_crawl(
    db: Database,
    crawl_id: str,
    *,
    portal: str,
    command: str,
    options: Mapping[str, Any],
    config_hash: str,
    software: str,
    vantage: str | None,
    at: str,
) -> None:
    """Start a crawl; one of the same command that never ended is over, since another one follows it.

    What was cut off of its sweeps is kept for whoever goes on with them.
    """
    previous = open_crawl(db, portal, command)
    if previous is not None and previous["id"] != crawl_id:
        drop_cursors(db, previous["id"], but_sweeps=True)
        finish_crawl(
            db,
            previous["id"],
            completeness="incomplete",
            verdict="interrupted",
            reasons=["the crawl was interrupted and another one followed"],
            stats=previous["stats"],
            at=at,
        )
    start_crawl(
        db,
        id=crawl_id,
        portal=portal,
        command=command,
        options=options,
        config_hash=config_hash,
        software=software,
        vantage=vantage,
        at=at,
    )
