"""A WARC file as members: each gzip member by itself, or all of a file that is not packed.

Most tools pack each record by itself, some the whole file; read member by member both are the same, and a record
with a wrong length in a member of its own takes no other along.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from crawler.importing.sources import CHUNK, GZIP, BadInput, Source


class Member:
    """Unpacked bytes, read in order; ``allow`` bounds how many more may be read until it is called again."""

    def __init__(self, source: Source, start: bytes, packed: bool):
        self._source = source
        self.packed = packed
        self._pending = start
        self._decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16) if packed else None
        self._peeked = b""
        self._allowed: int | None = None

    def allow(self, size: int | None) -> None:
        """``size`` further bytes, None: any number. A head has no other bound: its lines are its writer's."""
        self._allowed = size

    def peek(self) -> bytes:
        """The next bytes, which stay to be read; none at the end."""
        self._peeked = self._peeked or self._next(CHUNK)
        return self._peeked

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes, none at the end; raises :class:`BadInput`."""
        data = self.peek()[:size]
        self._peeked = self._peeked[len(data) :]
        if self._allowed is not None:
            self._allowed -= len(data)
            if self._allowed < 0:
                raise BadInput(
                    f"{self._source.name} has a record with an endless head: it is not read further"
                )
        return data

    def finish(self) -> bytes:
        """Read to the end of the member; the packed bytes behind it."""
        while self.peek():
            self._peeked = b""
        return self._pending

    def _next(self, size: int) -> bytes:
        packed = self._decompressor
        while packed is None or not packed.eof:
            data, self._pending = self._pending or self._source.read(size), b""
            if packed is None:
                return data
            if not data:
                raise BadInput(f"{self._source.name} is cut off in the middle of a record")
            try:
                unpacked = packed.decompress(data, CHUNK)
            except zlib.error as error:
                raise BadInput(f"{self._source.name} is damaged and not read further ({error})") from error
            self._pending = packed.unused_data if packed.eof else packed.unconsumed_tail
            if unpacked:
                return unpacked
        return b""


def members(source: Source) -> Iterator[Member]:
    """The members of ``source`` one after the other; raises :class:`BadInput`."""
    start = source.read(CHUNK)
    if not start.startswith(GZIP):
        yield Member(source, start, packed=False)
        return
    while start:
        member = Member(source, start, packed=True)
        yield member
        start = member.finish() or source.read(CHUNK)
        if len(start) < len(GZIP):
            start += source.read(CHUNK)
        if start and not start.startswith(GZIP):
            if start.strip(b"\0"):
                raise BadInput(
                    f"{source.name} has bytes between its records that are none: it is not read further"
                )
            return
