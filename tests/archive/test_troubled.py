"""Since when a portal is in trouble: the crawls that a repair learns from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlite_utils import Database

from archive.crawling.crawls import finish_crawl
from archive.history.quarantine.troubled import troubled
from archive.transaction import transaction


def nights(db: Database, add_crawl: Callable[..., None], *verdicts: tuple[str, int, dict[str, Any]]) -> None:
    """Crawls of December, each with its verdict, the pages that it read, and what else its stats say."""
    for number, (verdict, read, stats) in enumerate(verdicts, 1):
        at = f"2026-12-{number:02d}T02:00:00Z"
        add_crawl(f"night-{number}", "nightly", at)
        pages = {"reports": {"known": {"read": read, "title": read}}}
        with transaction(db):
            finish_crawl(
                db, f"night-{number}", completeness="complete", verdict=verdict, reasons=[],
                stats={"pages": pages, **stats}, at=at,
            )  # fmt: skip


HELD = {"quarantine": {"at": "x", "reason": "索引号"}}
RELEASED = {"quarantine": {"at": "x", "reason": "索引号", "released_at": "y"}}


def test_nothing_is_wrong_while_nothing_is_held_back(db: Database, add_crawl: Callable[..., None]) -> None:
    nights(db, add_crawl, ("ok", 40, {}), ("ok", 3, {}), ("ok", 40, {}))
    found = troubled(db, "sample")
    assert (found.bad, found.began) == ([], None) and found.good[0] == "night-3"


def test_the_trouble_begins_behind_the_last_good_crawl(db: Database, add_crawl: Callable[..., None]) -> None:
    """A night of three pages may have been the first of the new layout, and proves nothing."""
    nights(
        db, add_crawl, ("degraded", 40, HELD), ("ok", 40, {}), ("ok", 3, {}), ("degraded", 40, HELD), ("ok", 2, {}),
        ("degraded", 40, {}),
    )  # fmt: skip
    found = troubled(db, "sample")
    assert found.bad == ["night-6", "night-4"] and found.good == ["night-2"]
    assert found.began == "2026-12-03T02:00:00Z"


def test_what_somebody_released_is_how_the_portal_is_now(
    db: Database, add_crawl: Callable[..., None]
) -> None:
    nights(db, add_crawl, ("ok", 40, {}), ("degraded", 40, RELEASED))
    assert troubled(db, "sample").began is None


def test_a_small_portals_good_crawl_is_as_small(db: Database, add_crawl: Callable[..., None]) -> None:
    nights(db, add_crawl, ("ok", 6, {}), ("degraded", 6, {}))
    assert troubled(db, "sample").good == ["night-1"]
