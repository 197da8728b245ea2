"""Files that documents link to, asked for once the documents are archived: each address once, whoever links to it.

They go the way of every request: through the guard, robots.txt, the limits, into the WARC. The archive is the frontier
here too, so a killed crawl goes on where it was.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

from scrapy import Request
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest

from archive.attachments.due import PHASES, DueFile, Phase, due_files
from archive.attachments.file import MAX_FILE, FileFacts
from archive.attachments.misses import OFFSITE, Miss, miss_attachment
from archive.attachments.observed import observe_attachment
from archive.attachments.rows import known_file
from archive.captures.headers import read_headers
from archive.captures.model import Capture
from archive.captures.reader import DamagedCapture
from archive.captures.table import last_capture
from archive.crawling.crawls import started_at
from archive.crawling.frontier import Due
from archive.urls import host_of, request_key
from crawler import clock
from crawler.fetching import describe
from crawler.network.guard import Refused
from crawler.session import CrawlSession
from crawler.spiders.documents import MAX_REDIRECTS, count_challenge

logger = logging.getLogger(__name__)

AT_ONCE = 16
"""Files on their way at once; how many of them are on the wire is the downloader's business."""
CHUNK = 200
_VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


async def fetch_all(session: CrawlSession) -> None:
    """Ask for every file that is due: never asked for, failing, known at the documents that this crawl visited.

    A bounded run (``--limit``, ``--since``, ``--until``, ``--directory``) asks only for files of the documents that
    its crawl visited.
    """
    if not session.portal.http.attachments:
        return
    asked: set[str] = set()
    for phase in PHASES:
        if session.over:
            return
        files = _due(session, phase, asked)
        await asyncio.gather(*(_fetch_some(session, files) for _ in range(AT_ONCE)))


def _due(session: CrawlSession, phase: Phase, asked: set[str]) -> Iterator[DueFile]:
    """The files of one phase that this run has not asked for."""
    options, after = session.options, ""
    bounded = (options.limit, options.since, options.until, options.directory)
    since = started_at(session.reader, session.crawl_id)
    while chunk := due_files(
        session.reader,
        session.portal.id,
        phase,
        at=clock.stamp(),
        since=since,
        hosts=session.portal.own_hosts,
        eager=options.command == "crawl",
        narrow=any(value is not None for value in bounded),
        after=after,
        limit=CHUNK,
    ):
        fresh = [file for file in chunk if file.url_key not in asked]
        asked.update(file.url_key for file in fresh)
        yield from fresh
        after = chunk[-1].url_key


async def _fetch_some(session: CrawlSession, files: Iterator[DueFile]) -> None:
    for file in files:
        if session.over:
            return
        try:
            await _fetch(session, file)
        except Exception as error:
            if session.over:  # the disk failed, which the crawl says by itself
                return
            logger.exception("%s: broke off", file.url)
            session.problems.append(f"internal error at {file.url}: {type(error).__name__}: {error}")


async def _fetch(session: CrawlSession, file: DueFile) -> None:
    session.counts["attachments_asked"] += 1
    try:
        request = _request(session, file)
        response = await session.ask(request)
    except Exception as error:
        if not session.over:
            await _missed(session, file, *_why(session, file, error))
        return
    capture: Capture = response.meta["capture"]
    if challenge := response.meta.get("challenge"):
        count_challenge(session, challenge)
        await _missed(session, file, "error", "challenge", f"challenge: {challenge}", capture)
        return
    session.blocked_in_a_row = 0
    brought: FileFacts | None = response.meta.get("file")
    key = file.url_key
    outcome = await session.journal.add(lambda db: observe_attachment(db, capture, key, brought))
    if outcome == "nothing":
        what = response.meta.get("no_file") or _status(response.status, response.headers.get("Location"))
        await _missed(session, file, "error", "answer", what, capture)
    elif outcome == "gone":
        session.counts["attachments_gone"] += 1
    else:
        session.counts["attachments_fetched"] += 1
        session.counts[f"attachments_{outcome}"] += 1


def _request(session: CrawlSession, file: DueFile) -> Request:
    """The request for a file; conditional where the capture that it is known by has validators and is the last."""
    request = Request(file.url, dont_filter=True)
    known = known_file(session.reader, session.portal.id, file.url_key)
    key = request_key("GET", request.url)
    last = last_capture(session.reader, session.portal.id, key) if known is not None else None
    headers: dict[str, str] = {}
    if known is not None and last is not None and last[0] == known.capture_id:
        headers = _validators(session, last[1])
    due = Due(
        sighting_id=0, url=file.url, url_key=file.url_key, kind="file", etag=None, last_modified=None, title=file.name,
        published_on=None, fields={}, directory_key=None, listing_capture_id=None, visited=known is not None,
    )  # fmt: skip
    meta = {
        "role": "attachment",
        "due": due,
        "known_file": known.file if known is not None and headers else None,
        "download_maxsize": min(session.portal.http.max_bytes, MAX_FILE),
    }
    return request.replace(headers=headers, meta=meta)


def _validators(session: CrawlSession, capture: Capture) -> dict[str, str]:
    try:
        held = read_headers(session.data, capture.file, capture.offset, capture.length)
    except DamagedCapture as error:
        logger.info("%s: asked for whole: %s", capture.url, error)
        return {}
    return {name: held[key] for key, name in _VALIDATORS.items() if held.get(key)}


def _why(session: CrawlSession, file: DueFile, error: BaseException) -> tuple[Miss, str, str]:
    """State, reason in one word, and sentence of a request that brought no answer."""
    text = str(error) or describe(error)
    if isinstance(error, Refused):
        elsewhere = error.reason == OFFSITE and host_of(file.url) in session.portal.own_hosts
        return "refused", "redirect-offsite" if elsewhere else error.reason, text
    if isinstance(error, DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in text:
        return "refused", "too-large", "the file is larger than allowed: not kept"
    if isinstance(error, IgnoreRequest) and text == MAX_REDIRECTS:
        return "error", "redirects", "redirects in a circle, or too many of them: given up"
    if isinstance(error, IgnoreRequest):
        return "refused", "robots", text
    if isinstance(error, ValueError):
        return "refused", "address", f"no address to ask for: {text}"
    return "error", "network", describe(error)


def _status(status: int, location: bytes | None) -> str:
    if 300 <= status < 400 and location:
        return f"redirect to {location.decode('latin-1')[:200]}, which is not followed"
    return f"HTTP {status}"


async def _missed(
    session: CrawlSession, file: DueFile, state: Miss, reason: str, error: str, capture: Capture | None = None
) -> None:
    """To the archive, and as an event into the WARC: no response may tell of it."""
    session.counts["attachments_refused" if state == "refused" else "attachments_failed"] += 1
    logger.info("%s: %s", file.url, error)
    at, crawl_id, portal = session.moment(), session.crawl_id, session.portal.id
    said = {"sighting": file.url_key, "state": state, "reason": reason, "error": error[:500], "at": at}
    try:
        session.record_event("attachment-missed", said)
    except OSError as failure:
        session.break_off(failure)
        return
    await session.journal.add(
        lambda db: miss_attachment(
            db, portal, file.url_key, state=state, reason=reason, error=error[:500], at=at, crawl_id=crawl_id,
            capture=capture,
        )
    )  # fmt: skip
