"""Whether the captures that the database names are in their files: what ``gongkai verify`` asks of them."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator, Set
from typing import BinaryIO

from sqlite_utils import Database

from archive.captures.compare import compare_file
from archive.captures.model import Capture
from archive.captures.observation import SeenEvent
from archive.captures.reader import DamagedCapture, content_length, read_head, read_record
from archive.captures.table import COLUMNS
from archive.captures.tail import check_tail
from archive.captures.trouble import Trouble
from archive.layout import DataDirectory

HEAD = 4096
"""Compressed bytes that hold a record's head: a few hundred are usual."""

Progress = Callable[[str, int, int | None], None]
Rows = dict[int, Capture]
"""The rows of a file by their id, in the order of their offsets."""


def check_captures(
    db: Database,
    data: DataDirectory,
    *,
    deep: bool,
    progress: Progress = lambda what, done, total: None,
    events: list[SeenEvent] | None = None,
) -> Iterator[Trouble]:
    """Every trouble with the files of ``captures``, in the order of the files.

    Always: each file is there and long enough, and each record begins, by offset, with a head of its kind
    whose digest is the row's and whose named length is what the gzip member's trailer says (some 30 µs a
    record). With ``deep`` every record of the files, metadata and events too, is unpacked and hashed, and each
    row is compared with what its records say, which reads every byte; ``events`` gets every event of the files.
    """
    named = {row[0] for row in db.conn.execute("SELECT DISTINCT file FROM captures")}
    files = sorted(named | capture_files(data))
    for count, file in enumerate(files):
        progress("capture files", count, len(files))
        yield from check_file(data, file, rows_of(db, file) if file in named else {}, deep, events)


def capture_files(data: DataDirectory) -> set[str]:
    """The WARC files that are there, relative to captures."""
    if not data.captures.is_dir():
        return set()
    return {path.relative_to(data.captures).as_posix() for path in data.captures.glob("*/*/*.warc.gz")}


def rows_of(db: Database, file: str) -> Rows:
    """What the database says of ``file``."""
    query = f"SELECT id, {', '.join(COLUMNS)} FROM captures WHERE file = ? ORDER BY offset"
    return {row[0]: Capture(*row[1:]) for row in db.conn.execute(query, (file,))}


def check_file(
    data: DataDirectory, file: str, rows: Rows, deep: bool, events: list[SeenEvent] | None = None
) -> Iterator[Trouble]:
    """Every trouble with one file, whose rows are ``rows``; with ``deep``, ``events`` gets its events."""
    path = data.captures / file
    try:
        stream = path.open("rb")
    except OSError as error:
        message = f"{file} cannot be read ({error.strerror}), {len(rows)} captures lie in it: restore the file from a backup"
        yield Trouble(file, 0, message, captures=tuple(rows))
        return
    with stream:
        size = os.fstat(stream.fileno()).st_size
        end = max((row.offset + row.length for row in rows.values()), default=0)
        cut_off = {id_: row for id_, row in rows.items() if row.offset + row.length > size}
        compared = compare_file(data, file, rows) if deep else None
        if compared is not None and events is not None:
            events += compared.events
        asked: Set[int] = rows.keys() if compared is None else compared.unseen | compared.other.keys()
        for id_ in sorted(asked - cut_off.keys(), key=lambda id_: rows[id_].offset):
            row = rows[id_]
            try:
                _check_record(data, stream, row, deep)
            except DamagedCapture as error:
                message = f"{error} (row {id_} of captures): restore the file from a backup"
                yield Trouble(file, row.offset, message, captures=(id_,))
            else:
                if compared is not None and id_ in compared.other:
                    yield _says_another(id_, row, compared.other[id_])
    if cut_off:
        first, row = next(iter(cut_off.items()))
        message = (
            f"{file} is truncated at {size} bytes, {len(cut_off)} captures from offset {row.offset} on (row {first} of"
            " captures) lie beyond: restore the file from a backup"
        )
        yield Trouble(file, row.offset, message, captures=tuple(cut_off))
    if compared is not None:
        yield from compared.troubles
    elif not cut_off:
        yield from check_tail(path, file, end)


def _says_another(id_: int, row: Capture, names: list[str]) -> Trouble:
    message = (
        f"row {id_} of captures says another {', '.join(names)} than its record at offset {row.offset} of {row.file}:"
        " run `gongkai verify --deep --repair`"
    )
    return Trouble(row.file, row.offset, message, captures=(id_,))


def _check_record(data: DataDirectory, stream: BinaryIO, row: Capture, deep: bool) -> None:
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


def _peek(stream: BinaryIO, row: Capture) -> dict[str, str]:
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
