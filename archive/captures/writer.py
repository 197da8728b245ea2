"""Appending records to a crawl's WARC files: whole or not at all, and on disk before anything refers to
them."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path

from archive.layout import DataDirectory

ONE_GIB = 1 << 30

_FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NUMBER = re.compile(r"-([0-9]{5,})\.warc\.gz")


class CaptureWriter:
    """Writes ``captures/<portal>/<year>/<crawl>-NNNNN.warc.gz``.

    A new writer never appends to a file that is there: what a killed one left at its end stays apart.
    ``append`` and ``sync`` may be called from different threads. ``heading`` (a ``warcinfo`` record) opens
    every file. No file is made before the first record. All methods raise ``OSError`` naming the file (full
    disk, read-only).
    """

    def __init__(
        self,
        data: DataDirectory,
        portal: str,
        crawl_id: str,
        *,
        year: int,
        max_bytes: int = ONE_GIB,
        heading: bytes = b"",
    ):
        for name in (portal, crawl_id):
            if not _FOLDER_NAME.fullmatch(name):
                raise ValueError(f"not a name for a file: {name!r}")
        self._data = data
        self._crawl_id = crawl_id
        self._folder = data.portal_captures(portal, year)
        self._heading = heading
        self._max_bytes = max_bytes
        self._number = _highest_number(data.captures / portal, crawl_id)
        self._path: Path | None = None
        self._descriptor = -1
        self._length = 0
        self._synced = 0
        self._broken: str | None = None
        self._appending = threading.Lock()
        self._syncing = threading.Lock()  # taken before _appending; held while the file may not be closed

    def append(self, block: bytes) -> tuple[str, int]:
        """Write ``block``; its file, relative to the captures directory, and its offset there.

        A failed write leaves the file as it was before: half a record is never followed by another. Begins
        a new file when this one would grow beyond ``max_bytes``.
        """
        with self._appending:
            full = self._length + len(block) > self._max_bytes and self._length > len(self._heading)
            fits = self._path is not None and not full
            if fits:
                return self._write(block)
        with self._syncing, self._appending:
            self._finish_file()
            self._open_next()
            if self._heading:
                self._write(self._heading)
            return self._write(block)

    def sync(self) -> None:
        """Return when everything appended before the call is on disk; appending may go on meanwhile."""
        with self._syncing:
            with self._appending:
                length, path = self._length, self._path
            if path is None or length == self._synced:
                return
            self._fsync(path)
            self._synced = length

    def close(self) -> None:
        """Sync and close the file; may be called again."""
        with self._syncing, self._appending:
            self._finish_file()

    def _finish_file(self) -> None:
        if self._path is None:
            return
        if self._length != self._synced:
            self._fsync(self._path)
        os.close(self._descriptor)
        self._path, self._descriptor = None, -1

    def _open_next(self) -> None:
        if self._broken:
            raise OSError(self._broken)
        missing = [folder for folder in (self._folder, *self._folder.parents) if not folder.exists()]
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._crawl_id}-{self._number + 1:05d}.warc.gz"
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        self._number += 1
        self._path, self._length, self._synced = path, 0, 0
        # A file's name is durable when the folder that holds it is.
        for folder in {self._folder, *(folder.parent for folder in missing)}:
            _fsync_folder(folder)

    def _write(self, block: bytes) -> tuple[str, int]:
        path = self._path
        if path is None or self._broken:
            raise OSError(self._broken or "the capture file is closed")
        offset = self._length
        view = memoryview(block)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            self._take_back(path, offset)
            raise OSError(error.errno, error.strerror, str(path)) from error
        self._length = offset + len(block)
        return path.relative_to(self._data.captures).as_posix(), offset

    def _take_back(self, path: Path, length: int) -> None:
        """Cut the file to its last good length; where even that fails, nothing more is written to it."""
        try:
            os.ftruncate(self._descriptor, length)
        except OSError as error:
            self._broken = f"{path} has half a record at {length} that cannot be cut off: {error.strerror}"

    def _fsync(self, path: Path) -> None:
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from error


def _highest_number(folder: Path, crawl_id: str) -> int:
    """The highest NNNNN that this crawl has in any year's folder; 0 when none."""
    found = (_NUMBER.fullmatch(path.name[len(crawl_id) :]) for path in folder.glob(f"*/{crawl_id}-*.warc.gz"))
    return max((int(match.group(1)) for match in found if match), default=0)


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
