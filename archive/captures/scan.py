"""What one of our WARC files says, in the order of the file: the captures with their facts, and the events.

All that a rebuild knows. Bodies are read through and checked, and not kept (:func:`archive.captures.reader.read_capture`
reads one when it is wanted).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, get_args

from archive.captures.media_type import media_type
from archive.captures.members import Record, Torn, read_members
from archive.captures.model import Capture, Outcome, RecordType, Role
from archive.captures.observation import Damage, Observation, Referred, SeenCapture, SeenEvent
from archive.captures.reader import DamagedCapture
from archive.captures.records import PROFILES
from archive.layout import DataDirectory

__all__ = ["Damage", "Observation", "Referred", "SeenCapture", "SeenEvent", "scan_file"]

_TEXTS = ("crawl", "portal", "url", "request_key", "method")
_FILE_OF = re.compile(r"([0-9]{8}T[0-9]{6}Z-[0-9a-f]{8})-[0-9]{5,}\.warc\.gz")
_PART_OF = re.compile(rb"^isPartOf: *(\S+)\r?$", re.MULTILINE)
_RECORD_TYPES: dict[str | None, RecordType] = {
    PROFILES["revisit-digest"]: "revisit-digest",
    PROFILES["revisit-304"]: "revisit-304",
}


def scan_file(data: DataDirectory, file: str) -> Iterator[Observation | Damage]:
    """Everything in ``file`` (relative to captures) in its order; never raises for what the file holds.

    A damaged record is a :class:`Damage` and takes only itself along, and its capture where it was the metadata
    record. Behind damage only records of the file's own crawls are believed: what the search finds there may be
    the inside of a damaged body.
    """
    scan = _Scan(file)
    try:
        with (data.captures / file).open("rb", buffering=1 << 18) as stream:
            for record in read_members(stream, file):
                yield from scan.take(record)
    except OSError as error:
        yield Damage(file, 0, f"{file} cannot be read ({error.strerror or error})")
    yield from scan.end()


class _Scan:
    """Pairs each capture with the metadata record behind it."""

    def __init__(self, file: str):
        self._file = file
        self._waiting: Record | None = None
        self._damaged = False  # just before: its metadata record may be alone
        self._torn = False
        named = _FILE_OF.fullmatch(PurePosixPath(file).name)
        self._crawls = {named.group(1)} if named else set[str]()

    def take(self, record: Record | DamagedCapture) -> Iterator[Observation | Damage]:
        """What is known once ``record`` has been read."""
        if isinstance(record, DamagedCapture):
            self._torn = isinstance(record, Torn)
            yield from self._drop_waiting()
            self._damaged = True
            yield Damage(self._file, record.offset, str(record), self._torn)
            return
        try:
            if record.kind in ("response", "revisit"):
                yield from self._drop_waiting()
                self._waiting, self._damaged = record, False
            elif record.kind == "metadata":
                yield from self._metadata(record)
            elif record.kind == "warcinfo" and not record.found:
                self._crawls |= {name.decode("latin-1") for name in _PART_OF.findall(record.kept)}
        except DamagedCapture as error:
            yield Damage(self._file, error.offset, str(error))

    def end(self) -> Iterator[Damage]:
        """What is known at the end of the file: a kill may fall between a capture and its metadata record too."""
        self._torn = True
        yield from self._drop_waiting()

    def _drop_waiting(self) -> Iterator[Damage]:
        if self._waiting is not None:
            what = "has no metadata record: what it was the answer to is not known"
            offset = self._waiting.offset
            self._waiting = None
            yield Damage(self._file, offset, str(DamagedCapture(self._file, offset, what)), self._torn)

    def _metadata(self, record: Record) -> Iterator[Observation | Damage]:
        facts = self._object(record)
        beside = record.fields.get("warc-concurrent-to")
        if beside is None and isinstance(facts.get("event"), str):
            yield from self._drop_waiting()
            yield self._event(record, facts)
            return
        capture, damaged = self._waiting, self._damaged
        self._damaged = False
        if capture is not None and beside == capture.fields.get("warc-record-id"):
            self._waiting = None
            yield self._capture(capture, facts)
            return
        yield from self._drop_waiting()
        if capture is not None or not damaged:  # else its capture is the damage that was named
            raise DamagedCapture(self._file, record.offset, "is a metadata record without its capture")

    def _event(self, record: Record, facts: dict[str, Any]) -> SeenEvent:
        self._check_crawl(record, facts)
        at = self._date(record)
        data = {name: value for name, value in facts.items() if name not in ("event", "crawl")}
        return SeenEvent(self._file, record.offset, facts["event"], facts["crawl"], at, data)

    def _capture(self, record: Record, facts: dict[str, Any]) -> SeenCapture:
        self._check_crawl(record, facts)
        missing = [name for name in _TEXTS if not isinstance(facts.get(name), str)]
        if facts.get("role") not in get_args(Role):
            missing.append("role")
        if facts.get("outcome") not in get_args(Outcome):
            missing.append("outcome")
        fields = record.fields
        profile = fields.get("warc-profile")
        record_type = "response" if record.kind == "response" else _RECORD_TYPES.get(profile)
        digest = fields.get("warc-payload-digest")
        if missing or record_type is None or digest is None:
            what = f"lacks {', '.join(missing) or 'its profile or digest'} in its records"
            raise DamagedCapture(self._file, record.offset, what)
        status, content_type = _http(record, self._file)
        capture = Capture(
            crawl_id=facts["crawl"],
            portal=facts["portal"],
            role=facts["role"],
            url=facts["url"],
            request_key=facts["request_key"],
            fetched_at=self._date(record),
            status=status,
            outcome=facts["outcome"],
            payload_digest=digest,
            file=self._file,
            offset=record.offset,
            length=record.length,
            method=facts["method"],
            media_type=media_type(content_type),
            ip=fields.get("warc-ip-address"),
            record_type=record_type,
        )
        if record_type == "response":
            return SeenCapture(capture, facts)
        url, at = fields.get("warc-refers-to-target-uri", ""), fields.get("warc-refers-to-date", "")
        return SeenCapture(capture, facts, Referred(url, at, digest))

    def _check_crawl(self, record: Record, facts: dict[str, Any]) -> None:
        if not isinstance(facts.get("crawl"), str):
            raise DamagedCapture(self._file, record.offset, "names no crawl")
        if record.found and self._crawls and facts["crawl"] not in self._crawls:
            what = (
                f"is of another crawl ({facts['crawl'][:40]}) and lies in damaged bytes: it is not believed"
            )
            raise DamagedCapture(self._file, record.offset, what)
        self._crawls.add(facts["crawl"])

    def _object(self, record: Record) -> dict[str, Any]:
        try:
            value = json.loads(record.kept)
        except (ValueError, RecursionError) as error:
            raise DamagedCapture(self._file, record.offset, "has metadata that is not JSON") from error
        if not isinstance(value, dict):
            raise DamagedCapture(self._file, record.offset, "has metadata that is no JSON object")
        return value

    def _date(self, record: Record) -> str:
        text = record.fields.get("warc-date", "")
        try:
            aware = datetime.fromisoformat(text).tzinfo is not None
        except ValueError:
            aware = False
        if not aware:
            raise DamagedCapture(self._file, record.offset, f"has no date but {text[:40]!r}")
        return text


def _http(record: Record, file: str) -> tuple[int, bytes | None]:
    """Status and first Content-Type."""
    lines = record.kept.split(b"\r\n")
    status = lines[0].split(b" ", 2)[1:2]
    if not lines[0].startswith(b"HTTP/") or not status or not status[0].isdigit() or len(status[0]) > 9:
        raise DamagedCapture(file, record.offset, "has no HTTP status line")
    pairs = (line.partition(b":") for line in lines[1:])
    types = (value.strip() for name, _, value in pairs if name.strip().lower() == b"content-type")
    return int(status[0]), next(types, None)
