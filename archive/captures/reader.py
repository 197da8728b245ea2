"""Reading one capture back: by offset, every byte checked, damage named by file and place.

Not with warcio, which reads a truncated last record without an error.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from archive.captures.encoding import TooLarge, decode_body
from archive.captures.records import payload_digest
from archive.layout import DataDirectory

MAX_BODY = 64 << 20
"""Bytes of a body with its Content-Encoding removed."""

MAX_RECORD = 256 << 20
"""Bytes of an unpacked record: more than any response that was let in, less than fills the memory."""


class DamagedCapture(Exception):
    """The bytes at a file's offset are not the capture that was written there; one sentence that names
    them."""

    def __init__(self, file: str, offset: int, what: str):
        super().__init__(f"the capture at offset {offset} of {file} {what}")
        self.file = file
        self.offset = offset
        self.what = what


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A WARC record: its named fields (names lower-case) and its block, checked against length and
    digests."""

    kind: str
    fields: dict[str, str]
    block: bytes


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """An HTTP response as captured: ``payload`` as received, ``body`` with Content-Encoding removed.

    ``headers`` are raw bytes in the order received. Of a revisit, ``payload`` and ``body`` are empty: they
    lie in the capture that it refers to.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    payload: bytes
    body: bytes
    content_type: str | None
    url: str
    fetched_at: str


def read_capture(data: DataDirectory, file: str, offset: int, length: int) -> StoredResponse:
    """The response in the gzip member of ``length`` bytes at ``offset`` of ``file`` (relative to captures).

    Raises :class:`DamagedCapture` for anything but a whole, unaltered response or revisit record: missing or
    truncated file, other length, not gzip, wrong digest, a body beyond ``MAX_BODY``.
    """
    record = read_record(data, file, offset, length)
    if record.kind not in ("response", "revisit"):
        raise DamagedCapture(file, offset, f"is a WARC {record.kind} record, not a response")
    head, payload = _split_http(record.block)
    lines = head.split(b"\r\n")
    status = lines[0].split(b" ", 2)[1:2]
    if not lines[0].startswith(b"HTTP/") or not status or not status[0].isdigit():
        raise DamagedCapture(file, offset, "has no HTTP status line")
    headers = [
        (name.strip(), value.strip()) for name, _, value in (line.partition(b":") for line in lines[1:])
    ]
    try:
        body = decode_body(payload, _values(headers, b"content-encoding"), MAX_BODY)
    except TooLarge as error:
        raise DamagedCapture(file, offset, f"has a body of {error}") from error
    content_type = next((value.decode("latin-1") for value in _values(headers, b"content-type")), None)
    return StoredResponse(
        status=int(status[0]),
        headers=headers,
        payload=payload,
        body=body,
        content_type=content_type,
        url=record.fields.get("warc-target-uri", ""),
        fetched_at=record.fields.get("warc-date", ""),
    )


def read_record(data: DataDirectory, file: str, offset: int, length: int) -> StoredRecord:
    """The WARC record in this gzip member, checked against its length and digests; see
    :func:`read_capture`."""
    raw = _unpack(_read_bytes(data, file, offset, length), file, offset)
    fields, start = read_head(raw, file, offset)
    size = content_length(fields, file, offset)
    if raw[start + size :] != b"\r\n\r\n":
        raise DamagedCapture(
            file, offset, f"has {len(raw) - start - 4} bytes of content where it names {size}"
        )
    block = raw[start : start + size]
    kind = fields.get("warc-type", "")
    _check_digest(fields.get("warc-block-digest"), block, file, offset)
    if kind == "response":
        _check_digest(fields.get("warc-payload-digest"), _split_http(block)[1], file, offset)
    return StoredRecord(kind, fields, block)


def read_head(raw: bytes, file: str, offset: int) -> tuple[dict[str, str], int]:
    """The named fields (names lower-case) that an unpacked record begins with, and where its block starts."""
    end = raw.find(b"\r\n\r\n")
    version, *lines = raw[: max(end, 0)].split(b"\r\n")
    if not version.startswith(b"WARC/"):
        raise DamagedCapture(file, offset, "is no WARC record")
    pairs = (line.decode("utf-8", "replace").partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}, end + 4


def content_length(fields: dict[str, str], file: str, offset: int) -> int:
    """The record's Content-Length."""
    size = fields.get("content-length", "")
    if not (size.isascii() and size.isdecimal() and len(size) < 16):
        raise DamagedCapture(file, offset, "names no length of its content")
    return int(size)


def _read_bytes(data: DataDirectory, file: str, offset: int, length: int) -> bytes:
    path = data.captures / file
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            found = stream.read(length)
    except FileNotFoundError:
        raise DamagedCapture(file, offset, "is lost: there is no such file") from None
    if len(found) < length:
        raise DamagedCapture(file, offset, f"is truncated: {len(found)} of {length} bytes are there")
    return found


def _unpack(member: bytes, file: str, offset: int) -> bytes:
    """Exactly one gzip member; zlib checks its CRC and size at the end."""
    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        raw = decompressor.decompress(member, MAX_RECORD)
    except zlib.error as error:
        raise DamagedCapture(file, offset, f"does not unpack ({error})") from error
    if decompressor.unconsumed_tail:
        raise DamagedCapture(file, offset, f"is larger than {MAX_RECORD} bytes when unpacked")
    if not decompressor.eof:
        raise DamagedCapture(file, offset, "has no end within its length")
    if decompressor.unused_data:
        raise DamagedCapture(file, offset, "ends before its length")
    return raw


def _check_digest(named: str | None, content: bytes, file: str, offset: int) -> None:
    if named != payload_digest(content):
        raise DamagedCapture(file, offset, f"has another digest than the {named} it was written with")


def _split_http(block: bytes) -> tuple[bytes, bytes]:
    head, _, payload = block.partition(b"\r\n\r\n")
    return head, payload


def _values(headers: list[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    return [value for key, value in headers if key.lower() == name]
