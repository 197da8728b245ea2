"""The spider's listing half: each directory of the portal is walked, page by page into the archive."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from sqlite_utils import Database

from archive.crawls import finish_walk, start_walk
from crawler import clock
from crawler.engines import ENGINES
from crawler.engines.base import Entry, ListingPage, ListingRequest
from crawler.health import WalkReport
from crawler.portals.model import Directory
from crawler.portals.plan import plan
from crawler.session import CrawlSession
from crawler.spiders.listing_steps import ListingSteps
from crawler.walks.steps import Mode, Outcome, walk_state
from crawler.walks.traps import note_trap
from crawler.walks.walk import Walk

logger = logging.getLogger(__name__)

EMPTY_CRAWLS = 5
"""A directory that was empty in this many crawls in a row is expected to be empty (DESIGN §7)."""


async def walk_all(session: CrawlSession) -> None:
    """Walk every directory that the options name, one after the other (they share a host)."""
    for directory in session.portal.directories:
        if session.options.directory not in (None, directory.key) or session.over:
            continue
        try:
            await _walk(session, directory)
        except Exception as error:
            if session.over:
                raise  # the disk, which no other directory would survive
            logger.exception("%s: the walk through %s failed", session.portal.id, directory.key)
            reason = f"internal error: {type(error).__name__}: {error}"
            session.walks.append(
                WalkReport(directory.key, directory.name, "sweep", "failed", reason, 0, 0, 0, None)
            )


async def _walk(session: CrawlSession, directory: Directory) -> None:
    planned = plan(session.portal, directory, clock.day())
    directory_id = session.directories[directory.key]
    mode = _mode(session, directory_id)
    at = clock.stamp()
    row = await session.journal.commit(lambda db: start_walk(db, directory_id, session.crawl_id, mode, at))
    if row["finished_at"] is not None:
        return  # walked to its end before the crawl was interrupted
    steps = ListingSteps(session, planned, directory_id, row["id"], mode, position=row["entries_seen"])
    if directory.expect == "single":
        outcome = await _single(steps)
    else:
        start, seen = walk_state(row)
        outcome = await Walk(
            plan=planned,
            engine=ENGINES[planned.engine],
            steps=steps,
            mode=mode,
            max_pages=session.max_listing_pages,
            start=start,
            seen=seen,
            empty_before=_was_empty(session.reader, directory_id),
        ).run()
    await _conclude(session, directory, steps, outcome)


async def _conclude(
    session: CrawlSession, directory: Directory, steps: ListingSteps, outcome: Outcome
) -> None:
    at, walk_id = clock.stamp(), steps.walk_id

    def conclude(db: Database) -> dict[str, Any]:
        if not outcome.stopped:
            finish_walk(
                db, walk_id, verdict=outcome.verdict, reason=outcome.reason, drifted=outcome.drifted, at=at
            )
        return next(
            iter(
                db.query(
                    "SELECT pages, entries_seen, entries_new, announced_total FROM walks WHERE id = ?",
                    [walk_id],
                )
            )
        )

    if outcome.trap is not None:
        message = f"{directory.name}: {outcome.reason}"
        note_trap(session, message, directory.key, outcome.trap, directory_id=steps.directory_id)
    walk = await session.journal.commit(conclude)
    report = WalkReport(
        directory=directory.key,
        name=directory.name,
        mode=steps.mode,
        verdict=outcome.verdict,
        reason=outcome.reason,
        pages=walk["pages"],
        entries=walk["entries_seen"],
        new=walk["entries_new"],
        announced=walk["announced_total"],
        stopped=outcome.stopped,
    )
    session.walks.append(report)
    session.record_event(
        "walk", {**{name: getattr(report, name) for name in report.__slots__}, "portal": session.portal.id}
    )


def _mode(session: CrawlSession, directory_id: int) -> Mode:
    """``head`` unless a full walk is asked for or due."""
    if session.options.command == "backfill":
        return "backfill"
    row = session.reader.execute(
        "SELECT last_complete_sweep_at FROM directories WHERE id = ?", [directory_id]
    ).fetchone()
    due = row is None or row[0] is None
    if not due:
        age = clock.now() - clock.parse_stamp(row[0])
        due = age >= timedelta(days=session.portal.schedule.sweep_days)
    return "sweep" if session.options.sweep or due else "head"


def _was_empty(db: Database, directory_id: int) -> bool:
    verdicts = db.execute(
        "SELECT entries_seen FROM walks WHERE directory_id = ? AND finished_at IS NOT NULL AND verdict <> 'failed'"
        " ORDER BY id DESC LIMIT ?",
        [directory_id, EMPTY_CRAWLS],
    ).fetchall()
    return len(verdicts) == EMPTY_CRAWLS and not any(row[0] for row in verdicts)


async def _single(steps: ListingSteps) -> Outcome:
    """A directory that is one page: the page is its only entry."""
    url = steps.plan.url
    if url is None:
        return Outcome("failed", "the directory has no url: a single page needs one")
    request = ListingRequest(url=url)
    fetched = await steps.fetch(request)
    if fetched.blocked:
        return Outcome("blocked", f"the page answered with a challenge ({fetched.blocked})")
    if fetched.problem is not None:
        return Outcome("failed", fetched.problem)
    await steps.record(request, fetched, ListingPage(entries=(Entry(url=url, title=None),)))
    return Outcome("complete")
