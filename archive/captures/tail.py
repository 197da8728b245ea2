"""The end of a capture file: what lies behind the last capture that the database names."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from archive.captures.trouble import Trouble, orphans

HEAD = 1 << 16
"""Unpacked bytes among which a record's head ends."""


def check_tail(path: Path, file: str, start: int) -> Iterator[Trouble]:
    """What lies behind the last capture that the database names: events, or what a killed run left."""
    lost = 0
    first = offset = start
    with path.open("rb") as stream:
        stream.seek(start)
        for length, kind in members(stream):
            if kind is None:
                yield Trouble(
                    file,
                    offset,
                    f"{file} ends with half a record at offset {offset}, left by a run that was killed: no row refers"
                    " to it, leave it",
                    harmless=True,
                )
                break
            if kind in (b"response", b"revisit"):
                first = first if lost else offset
                lost += 1
            offset += length
    if lost:
        yield orphans(file, first, lost)


def whole_to(path: Path, start: int) -> int:
    """Where the last whole record ends, read from ``start`` on, which is the beginning of one."""
    end = start
    with path.open("rb") as stream:
        stream.seek(start)
        for length, kind in members(stream):
            if kind is None:
                break
            end += length
    return end


def members(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Length and WARC-Type of each gzip member from here on; the type is None for what is no whole record."""
    pending = b""
    while pending or (pending := stream.read(1 << 16)):
        decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
        head, length = b"", 0
        try:
            while not decompressor.eof:
                unpacked = decompressor.decompress(pending, 1 << 16)
                if b"\r\n\r\n" not in head and len(head) < HEAD:  # it may come in pieces
                    head += unpacked
                length += len(pending) - len(decompressor.unconsumed_tail) - len(decompressor.unused_data)
                pending = decompressor.unconsumed_tail or decompressor.unused_data
                if not decompressor.eof and not pending and not (pending := stream.read(1 << 16)):
                    yield length, None
                    return
        except zlib.error:
            yield length, None
            return
        lines = head.partition(b"\r\n\r\n")[0].split(b"\r\n")
        kinds = [line.partition(b":")[2].strip() for line in lines if line.lower().startswith(b"warc-type:")]
        yield length, kinds[0] if kinds else None
