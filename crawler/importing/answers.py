"""An exchange as an answer of the portal: checked, its address and time in the archive's form, or why it is not
taken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from archive.captures.encoding import TooLarge, Truncated, decode_body
from archive.captures.media_type import media_type
from archive.captures.model import Outcome
from archive.captures.reader import MAX_BODY
from archive.times import stamp_of
from archive.urls import host_of
from crawler import clock
from crawler.challenges import HEAD_BYTES, recognise
from crawler.importing.exchanges import Exchange
from crawler.importing.http import Answer, CutOff, Question, parse_response
from crawler.portals.model import Portal

FIRST_DAY = datetime(1990, 1, 1, tzinfo=UTC)
MAX_AHEAD = timedelta(days=1)
"""A capture's clock may be wrong by this much; a later time would be the future of the archive."""
NO_PAGES = frozenset({"probe", "robots", "tree", "part"})
"""Roles of answers in our own files that are no visit of anything by themselves."""
GONE = (404, 410)
PARTIAL = (204, 205, 206)
NOT_MODIFIED = 304
_NOT_PRINTABLE = re.compile(r"[^!-~]")


class NotTaken(Exception):
    """An exchange that is not taken; ``count`` is what it is counted as, the message says why where that is
    trouble."""

    def __init__(self, count: str, trouble: str | None = None):
        super().__init__(trouble or count)
        self.count = count
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer: ``text`` is its body without Content-Encoding; of a revisit both bodies are empty."""

    url: str
    at: str
    question: Question
    answer: Answer
    text: bytes
    media_type: str | None
    revisit: bool

    def outcome(self) -> Outcome:
        """What it brought, by its status and by how firewalls answer; a soft 404 only our own crawls recognise."""
        if self.question.outcome == "soft-404":
            return "soft-404"
        if len(self.text) <= HEAD_BYTES and recognise(self.answer.status, self.text) is not None:
            return "blocked"
        if self.answer.status in GONE:
            return "gone"
        return "error" if self.answer.status >= 400 else "content"


def taken(exchange: Exchange, portal: Portal) -> Taken:
    """The answer in ``exchange``; raises :class:`NotTaken` for one of another host, or that is not whole."""
    record = exchange.record
    url = _escaped(record.url)
    if not url.lower().startswith(("http://", "https://")):
        raise NotTaken("other")
    try:
        urlsplit(url)
        if host_of(url) not in portal.own_hosts:
            raise NotTaken("offsite")
    except ValueError:
        raise NotTaken("other") from None
    if exchange.question.role in NO_PAGES:
        raise NotTaken("other")
    at = _moment(exchange)
    if "warc-truncated" in record.fields:
        raise NotTaken("damaged", _trouble(exchange, "was cut off when it was captured"))
    revisit = record.kind == "revisit"
    if revisit and not record.block.strip():
        return Taken(url, at, exchange.question, Answer(200, "OK", [], b""), b"", None, revisit)
    try:
        answer = parse_response(record.block, head_only=revisit)
    except CutOff as error:
        raise NotTaken("damaged", _trouble(exchange, str(error))) from error
    except ValueError as error:
        raise NotTaken("damaged", _trouble(exchange, str(error))) from error
    redirect = 300 <= answer.status < 400 and not (revisit and answer.status == NOT_MODIFIED)
    if answer.status in PARTIAL or answer.status < 200 or redirect:
        raise NotTaken("other")
    try:
        text = decode_body(answer.body, answer.values(b"content-encoding"), MAX_BODY, whole=True)
    except TooLarge as error:
        raise NotTaken("damaged", _trouble(exchange, f"has a body of {error}")) from error
    except Truncated as error:
        raise NotTaken("damaged", _trouble(exchange, f"has a body that is not whole: {error}")) from error
    header = next(iter(answer.values(b"content-type")), None)
    return Taken(url, at, exchange.question, answer, text, media_type(header), revisit)


def _trouble(exchange: Exchange, what: str) -> str:
    return f"{exchange.record.source}: {_escaped(exchange.record.url)[:200]} {what}: it is left out"


def _moment(exchange: Exchange) -> str:
    """The record's WARC-Date in the archive's form."""
    text = exchange.record.fields.get("warc-date", "").strip()
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise NotTaken("damaged", _trouble(exchange, f"has no date but {text[:40]!r}")) from None
    if not FIRST_DAY <= moment <= clock.now() + MAX_AHEAD:
        raise NotTaken("damaged", _trouble(exchange, f"has the impossible date {text[:40]}"))
    return stamp_of(moment)


def original_key(url: str) -> str:
    """An address in another record's field, in the form that captures have."""
    return _escaped(url.strip().removeprefix("<").removesuffix(">"))


def _escaped(url: str) -> str:
    """Printable ASCII. warcio reads header bytes that are not UTF-8 as Latin-1: those are the portal's own bytes."""
    if url.isascii():
        raw: bytes | None = None
    else:
        try:
            raw = url.encode("latin-1")
            raw.decode("utf-8")
            raw = None
        except UnicodeEncodeError:
            raw = None
        except UnicodeDecodeError:
            return "".join(chr(byte) if 0x21 <= byte <= 0x7E else f"%{byte:02X}" for byte in raw or b"")
    return _NOT_PRINTABLE.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode("utf-8", "surrogatepass")), url
    )
