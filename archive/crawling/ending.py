"""A crawl ends: what its verdict does to the archive, in a live crawl and again when its captures are replayed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from archive.crawling.crawls import finish_crawl, suspend_crawl
from archive.crawling.walks import drop_cursors
from archive.history.quarantine.crawl import mark_quarantine
from archive.history.quarantine.unfinished import settle


def end_crawl(
    db: Database, crawl_id: str, portal: str, verdict: Mapping[str, Any], stats: Mapping[str, Any], *, at: str
) -> None:
    """Write the verdict, inside the caller's transaction; its keys are those of the event ``crawl-verdict``.

    ``resumable``: the crawl stays open. ``quarantine``: why what its pages say is held back, or None; the crawl is
    marked for it, and :func:`archive.history.quarantine.crawl.quarantine_steps` does it.
    """
    reasons, quarantine = verdict["reasons"], verdict.get("quarantine")
    if verdict["resumable"]:
        suspend_crawl(db, crawl_id, reasons=reasons, stats=stats, at=at)
        return
    finish_crawl(
        db,
        crawl_id,
        completeness=verdict["completeness"],
        verdict=verdict["verdict"],
        reasons=reasons,
        stats=stats,
        at=at,
    )
    if quarantine is not None:
        drop_cursors(db, crawl_id)
        mark_quarantine(db, crawl_id, quarantine, at)
    else:
        settle(db, portal, at)


def holds_back(verdict: Mapping[str, Any]) -> bool:
    """Whether what the crawl read is held back now: of an interrupted one, the next command does it."""
    return verdict.get("quarantine") is not None and verdict["verdict"] != "interrupted"
