"""Working the queue of files: bytes from captures, a reader in a process of its own, the text into the archive."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from sqlite_utils import Database

from archive.attachments.texts import (
    SHARDS,
    files_to_read,
    index_texts,
    still_waits,
    waiting_file,
    write_text,
)
from archive.captures.reader import DamagedCapture
from archive.layout import DataDirectory
from archive.lock import PortalLocked, portal_lock
from pipelines.files.process import FileReader
from pipelines.files.version import reader_version

LOCK = "texts-of-files-{shard}"
"""Each part of the queue has a lock: several workers share the work and never read a file twice."""


@dataclass
class Worked:
    """What a worker did. ``counts``: files by status; ``left``: files that other workers have."""

    counts: Counter[str] = field(default_factory=Counter)
    indexed: int = 0
    left: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Files that were read, whatever came of it."""
        return sum(self.counts.values())


def read_waiting_files(
    db: Database,
    data: DataDirectory,
    *,
    portal: str | None = None,
    limit: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Worked:
    """Read what waits, part by part, until nothing is left, ``limit`` files were read or ``stop``, asked before each, says so.

    ``progress``: told the files done and those there were. A damaged capture is a problem, its file goes on waiting.
    """
    worked = Worked()
    version = reader_version()
    parts = {shard: files_to_read(db, version, shard, portal) for shard in SHARDS}
    total = sum(map(len, parts.values()))
    worked.indexed += index_texts(db)
    first = os.getpid() % len(SHARDS)  # so that two that begin at once do not meet at every lock
    with FileReader() as reader:
        for shard in SHARDS[first:] + SHARDS[:first]:
            digests = parts[shard] if limit is None else parts[shard][: limit - worked.done]
            if not digests:
                continue
            with ExitStack() as stack:
                try:
                    stack.enter_context(portal_lock(data, LOCK.format(shard=shard), "gongkai files"))
                except PortalLocked:
                    worked.left += len(digests)
                    continue
                for digest in digests:
                    if stop():
                        return worked
                    if still_waits(db, version, digest):
                        _read(db, data, reader, digest, version, worked)
                    if progress is not None:
                        progress(worked.done, total if limit is None else min(total, limit))
    return worked


def _read(
    db: Database, data: DataDirectory, reader: FileReader, digest: str, version: str, worked: Worked
) -> None:
    try:
        file = waiting_file(db, data, digest)
    except DamagedCapture as error:
        worked.problems.append(f"the file {digest} cannot be read: {error}: run gongkai verify")
        return
    found = reader.read(file.body, file.media_type, file.name)
    worked.indexed += write_text(
        db, digest, text=found.text, status=found.status, note=found.finding, version=version
    )
    worked.counts[found.status] += 1
