"""What becomes of a document's answer: a bundle for the pipelines, or an observation in the archive."""

from __future__ import annotations

import logging
from typing import Literal

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.captures.model import Capture
from archive.crawling.frontier import Due, fetch_failed
from archive.record import Finding
from archive.writer import touch, write_gone
from crawler import clock
from crawler.fetching import describe, header_of
from crawler.middlewares.capture import GONE
from crawler.network.downloader import Stopped
from crawler.portals.nearest import nearest_directory
from crawler.session import CrawlSession
from crawler.spiders.visits import DocumentVisit
from crawler.turns import Turn
from crawler.walks.traps import note_trap
from pipelines.bundle import Bundle, ListingFacts, Part, Wanted, wanted
from pipelines.decode import looks_binary
from pipelines.items import DocumentItem

logger = logging.getLogger(__name__)

FailureState = Literal["error", "blocked"]

MAX_REDIRECTS = "max redirections reached"
"""What Scrapy's redirect middleware says when it gives up."""
SHOWN_FAILURES = 5
"""Failing addresses that the summary names; all are in the archive."""
BLOCKED_IN_A_ROW = 5
"""So many challenges without one page between them end the fetching: asking on would only be impolite."""


async def answer(session: CrawlSession, response: Response, entry: Due, turn: Turn) -> DocumentItem | None:
    """An item for the pipelines, or None when the answer is an observation that is archived here.

    What it brings is archived when ``turn`` has come.
    """
    capture: Capture = response.meta["capture"]
    at = capture.fetched_at
    if not 200 <= response.status < 300 or capture.outcome != "content":
        await turn.come()
    if response.meta.get("challenge"):
        note_blocked(session, entry, capture, response.meta["challenge"])
        return None
    session.blocked_in_a_row = 0
    if capture.outcome in ("gone", "soft-404"):
        session.counts["gone"] += 1
        session.journal.add(lambda db: write_gone(db, entry.sighting_id, capture, at, session.crawl_id))
        return None
    if capture.outcome == "error" and (response.status < 400 or response.status in GONE):
        note_failed(session, entry, "the portal answers every address alike: it is out of order", capture)
        return None
    if response.status == 304 and not (entry.etag or entry.last_modified):
        note_failed(session, entry, "HTTP 304, though nothing was asked conditionally", capture)
        return None
    if response.status == 304:
        session.counts["unchanged"] += 1
        session.counts["fetched"] += 1
        session.pages.not_modified(entry.directory_key)
        session.journal.add(lambda db: touch(db, entry.sighting_id, capture, at))
        return None
    if response.status >= 300:
        target = header_of(response, "Location")
        text = f"redirect to {target[:200]}, which is not followed" if target else f"HTTP {response.status}"
        note_failed(session, entry, text, capture)
        return None
    try:
        return await _item(session, response, entry, turn)
    except Stopped:
        return None  # without its parts it is not the document; it is still due


async def _item(session: CrawlSession, response: Response, entry: Due, turn: Turn) -> DocumentItem:
    capture: Capture = response.meta["capture"]
    day = clock.day_of(capture.fetched_at)
    directory = entry.directory_key or nearest_directory(session.portal, response.url, day)
    detail = session.detail(day, directory)
    page = Part(url=response.url, body=response.body, content_type=header_of(response, "Content-Type"))
    captures: list[tuple[Capture | int, str, int]] = [(capture, "page", 0)]
    if entry.listing_capture_id is not None:  # what the record takes from the listing is traceable too
        captures.append((entry.listing_capture_id, "listing", 0))
    missing: list[Finding] = []
    found = [await _part(session, want, capture, missing) for want in wanted(page, detail)]
    parts = [part for part in found if part is not None]
    captures += [(taken, part.kind, part.ordinal) for part, taken in parts]
    bundle = Bundle(
        page=page,
        detail=detail,
        parts=tuple(part for part, _ in parts),
        listing=ListingFacts(entry.title, entry.published_on, entry.fields),
        portal=session.portal.id,
        encoding=session.portal.http.encoding,
    )
    visit = DocumentVisit(
        session,
        entry,
        turn,
        capture,
        captures,
        etag=header_of(response, "ETag"),
        last_modified=header_of(response, "Last-Modified"),
        is_page=entry.kind != "file" and looks_binary(page.body) is None,
        file=response.meta.get("file"),
    )
    return DocumentItem(
        bundle=bundle,
        is_file=entry.kind == "file",
        findings=missing,
        archive=visit.archive,
        fail=lambda error: note_failed(session, entry, error, capture),
        done=visit.done,
    )


