"""Whether the captures that the database names are in their files: what ``gongkai verify`` asks of them."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, NamedTuple

from sqlite_utils import Database

from archive.captures.reader import DamagedCapture, content_length, read_head, read_record
from archive.layout import DataDirectory

HEAD = 4096
"""Compressed bytes that hold a record's head: a few hundred are usual."""


class Trouble(NamedTuple):
    """One sentence; ``harmless`` when nothing that the database names is touched."""

    file: str
    offset: int
    message: str
    harmless: bool = False


class _Row(NamedTuple):
    id: int
    file: str
    offset: int
    length: int
    record_type: str
    payload_digest: str


def check_captures(db: Database, data: DataDirectory, *, deep: bool) -> Iterator[Trouble]:
    """Every trouble with the files of ``captures``, in the order of the files.

    Always: each file is there and long enough, and each record begins, by offset, with a head of its kind
    whose digest is the row's and whose named length is what the gzip member's trailer says (some 30 µs a
    record). With ``deep`` each record is unpacked and hashed as well, which reads every byte of the files.
    """
    query = "SELECT id, file, offset, length, record_type, payload_digest FROM captures ORDER BY file, offset"
    rows = (_Row(*row) for row in db.conn.execute(query))
    named: set[str] = set()
    for file, group in groupby(rows, key=lambda row: row.file):
        named.add(file)
        yield from _check_file(data, file, group, deep)
    for path in sorted(data.captures.glob("*/*/*.warc.gz")) if data.captures.is_dir() else []:
        file = path.relative_to(data.captures).as_posix()
        if file not in named:
            yield from _check_tail(path, file, 0)


def _check_file(data: DataDirectory, file: str, rows: Iterator[_Row], deep: bool) -> Iterator[Trouble]:
    path = data.captures / file
    try:
        stream = path.open("rb")
    except OSError as error:
        count = sum(1 for _ in rows)
        yield Trouble(
            file,
            0,
            f"{file} cannot be read ({error.strerror}), {count} captures lie in it: restore the file from a backup",
        )
        return
    with stream:
        size = os.fstat(stream.fileno()).st_size
        end, cut_off = 0, []
        for row in rows:
            end = max(end, row.offset + row.length)
            if row.offset + row.length > size:
                cut_off.append(row)
                continue
            try:
                _check_record(data, stream, row, deep)
            except DamagedCapture as error:
                message = f"{error} (row {row.id} of captures): restore the file from a backup"
                yield Trouble(file, row.offset, message)
        if cut_off:
            yield Trouble(
                file,
                cut_off[0].offset,
                f"{file} is truncated at {size} bytes, {len(cut_off)} captures from offset {cut_off[0].offset} on"
                f" (row {cut_off[0].id} of captures) lie beyond: restore the file from a backup",
            )
            return
    yield from _check_tail(path, file, end)


def _check_record(data: DataDirectory, stream: BinaryIO, row: _Row, deep: bool) -> None:
    """Raises :class:`DamagedCapture` when the record is not the row's."""
    if deep:
        record = read_record(data, row.file, row.offset, row.length)
        fields = record.fields
    else:
        fields = _peek(stream, row)
    kind = "response" if row.record_type == "response" else "revisit"
    if fields.get("warc-type") != kind:
        raise DamagedCapture(
            row.file, row.offset, f"is a WARC {fields.get('warc-type')} record, not a {kind}"
        )
    if fields.get("warc-payload-digest") != row.payload_digest:
        raise DamagedCapture(
            row.file, row.offset, f"has another digest than the {row.payload_digest} of its row"
        )


def _peek(stream: BinaryIO, row: _Row) -> dict[str, str]:
    """The record's head, its length checked against the trailer of the gzip member (RFC 1952: size mod
    2^32)."""
    stream.seek(row.offset)
    start = stream.read(min(row.length, HEAD))
    stream.seek(row.offset + row.length - 4)
    unpacked = int.from_bytes(stream.read(4), "little")
    try:
        raw = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start, 4 * HEAD)
    except zlib.error as error:
        raise DamagedCapture(row.file, row.offset, f"does not unpack ({error})") from error
    fields, head = read_head(raw, row.file, row.offset)
    size = content_length(fields, row.file, row.offset)
    if (head + size + 4) & 0xFFFFFFFF != unpacked:
        raise DamagedCapture(row.file, row.offset, f"does not end at its length of {row.length} bytes")
    return fields


def _check_tail(path: Path, file: str, start: int) -> Iterator[Trouble]:
    """What lies behind the last capture that the database names: events, or what a killed run left."""
    lost = 0
    first = offset = start
    with path.open("rb") as stream:
        stream.seek(start)
        for length, kind in _members(stream):
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
        yield Trouble(
            file,
            first,
            f"{file} has {lost} captures from offset {first} on that are not in the database, left by a run that was"
            " killed or is still going on: they are fetched again",
            harmless=True,
        )


def _members(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Length and WARC-Type of each gzip member from here on; the type is None for what is no whole record."""
    pending = b""
    while pending or (pending := stream.read(1 << 16)):
        decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
        head, length = b"", 0
        try:
            while not decompressor.eof:
                unpacked = decompressor.decompress(pending, 1 << 16)
                head = head or unpacked
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
