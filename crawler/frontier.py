"""What a crawl asks for next: the archive is the frontier (DESIGN §7), this decides the order and the measure.

First addresses never visited and failing ones, then those that may be going (delisted, or gone on less than three
days), then known documents by age under the budget. Nothing is kept in memory but what is on its way, so a portal of any size fits, and a killed crawl goes on where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

from archive.crawling.frontier import Due, due, due_revisits, is_listed_in, newest_visit, visited_count
from crawler import clock
from crawler.absence.absence import Absence
from crawler.absence.presence import Presence
from crawler.marked import Marked
from crawler.session import WINDOW, CrawlSession

CHUNK = 200
"""Addresses read from the archive at once."""
FIRST_REVISITS = 1000
"""At the most so many addresses that may be going are asked for in a night, whatever the budget of the others: a
portal that was rearranged delists everything at once."""


async def documents(session: CrawlSession) -> AsyncIterator[Due]:
    """Every document that is due, as fast as the archive takes what came before.

    Each yielded entry holds a place of ``session.in_flight``, which whoever handles its answer gives back.
    """
    session.fetching_since = clock.monotonic()
    session.absence = session.absence or Absence(session)
    session.presence = Presence(session)
    revisits_before = _newest_visit(session)
    visited = Marked()
    async for entry in _pending(session):
        visited.add(entry.sighting_id)
        yield await _admitted(session, entry)
    async for entry in _going(session, revisits_before, visited):
        yield await _admitted(session, entry)
    async for entry in _revisits(session, revisits_before, visited):
        yield await _admitted(session, entry)
    await _drained(session)


async def _admitted(session: CrawlSession, entry: Due) -> Due:
    if session.absence is not None and entry.kind == "page":
        await session.absence.learn(entry.url, entry.directory_key)
    await session.in_flight.acquire()
    while session.journal.waiting > 4 * WINDOW and not session.over:
        await asyncio.sleep(0.05)
    return entry


async def _pending(session: CrawlSession) -> AsyncIterator[Due]:
    after = ""
    while True:
        chunk = due(
            session.reader,
            session.portal.id,
            at=clock.stamp(),
            crawl_id=session.crawl_id,
            after=after,
            limit=CHUNK,
        )
        if not chunk:
            return
        after = chunk[-1].url_key
        for entry in _within_options(session, chunk):
            if not _may_go_on(session):
                return
            yield entry


def _within_options(session: CrawlSession, chunk: list[Due]) -> Iterator[Due]:
    """What a bounded backfill asks for: an entry without a date is inside every range."""
    options = session.options
    for entry in chunk:
        day = entry.published_on
        too_early = day is not None and options.since is not None and day < options.since
        too_late = day is not None and options.until is not None and day > options.until
        if too_early or too_late:
            continue
        if options.directory is None or is_listed_in(session.reader, entry.sighting_id, options.directory):
            yield entry


async def _going(session: CrawlSession, before: str, visited: Marked) -> AsyncIterator[Due]:
    """What tonight's listings no longer name, and what was gone on the nights before: no budget saves them."""
    await _drained(session)
    left = FIRST_REVISITS
    while left > 0 and not session.over:
        fresh = _not_visited(session, before, visited, min(left, CHUNK), first=True)
        if not fresh:
            return
        left -= len(fresh)
        visited.update(entry.sighting_id for entry in fresh)
        for entry in _within_options(session, fresh):
            if not _may_go_on(session):
                return
            yield entry
        await _drained(session)


async def _revisits(session: CrawlSession, before: str, visited: Marked) -> AsyncIterator[Due]:
    budget = session.options.revisit
    if budget is None:
        budget = 0 if session.options.command == "backfill" else session.portal.schedule.revisit_budget
    known = visited_count(session.reader, session.portal.id, before)
    session.revisits_left = known if budget < 0 else min(budget, known)
    while session.revisits_left > 0 and not session.over:
        await _drained(session)
        size = min(session.revisits_left, CHUNK)
        fresh = _not_visited(session, before, visited, size)
        if not fresh:
            return
        for entry in fresh:
            if not _may_go_on(session):
                return
            session.revisits_left -= 1
            visited.add(entry.sighting_id)
            yield entry


def _not_visited(
    session: CrawlSession, before: str, visited: Marked, size: int, first: bool = False
) -> list[Due]:
    """The next known documents. A visit moves its address behind ``before``, unless the clock was set back."""
    for limit in (size, size + len(visited)):
        chunk = due_revisits(
            session.reader, session.portal.id, before=before, limit=limit, at=clock.stamp(), first=first
        )
        fresh = [entry for entry in chunk if entry.sighting_id not in visited][:size]
        if fresh or len(chunk) < limit:
            return fresh
    return []


def _newest_visit(session: CrawlSession) -> str:
    """One second after the newest visit before this crawl: times have whole seconds, and clocks are set back."""
    last = max(newest_visit(session.reader, session.portal.id) or "", session.started_at)
    return clock.stamp(clock.parse_stamp(last) + timedelta(seconds=1))


async def _drained(session: CrawlSession) -> None:
    """Wait until everything on its way has reached the archive: what is asked next must not see the past."""
    for _ in range(WINDOW):
        await session.in_flight.acquire()
    for _ in range(WINDOW):
        session.in_flight.release()
    if not session.over:
        await session.journal.commit(lambda db: None)


def _may_go_on(session: CrawlSession) -> bool:
    if session.over:
        return False
    if session.documents_left is None:
        return True
    if session.documents_left <= 0:
        session.limited = True
        return False
    session.documents_left -= 1
    return True
