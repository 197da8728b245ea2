"""Every answer becomes a WARC record before anything else looks at it (DESIGN §8).

It stands next to the wire: bodies are still compressed as received, and every redirect hop and retry passes.
Records are compressed on a thread (zlib releases the GIL), then appended; the journal fsyncs them before the
transaction that refers to them commits.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.attachments.file import FileFacts
from archive.captures.encoding import TooLarge, decode_body
from archive.captures.media_type import media_type
from archive.captures.model import Capture, Outcome, RecordType, Role
from archive.captures.records import Facts, payload_digest, response_block, revisit_block
from archive.captures.table import add_capture, last_capture
from archive.urls import request_key
from crawler.challenges import recognise
from crawler.files import received_file
from crawler.session import CrawlSession

GONE = (404, 410)
NOT_MODIFIED = 304
CHALLENGE_BYTES = 64 * 1024
"""Larger answers are not looked through for a challenge: those pages are small."""
UNPACKED_BYTES = 1024 * 1024
THREAD_BYTES = 4096
"""Smaller bodies are compressed at once: handing them to a thread costs more than it saves."""


class CaptureMiddleware:
    """The last downloader middleware on the way out, so the first on the way back.

    Afterwards ``request.meta`` has ``capture`` (:class:`Capture`) and ``challenge`` (a name or None).
    """

    def __init__(self, crawler: Crawler):
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CaptureMiddleware:
        """Scrapy's constructor."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Write ``response`` to the crawl's WARC; without a crawl (a one-off fetch) it just passes."""
        session: CrawlSession | None = getattr(self._crawler.spider, "session", None)
        if session is None:
            return response
        challenge = _challenge(response)
        outcome = await _believed(session, request, response, _outcome(session, request, response, challenge))
        turn = session.captured.take()
        try:
            capture = await _write(session, request, response, outcome)
            await turn.come()  # records are compressed side by side, and go on in the order of their times
        except OSError as error:
            session.break_off(error)
            raise IgnoreRequest(f"{request.url} was fetched but cannot be kept: {error}") from error
        finally:
            turn.end()
        request.meta["capture"] = capture
        request.meta["challenge"] = challenge
        session.counts["requests"] += 1
        session.counts["bytes"] += len(response.body)
        if not session.over:
            session.journal.add(partial(add_capture, capture=capture))
        return response


async def _write(session: CrawlSession, request: Request, response: Response, outcome: Outcome) -> Capture:
    at = session.moment()  # before anything is waited for: answers keep the order in which they came
    key = request_key(request.method, request.url, request.body or None)
    role = _role(request)
    outcome, brought = await _judged(session, request, response, outcome)
    facts = Facts(
        crawl_id=session.crawl_id,
        portal=session.portal.id,
        role=role,
        outcome=outcome,
        request_key=key,
        method=request.method,
        request_headers={
            name.decode("latin-1"): b", ".join(values).decode("latin-1")
            for name, values in request.headers.items()
        },
        request_body=request.body or None,
        **_listed(request, brought),
    )
    known = _known(session, request, key)
    common: dict[str, Any] = {
        "url": request.url,
        "fetched_at": at,
        "status": response.status,
        "headers": [(name, value) for name, values in response.headers.items() for value in values],
        "ip": str(response.ip_address) if response.ip_address else None,
        "facts": facts,
    }
    if known is not None and _says_nothing_new(response, known[1]):
        make = partial(revisit_block, original=known[1], **common)
        record_type: RecordType = "revisit-304" if response.status == NOT_MODIFIED else "revisit-digest"
    else:
        make, record_type, known = partial(response_block, body=response.body, **common), "response", None
    if len(response.body) < THREAD_BYTES:
        block = make()
    else:
        block = await asyncio.get_running_loop().run_in_executor(None, make)
    file, offset = session.captures.append(block.data)
    content_type = response.headers.get("Content-Type")
    return Capture(
        crawl_id=session.crawl_id,
        portal=session.portal.id,
        role=role,
        url=request.url,
        request_key=key,
        fetched_at=common["fetched_at"],
        status=response.status,
        outcome=outcome,
        payload_digest=block.payload_digest,
        file=file,
        offset=offset,
        length=block.length,
        method=request.method,
        media_type=media_type(content_type),
        ip=common["ip"],
        record_type=record_type,
        refers_to_id=known[0] if known is not None else None,
    )


def _known(session: CrawlSession, request: Request, key: str) -> tuple[int, Capture] | None:
    """The capture that the answer may be like."""
    due = request.meta.get("due")
    return last_capture(session.reader, session.portal.id, key) if due is not None and due.visited else None


def _says_nothing_new(response: Response, known: Capture) -> bool:
    if response.status == NOT_MODIFIED:
        return True
    same = response.status == known.status and bool(response.body)
    return same and payload_digest(response.body) == known.payload_digest


def _role(request: Request) -> Role:
    role: Role | None = request.meta.get("role")
    if role is not None:
        return role
    return "robots"  # the only request that Scrapy makes by itself


def _listed(request: Request, file: FileFacts | None) -> dict[str, Any]:
    """What the metadata record keeps of the listing: the directory, and of a document also its entry; the file."""
    due = request.meta.get("due")
    if "part_of" in request.meta:
        return {"extra": {"part_of": request.meta["part_of"]}}
    if due is None:
        return {"directory": request.meta.get("directory"), "extra": {"page": request.meta.get("page")}}
    entry = {"title": due.title, "published_on": due.published_on, "fields": dict(due.fields)}
    extra: dict[str, Any] = {"sighting": due.url_key, "kind": due.kind}
    if file is not None:
        extra["file"] = file.to_dict()
    return {"directory": due.directory_key, "entry": entry, "extra": extra}


def _challenge(response: Response) -> str | None:
    if len(response.body) > CHALLENGE_BYTES:
        return None
    try:
        body = decode_body(response.body, response.headers.getlist("Content-Encoding"), UNPACKED_BYTES)
    except TooLarge:
        return None
    return recognise(response.status, body)


async def _believed(session: CrawlSession, request: Request, response: Response, outcome: Outcome) -> Outcome:
    """``outcome``, and ``error`` in its place where a document seems gone of a portal that shows none tonight."""
    if session.presence is None or _role(request) != "document":
        return outcome
    if outcome == "content" and (response.status < 300 or response.status == NOT_MODIFIED):
        session.presence.note()
    if outcome in ("gone", "soft-404") and not await session.presence.believes(request.meta["due"]):
        return "error"
    return outcome


async def _judged(
    session: CrawlSession, request: Request, response: Response, outcome: Outcome
) -> tuple[Outcome, FileFacts | None]:
    """What the answer is, and the file that it brought, if one was asked for."""
    file = await received_file(request, response, outcome, session.portal.http.max_bytes)
    if request.meta["no_file"] is not None and _role(request) == "attachment":
        return "error", None
    return outcome, file


def _outcome(session: CrawlSession, request: Request, response: Response, challenge: str | None) -> Outcome:
    """What the answer is; a redirect that only says that the document is gone is not followed."""
    if challenge is not None:
        return "blocked"
    if response.status in GONE:
        return "gone"
    if response.status >= 400:
        return "error"
    due = request.meta.get("due")
    if due is None or session.absence is None:
        return "content"
    judgement = session.absence.judge(due, request.url, response)
    if judgement is None:
        return "content"
    request.meta["dont_redirect"] = True
    return judgement