async def _part(
    session: CrawlSession, want: Wanted, page: Capture, missing: list[Finding]
) -> tuple[Part, Capture] | None:
    """A further response of a document; one that does not come is a finding, the document is kept."""
    problem = None
    part_of = {"file": page.file, "offset": page.offset, "kind": want.kind, "ordinal": want.ordinal}
    try:
        response = await session.ask(
            Request(want.url, dont_filter=True, meta={"role": "part", "part_of": part_of})
        )
        if response.status >= 400 or response.meta.get("challenge"):
            problem = f"HTTP {response.status}"
    except Stopped:
        raise
    except Exception as error:
        problem = describe(error)
    if problem is not None:
        message = f"{want.url} could not be fetched: {problem}"
        session.record_event("part-missing", {**part_of, "message": message})
        missing.append(Finding("part-missing", "warning", message, want.kind))
        return None
    part = Part(want.url, response.body, header_of(response, "Content-Type"), want.kind, want.ordinal)
    return part, response.meta["capture"]


def no_answer(session: CrawlSession, entry: Due, error: BaseException) -> None:
    """A request that was refused, forbidden by robots.txt, or failed on the network."""
    if isinstance(error, Stopped):
        return  # nobody asked: it is due as before
    if str(error) == MAX_REDIRECTS:
        text = "redirects in a circle, or too many of them: given up"
        note_trap(session, f"{entry.url} {text}", "redirect-loop", sighting=entry.url_key)
        note_failed(session, entry, text, None)
        return
    refused = isinstance(error, IgnoreRequest)
    text = str(error) if refused else describe(error)
    note_failed(session, entry, text, None, count="refused" if refused else "failed")


def note_failed(
    session: CrawlSession, entry: Due, error: str, capture: Capture | None, count: str = "failed"
) -> None:
    """Keep an unsuccessful visit with its reason; the document stays as it is."""
    if session.over and session.broken is not None:
        return  # the disk failed, not the page
    session.counts[count] += 1
    if len(session.failures) < SHOWN_FAILURES:
        session.failures.append(f"{entry.url}: {error}")
    logger.info("%s: %s", entry.url, error)
    _keep_failure(session, entry, "error", error[:500], capture)


def _keep_failure(
    session: CrawlSession, entry: Due, state: FailureState, error: str, capture: Capture | None
) -> None:
    """To the archive, and as an event into the WARC: a failure may have no response that would tell of it."""
    at = session.moment()
    try:
        session.record_event("failed", {"sighting": entry.url_key, "state": state, "error": error, "at": at})
    except OSError as failure:
        session.break_off(failure)
        return
    session.journal.add(
        lambda db: fetch_failed(db, entry.sighting_id, state=state, error=error, at=at, capture=capture)
    )


def note_blocked(session: CrawlSession, entry: Due, capture: Capture, challenge: str) -> None:
    """Keep that a firewall answered instead of the portal; many in a row end the crawl's fetching."""
    session.counts["blocked"] += 1
    count_challenge(session, challenge)
    _keep_failure(session, entry, "blocked", f"challenge: {challenge}", capture)


def count_challenge(session: CrawlSession, challenge: str) -> None:
    """Many in a row, with nothing of the portal's between them, end the fetching."""
    session.blocked_in_a_row += 1
    if session.blocked_in_a_row >= BLOCKED_IN_A_ROW and session.stopping is None:
        session.stopping = f"{BLOCKED_IN_A_ROW} challenges in a row ({challenge})"
        session.problems.append(
            f"stopped after {session.stopping}: try again later, more slowly, or from another network"
        )
