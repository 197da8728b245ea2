"""The spider's listing half: each directory of the portal is walked, page by page into the archive."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from sqlite_utils import Database

from archive.crawling.delisting import first_absent
from archive.crawling.entries import listed_count
from archive.crawling.walks import (
    EMPTY_WALKS,
    WalkCounts,
    empty_in_the_last,
    finish_walk,
    last_complete_sweep,
    open_sweep,
    start_walk,
    walk_counts,
)
from crawler import clock
from crawler.absence.absence import Absence
from crawler.engines import ENGINES
from crawler.engines.base import Entry, ListingPage, ListingRequest
from crawler.health import WalkReport
from crawler.portals.model import Directory
from crawler.portals.plan import config_hash, plan
from crawler.session import CrawlSession
from crawler.spiders.listing_steps import ListingSteps
from crawler.walks.passage import Passage
from crawler.walks.steps import Mode, Outcome, walk_state
from crawler.walks.traps import note_trap
from crawler.walks.walk import Walk

logger = logging.getLogger(__name__)


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
    """One walk through the directory; where an earlier crawl's sweep was cut off, a look at the head and then its rest."""
    directory_id = session.directories[directory.key]
    mode = _mode(session, directory_id)
    begun = _cut_off(session, directory_id) if mode == "sweep" else None
    if begun is None:
        await _walk_once(session, directory, mode, session.crawl_id)
    elif await _walk_once(session, directory, "head", session.crawl_id) and not session.over:
        await _walk_once(session, directory, mode, begun)


def _cut_off(session: CrawlSession, directory_id: int) -> str | None:
    """The earlier crawl whose sweep of the directory is gone on with.

    Not one that is older than a sweep may be, nor one of another portal file, whose cursor may lead elsewhere.
    """
    begun = open_sweep(session.reader, directory_id)
    if begun is None or begun.crawl_id == session.crawl_id:
        return None
    age = clock.now() - clock.parse_stamp(begun.started_at)
    fresh = age < timedelta(days=session.portal.schedule.sweep_days)
    return begun.crawl_id if fresh and begun.config_hash == config_hash(session.portal) else None


async def _walk_once(session: CrawlSession, directory: Directory, mode: Mode, crawl_id: str) -> bool:
    """A walk of the crawl ``crawl_id``; whether the directory could be read."""
    planned = plan(session.portal, directory, clock.day())
    directory_id = session.directories[directory.key]
    at = clock.stamp()
    of = crawl_id if crawl_id != session.crawl_id else None
    started = {"directory": directory.key, "mode": mode, "at": at}
    session.record_event("walk-started", started | ({"of": of} if of else {}))
    row = await session.journal.commit(lambda db: start_walk(db, directory_id, crawl_id, mode, at))
    if row["finished_at"] is not None:
        # Walked to its end before the crawl was interrupted: its verdict counts for the crawl all the same.
        counts = walk_counts(session.reader, row["id"])
        report = WalkReport(directory.key, directory.name, mode, row["verdict"], row["reason"], *counts)
        session.walks.append(report)
        return True
    start, memory, seen = walk_state(row)
    steps = ListingSteps(
        session, planned, directory_id, row["id"], mode, position=memory.get("position", seen), of=of
    )
    if directory.expect == "single":
        outcome = await _single(steps)
    else:
        outcome = await Walk(
            plan=planned,
            engine=ENGINES[planned.engine],
            steps=steps,
            mode=mode,
            max_pages=session.max_listing_pages,
            start=start,
            passage=Passage.remembered(memory),
            drifted=bool(memory.get("second")),
            seen=walk_counts(session.reader, row["id"]).entries_seen,
            known=listed_count(session.reader, directory_id),
            empty_before=empty_in_the_last(session.reader, directory_id, EMPTY_WALKS),
        ).run()
    if outcome.verdict == "complete" and await _shows_the_error_page(session, directory, steps):
        reason = "the listing is the page that the portal shows for addresses that do not exist"
        outcome = replace(outcome, verdict="incomplete", reason=reason)
    await _conclude(session, directory, steps, outcome)
    return outcome.verdict in ("complete", "empty-as-expected")


async def _shows_the_error_page(session: CrawlSession, directory: Directory, steps: ListingSteps) -> bool:
    """Before entries are delisted: whether the portal answers the same to everything, its listings too."""
    if steps.mode == "head" or directory.capped:
        return False
    absent = first_absent(session.reader, steps.walk_id)
    if absent is None:
        return False
    session.absence = session.absence or Absence(session)
    await session.absence.learn(absent, directory.key)
    return session.absence.answers_for(steps.directory_id)


async def _conclude(
    session: CrawlSession, directory: Directory, steps: ListingSteps, outcome: Outcome
) -> None:
    at, walk_id = clock.stamp(), steps.walk_id
    proves_absence = outcome.settled and not directory.capped

    def conclude(db: Database) -> WalkCounts:
        if not outcome.stopped:
            finish_walk(
                db,
                walk_id,
                verdict=outcome.verdict,
                reason=outcome.reason,
                drifted=outcome.drifted,
                at=at,
                proves_absence=proves_absence,
            )
        return walk_counts(db, walk_id)

    if outcome.trap is not None:
        message = f"{directory.name}: {outcome.reason}"
        note_trap(session, message, outcome.trap, directory=directory.key)
    steps.record_event(
        "walk",
        {
            "directory": directory.key,
            "mode": steps.mode,
            "verdict": outcome.verdict,
            "reason": outcome.reason,
            "drifted": outcome.drifted,
            "stopped": outcome.stopped,
            "proves_absence": proves_absence,
            "at": at,
        },
    )
    counts = await session.journal.commit(conclude)
    report = WalkReport(
        directory.key,
        directory.name,
        steps.mode,
        outcome.verdict,
        outcome.reason,
        *counts,
        stopped=outcome.stopped,
    )
    session.walks.append(report)


def _mode(session: CrawlSession, directory_id: int) -> Mode:
    """``head`` unless a full walk is asked for or due."""
    if session.options.command == "backfill":
        return "backfill"
    last = last_complete_sweep(session.reader, directory_id)
    patience = timedelta(days=session.portal.schedule.sweep_days)
    due = last is None or clock.now() - clock.parse_stamp(last) >= patience
    return "sweep" if session.options.sweep or due else "head"


async def _single(steps: ListingSteps) -> Outcome:
    """A directory that is one page: the page is its only entry."""
    url = steps.plan.url
    if url is None:
        return Outcome("failed", "the directory has no url: a single page needs one")
    request = ListingRequest(url=url)
    fetched = await steps.fetch(request)
    if fetched.blocked:
        return Outcome("blocked", f"the page answered with a challenge ({fetched.blocked})")
    if fetched.problem is not None and (stop := steps.stop_after()) is not None:
        return Outcome("incomplete", stop, stopped=True)
    if fetched.problem is not None:
        return Outcome("failed", fetched.problem)
    page = ListingPage(entries=(Entry(url=url, title=None),))
    if reason := await steps.refuse(fetched, page):
        return Outcome("failed", reason)
    await steps.record(fetched, page, first=True, following=None, memory={})
    return Outcome("complete")
