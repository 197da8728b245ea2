"""One writer a portal: a lock that names its holder and dies with it (DESIGN §8)."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.layout import DataDirectory

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class PortalLocked(Exception):
    """Another process works on the portal; ``holder`` says which (command, process, since when)."""

    def __init__(self, holder: str):
        super().__init__(f"another run works on this portal: {holder}")
        self.holder = holder


@contextmanager
def portal_lock(data: DataDirectory, portal: str, holder: str, *, at: str | None = None) -> Iterator[None]:
    """Hold the portal's lock during the block; raises :class:`PortalLocked` at once when another process
    has it.

    ``holder`` (the command) and ``at`` (since when) are what the other process is told, with our process
    id. The kernel drops a flock when its process ends however it ends, so that a dead holder never locks
    anybody out: the file stays, its text is only read while somebody holds it. Raises ``OSError`` naming
    the file.
    """
    if not _NAME.fullmatch(portal):
        raise ValueError(f"not a portal id: {portal!r}")
    data.locks.mkdir(parents=True, exist_ok=True)
    path = data.locks / f"{portal}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PortalLocked(_read(path)) from None
        since = f", since {at}" if at else ""
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{holder} (process {os.getpid()}{since})\n".encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _read(path: Path) -> str:
    """What the holder wrote; it may be about to write it."""
    return path.read_text("utf-8", "replace").strip() or "a process that has not named itself yet"
