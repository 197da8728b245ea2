"""ZIP files, opened as if each were a bomb: few entries, little in each, names in any encoding."""

from __future__ import annotations

import io
import struct
import zlib
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from pipelines.files.model import NoText

MOST_ENTRIES = 10_000
MOST_UNPACKED = 128 << 20
"""Bytes of all that is unpacked from one file."""
MOST_RATIO = 200
"""Bytes that one packed byte may become, in an entry of more than :data:`SMALL` bytes. Office files stay under 60."""
SMALL = 8 << 20
_CENTRAL = b"PK\x01\x02"
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1


class Zip:
    """A ZIP in memory; every way in which it may be bad is a :class:`NoText`."""

    def __init__(self, body: bytes):
        if body.count(_CENTRAL) > MOST_ENTRIES:
            raise NoText("too_large", f"the archive has more than {MOST_ENTRIES:,} entries")
        try:
            self._zip = ZipFile(io.BytesIO(body))
        except (BadZipFile, ValueError, NotImplementedError, struct.error, OSError) as error:
            raise NoText("failed", f"the archive is damaged ({error})") from error
        self._left = MOST_UNPACKED
        self._entries = {_name(info): info for info in self._zip.infolist() if not info.is_dir()}

    @property
    def names(self) -> list[str]:
        """The names of the files in it, decoded, in its order."""
        return list(self._entries)

    def has(self, name: str) -> bool:
        """Whether there is such an entry."""
        return name in self._entries

    def open(self, name: str) -> IO[bytes]:
        """A stream of an entry, no more than may be unpacked; raises :class:`NoText` also while it is read."""
        info = self._entries.get(name)
        if info is None:
            raise NoText("failed", f"{name} is missing in the file")
        if info.flag_bits & _ENCRYPTED:
            raise NoText("failed", "the file is encrypted")
        if info.file_size > self._left or (
            info.file_size > SMALL and info.file_size > MOST_RATIO * max(info.compress_size, 1)
        ):
            raise NoText("too_large", f"{name} would unpack to {info.file_size:,} bytes")
        try:
            return io.BufferedReader(_Bounded(self, self._zip.open(info)))
        except (BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            raise NoText("failed", f"{name} cannot be unpacked ({error})") from error

    def read(self, name: str, most: int = MOST_UNPACKED) -> bytes:
        """The bytes of an entry, at most ``most``."""
        with self.open(name) as stream:
            return stream.read(most)

    def take(self, count: int) -> None:
        """Count bytes that were unpacked."""
        self._left -= count
        if self._left < 0:
            raise NoText("too_large", f"the file unpacks to more than {MOST_UNPACKED:,} bytes")


class _Bounded(io.RawIOBase):
    """An entry whose declared size is not believed."""

    def __init__(self, archive: Zip, stream: IO[bytes]):
        self._archive = archive
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what io.BufferedReader gives
        try:
            data = self._stream.read(len(buffer))
        except (BadZipFile, zlib.error, EOFError, OSError) as error:
            raise NoText("failed", f"the archive is damaged ({error})") from error
        self._archive.take(len(data))
        buffer[: len(data)] = data
        return len(data)


def _name(info: ZipInfo) -> str:
    """An entry's name: UTF-8 where it says so or is so, else GBK, which Chinese packers write without a word."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
