"""The HTTP headers of a capture, without reading its body: a file's may be megabytes."""

from __future__ import annotations

import zlib

from archive.captures.reader import DamagedCapture, read_head
from archive.layout import DataDirectory

PACKED, UNPACKED = 16 << 10, 64 << 10
"""Bytes read of the record, and unpacked: the heads of a record and its response are a few hundred."""


def read_headers(data: DataDirectory, file: str, offset: int, length: int) -> dict[str, str]:
    """The headers of the response at ``offset`` of ``file``, names in lower case, the first value of each.

    Nothing of the record but its heads is checked. Raises :class:`DamagedCapture` where they cannot be read.
    """
    try:
        with (data.captures / file).open("rb") as stream:
            stream.seek(offset)
            packed = stream.read(min(length, PACKED))
        raw = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(packed, UNPACKED)
    except (OSError, zlib.error) as error:
        raise DamagedCapture(file, offset, f"cannot be read ({error})") from error
    _, start = read_head(raw, file, offset)
    head, end, _ = raw[start:].partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/") or not end:
        raise DamagedCapture(file, offset, "has no HTTP head")
    found: dict[str, str] = {}
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.decode("latin-1").partition(":")
        found.setdefault(name.strip().lower(), value.strip())
    return found
