"""The records of a foreign WARC file that may hold an answer of a portal, read by warcio within bounds.

warcio neither bounds a record's head nor notices that its content is cut off, and says what it thinks on stderr:
all three are seen to here.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from crawler.importing.gzip_members import Member, members
from crawler.importing.sources import CHUNK, BadInput, Source

MAX_HEAD = 1 << 20
"""Bytes of a record's head and of what warcio reads ahead."""
_KINDS = ("response", "revisit", "request", "metadata")

logging.getLogger("warcio").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class ForeignRecord:
    """A record as another tool wrote it: ``fields`` are its named fields (names lower-case, values as text),
    ``concurrent`` the record ids that it says it belongs to."""

    source: str
    kind: str
    fields: dict[str, str]
    concurrent: tuple[str, ...]
    block: bytes

    @property
    def id(self) -> str:
        """Its WARC-Record-ID; empty when it has none."""
        return self.fields.get("warc-record-id", "")

    @property
    def url(self) -> str:
        """Its WARC-Target-URI, without the brackets that wget 1.19 puts around it."""
        return self.fields.get("warc-target-uri", "").strip().removeprefix("<").removesuffix(">")


class _Quiet(ArchiveIterator):  # type: ignore[misc]  # warcio has no types
    """Counts records that do not end where they say instead of printing them."""

    INC_RECORD = ""


def read_records(source: Source, max_block: int) -> Iterator[ForeignRecord | BadInput]:
    """Responses, revisits, requests and metadata of ``source``; a record that is no good is a :class:`BadInput`.

    Blocks of more than ``max_block`` bytes are refused. Raises nothing: what cannot be read further is the last
    :class:`BadInput`.
    """
    try:
        for member in members(source):
            yield from _in_member(source.name, member, max_block)
    except BadInput as error:
        yield error


def _in_member(name: str, member: Member, max_block: int) -> Iterator[ForeignRecord | BadInput]:
    start = member.peek().lstrip(b"\r\n")
    if not start:
        return
    if not start.startswith(b"WARC/"):
        raise BadInput(f"{name} is not a WARC file")
    iterator = _Quiet(member, no_record_parse=True, block_size=CHUNK)
    lost = "it and what is packed with it are" if member.packed else "it and what follows are"
    while True:
        member.allow(MAX_HEAD)
        try:
            record = next(iterator, None)
        except (ArchiveLoadFailed, StatusAndHeadersParserException, ValueError, IndexError) as error:
            yield BadInput(f"{name} has a damaged record ({_short(error)}): {lost} left out")
            return
        if record is None:
            return
        member.allow(None)
        url = _short(record.rec_headers.get_header("WARC-Target-URI") or "no address")
        if record.length is None or record.length < 0:
            yield BadInput(f"{name} has a record without Content-Length ({url}): {lost} left out")
            return
        found = _record(name, record, max_block)
        try:
            iterator.read_to_end()
        except BadInput:
            whole = (
                not member.packed and not record.raw_stream.limit
            )  # what is packed has its checksum at its end
            if whole and found is not None:
                yield found
            raise
        if record.raw_stream.limit:
            yield BadInput(f"{name} is cut off in the middle of a record ({url})")
            return
        if iterator.err_count:
            yield BadInput(f"{name} has a record of another length than it says ({url}): {lost} left out")
            return
        if found is not None:
            yield found


def _record(name: str, record: Any, max_block: int) -> ForeignRecord | BadInput | None:
    """The record as far as it is wanted; what is not read here is read over."""
    if record.rec_type not in _KINDS:
        return None
    fields: dict[str, str] = {}
    concurrent: list[str] = []
    for key, value in record.rec_headers.headers:
        if key.lower() == "warc-concurrent-to":
            concurrent.append(value)
        fields.setdefault(key.lower(), value)
    if record.length > max_block:
        if record.rec_type != "response":
            return None
        url = _short(fields.get("warc-target-uri", "no address"))
        return BadInput(f"{name} has a record of {record.length} bytes ({url}): it is left out")
    return ForeignRecord(name, record.rec_type, fields, tuple(concurrent), record.raw_stream.read())


def _short(what: object) -> str:
    text = " ".join(str(what).split())[:200]
    return "".join(char if char.isprintable() else "�" for char in text) or type(what).__name__
