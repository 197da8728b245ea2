"""One writer a portal: a lock that names its holder and dies with it (DESIGN §8)."""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

from archive.layout import DataDirectory

ATTEMPTS = 3
"""Who only asks whether a lock is held (:func:`is_locked`) holds it for that moment itself."""

_BEIJING = timezone(timedelta(hours=8))  # China has no summer time
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class PortalLocked(Exception):
    """Another process works on the portal; ``holder`` says which (command, process, since when)."""

    def __init__(self, holder: str):
        super().__init__(f"another run works on this portal: {holder}")
        self.holder = holder


@contextmanager
def portal_lock(data: DataDirectory, portal: str, holder: str) -> Iterator[None]:
    """Hold the portal's lock during the block; raises :class:`PortalLocked` at once when another has it.

    ``holder`` (the command) is what the other process is told, with our process id and since when. The kernel
    drops a flock when its process ends, however it ends, so a dead holder never locks anybody out: the file
    stays, but its text counts only while somebody holds it. Raises ``OSError`` naming the file.
    """
    if not _NAME.fullmatch(portal):
        raise ValueError(f"not a portal id: {portal!r}")
    data.locks.mkdir(parents=True, exist_ok=True)
    path = data.locks / f"{portal}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        for attempt in range(ATTEMPTS):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if attempt == ATTEMPTS - 1:
                    raise PortalLocked(_holder(path)) from None
                time.sleep(0.02)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{holder} (process {os.getpid()})".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _holder(path: Path) -> str:
    """What the holder wrote, and when; it may be about to write it."""
    name = path.read_text("utf-8", "replace").strip()
    since = datetime.fromtimestamp(path.stat().st_mtime, _BEIJING)
    return f"{name}, since {since:%Y-%m-%d %H:%M:%S} +08:00" if name else "a process that has just begun"


def is_locked(data: DataDirectory, portal: str) -> bool:
    """Whether a process holds the portal's lock now; False also for what is no portal."""
    try:
        descriptor = os.open(data.locks / f"{portal}.lock", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
