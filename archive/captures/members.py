"""The records of one of our WARC files, one gzip member after another: each checked, no body kept, damage
contained.

Where a member is damaged, reading goes on at the next place that is the beginning of a record. A body that is
a WARC file itself stands uncompressed in its member, so what is found there is not trusted by itself: see
:mod:`archive.captures.scan`.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from archive.captures.reader import MAX_RECORD, DamagedCapture, content_length, read_head

CHUNK = 1 << 17
MAX_HEAD = 1 << 18
"""Bytes of a record's head: an address of 8,192 characters, all of them escaped, fits."""
MAX_KEPT = 64 << 20
"""Bytes of a metadata record, which is kept whole: the largest has a request body in it."""

_MAGIC = b"\x1f\x8b\x08"
_TRIED = 512
_END = b"\r\n\r\n"
_HTTP = ("response", "revisit")


class Torn(DamagedCapture):
    """The file ends within the record: what a killed run leaves."""


@dataclass(frozen=True, slots=True)
class Record:
    """A whole record: ``kept`` is the HTTP head of a response or revisit, the content of any other; ``found``:
    it was searched for, behind damage."""

    offset: int
    length: int
    kind: str
    fields: dict[str, str]
    kept: bytes
    found: bool


def read_members(stream: BinaryIO, file: str) -> Iterator[Record | DamagedCapture]:
    """Every record of ``stream`` and every damage to one, in order; ``file`` is for its name in messages.

    Raises ``OSError`` when the disk does.
    """
    offset: int | None = 0
    found = False
    while offset is not None:
        stream.seek(offset)
        if not stream.read(1):
            return
        member = _Member(stream, file, offset)
        try:
            yield _read_record(member, found)
        except DamagedCapture as error:
            yield error
            if not member.ended:
                found = True
                offset = _next_record(stream, offset + 1)
                continue
        offset += member.length


def read_member(stream: BinaryIO, file: str, offset: int) -> Record:
    """The record at ``offset``; raises :class:`DamagedCapture` where there is none that is whole, ``OSError`` when the
    disk does."""
    return _read_record(_Member(stream, file, offset), False)


class _Member:
    """A gzip member as a stream of unpacked chunks; ``length`` in the file is known when it has ended."""

    def __init__(self, stream: BinaryIO, file: str, offset: int):
        self._stream = stream
        self.file = file
        self.offset = offset
        self.length = 0
        self.ended = False

    def __iter__(self) -> Iterator[bytes]:
        self._stream.seek(self.offset)
        decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
        pending = b""
        while not decompressor.eof:
            if not pending and not (pending := self._stream.read(CHUNK)):
                raise Torn(self.file, self.offset, "is torn: the file ends within it")
            try:
                unpacked = decompressor.decompress(pending, CHUNK)
            except zlib.error as error:
                raise self.damage(f"does not unpack ({error})") from error
            rest = decompressor.unused_data if decompressor.eof else decompressor.unconsumed_tail
            self.length += len(pending) - len(rest)
            pending = rest
            if unpacked:
                yield unpacked
        self.ended = True

    def damage(self, what: str) -> DamagedCapture:
        return DamagedCapture(self.file, self.offset, what)


class _Block:
    """A record's block as it passes: hashed, the HTTP payload by itself too, and kept as far as it is asked for."""

    def __init__(self, member: _Member, kind: str):
        self._member = member
        self._http = kind in _HTTP
        self.kept = bytearray()
        self.block = hashlib.sha256()
        self.payload = hashlib.sha256()
        self._in_payload = False

    def add(self, chunk: bytes) -> None:
        self.block.update(chunk)
        if self._in_payload:
            self.payload.update(chunk)
            return
        start = max(len(self.kept) - len(_END) + 1, 0)
        self.kept += chunk
        if self._http:
            end = self.kept.find(_END, start)
            if end >= 0:
                self.payload.update(memoryview(self.kept)[end + len(_END) :])
                self.kept = self.kept[:end]
                self._in_payload = True
        if len(self.kept) > MAX_KEPT:
            raise self._member.damage(f"has a head or metadata of more than {MAX_KEPT} bytes")


def _read_record(member: _Member, found: bool) -> Record:
    chunks = iter(member)
    raw = next(chunks, b"")
    while _END not in raw and len(raw) < MAX_HEAD:
        chunk = next(chunks, b"")
        if not chunk:
            break
        raw += chunk
    fields, start = read_head(raw, member.file, member.offset)
    size = content_length(fields, member.file, member.offset)
    if size > MAX_RECORD:
        raise member.damage(f"is larger than {MAX_RECORD} bytes when unpacked")
    kind = fields.get("warc-type", "")
    block = _Block(member, kind)
    left, tail = size, b""
    for chunk in chain((raw[start:],), chunks):
        block.add(chunk[:left])
        tail += chunk[left : left + len(_END) + 1]
        left -= min(left, len(chunk))
        if len(tail) > len(_END):
            break
    if left or tail != _END:
        raise member.damage(f"does not end after the {size} bytes of content that it names")
    _check_digest(member, fields.get("warc-block-digest"), block.block.hexdigest())
    if kind == "response":
        _check_digest(member, fields.get("warc-payload-digest"), block.payload.hexdigest())
    return Record(member.offset, member.length, kind, fields, bytes(block.kept), found)


def _check_digest(member: _Member, named: str | None, digest: str) -> None:
    if named != f"sha256:{digest}":
        raise member.damage(f"has another digest than the {named} it was written with")


def _next_record(stream: BinaryIO, start: int) -> int | None:
    """The next offset from ``start`` on where a gzip member begins that unpacks to the beginning of a
    record."""
    while True:
        stream.seek(start)
        window = stream.read(CHUNK)
        at = window.find(_MAGIC)
        while at >= 0:
            if _begins_record(stream, start + at):
                return start + at
            at = window.find(_MAGIC, at + 1)
        if len(window) < CHUNK:
            return None
        start += len(window) - len(_MAGIC) + 1


def _begins_record(stream: BinaryIO, offset: int) -> bool:
    stream.seek(offset)
    try:
        start = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(stream.read(_TRIED), len(b"WARC/1."))
    except zlib.error:
        return False
    return start == b"WARC/1."
