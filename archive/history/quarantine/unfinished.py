"""Work that a killed process left: whoever works on the portal next goes on with it first."""

from __future__ import annotations

from collections.abc import Iterator

from sqlite_utils import Database

from archive.history.quarantine import marks
from archive.history.quarantine.crawl import RULE, quarantine_steps
from archive.history.quarantine.release import release_steps, resolve_finding, waiting
from archive.history.quarantine.steps import Step, run

_OPEN = "SELECT crawl_id FROM findings WHERE rule = ? AND portal = ? AND resolved_at IS NULL AND crawl_id IS NOT NULL"


def unfinished_steps(db: Database, portal: str) -> Iterator[Step]:
    """What is left of the portal's quarantines, then of its releases; nothing as a rule."""
    for crawl_id in marks.unfinished(db, portal, "quarantine"):
        yield from quarantine_steps(db, crawl_id)
    if releases := marks.unfinished(db, portal, "release"):
        yield from release_steps(db, portal, releases)


def finish_unfinished(db: Database, portal: str) -> None:
    """Do :func:`unfinished_steps`, in transactions of their own. Whoever calls it holds the portal's lock."""
    run(db, unfinished_steps(db, portal))


def settle(db: Database, portal: str, at: str) -> None:
    """Resolve the findings of crawls of which nothing is held back any more, because later visits were good.

    Inside the caller's transaction, with the verdict of a crawl that is not quarantined itself.
    """
    crawls = [row[0] for row in db.execute(_OPEN, [RULE, portal]).fetchall()]
    held_back = {row.crawl_id for row in waiting(db, portal)} if crawls else set()
    for crawl_id in crawls:
        if crawl_id not in held_back:
            resolve_finding(db, portal, crawl_id, at)
