"""Opening the files that ``gongkai import`` is given: WARC files, packed or not, and the ones inside WACZ files.

Everything is read as a stream. Nothing inside a WACZ is written to disk, so its names lead nowhere.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

CHUNK = 1 << 16
MAX_RATIO = 200
"""Unpacked bytes of a WACZ for each of its own: WARC files in it are packed already or shrink some ten times."""
MAX_SMALL = 256 << 20
"""Unpacked bytes that any WACZ may have."""

Advance = Callable[[int], None]

GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_PACKED = (".wacz", ".zip")


class BadInput(Exception):
    """A file, or the rest of it, that cannot be read; one sentence that names it."""


class Source:
    """One WARC file as a stream: ``name`` is what a person calls it; ``read`` raises :class:`BadInput`."""

    def __init__(
        self, name: str, stream: IO[bytes], limit: int | None = None, progress: Advance = lambda size: None
    ):
        self.name = name
        self._stream = stream
        self._left = limit
        self._progress = progress

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes, none at the end."""
        try:
            data = self._stream.read(size)
        except (OSError, zlib.error, zipfile.BadZipFile, EOFError) as error:
            raise BadInput(f"{self.name} cannot be read further ({error})") from error
        self._progress(len(data))
        if self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                raise BadInput(
                    f"{self.name} unpacks to more than {MAX_RATIO} times its size: it is not read further"
                )
        return data


def open_sources(path: Path, progress: Advance = lambda size: None) -> Iterator[Source]:
    """The WARC files in ``path``: itself, or those inside where it is a WACZ. Raises :class:`BadInput`.

    A source is to be read before the next is asked for. ``progress`` is told of the bytes that were read.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror or error}): check the path") from error
    with stream:
        head = _head(path, stream)
        if head.startswith((_ZIP, _EMPTY_ZIP)):
            yield from _in_wacz(path, stream, progress)
        else:
            yield Source(str(path), stream, progress=progress)


def _head(path: Path, stream: IO[bytes]) -> bytes:
    try:
        head = stream.read(len(_ZIP))
        stream.seek(0)
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror or error}): check the path") from error
    if not head:
        raise BadInput(f"{path} is empty")
    return head


def _in_wacz(path: Path, stream: IO[bytes], progress: Advance) -> Iterator[Source]:
    try:
        archive = zipfile.ZipFile(stream)
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise BadInput(f"{path} is a damaged WACZ file ({error})") from error
    with archive:
        members = [info for info in archive.infolist() if _is_warc(info.filename)]
        if not members:
            inner = [info for info in archive.infolist() if info.filename.lower().endswith(_PACKED)]
            more = ": unpack it and import the WACZ files inside" if inner else ""
            raise BadInput(f"{path} is no WACZ file: it holds no WARC file{more}")
        limit = max(MAX_SMALL, MAX_RATIO * path.stat().st_size)
        if sum(info.file_size for info in members) > limit:
            raise BadInput(f"{path} unpacks to more than {MAX_RATIO} times its size: it is not read")
        for info in members:
            name = f"{path}:{_printable(info.filename)}"
            if info.flag_bits & 1:
                raise BadInput(f"{name} is encrypted: decrypt it first")
            try:
                member = archive.open(info)
            except (OSError, RuntimeError, NotImplementedError, ValueError, zipfile.BadZipFile) as error:
                raise BadInput(f"{name} cannot be unpacked ({error})") from error
            with member:
                yield Source(name, member, limit, progress)


def _is_warc(name: str) -> bool:
    return name.lower().endswith((".warc", ".warc.gz"))


def _printable(name: str) -> str:
    return "".join(char if char.isprintable() else "�" for char in name)[-120:]
