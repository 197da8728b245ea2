"""Runs ``gongkai`` and kills it at a chosen step: ``python -m tests.proof.killed SEAM:N -- backfill sample``.

A *seam* is a place between two steps of a writer: around a WARC record, its fsync, a new file, the beginning of a
transaction, each statement in it, its commit, the search index, a file's renaming. At the ``N``-th passage of ``SEAM``
the process sends itself SIGKILL. ``SEAM:N:cut`` is a power cut: what was written to a capture file since its last fsync
is lost too. ``count:FILE`` kills nothing and writes into FILE how often each seam was passed.

Nothing of it is in the program: the seams are put over Python's own ``sqlite3.connect`` and ``os`` before the program's
modules are imported.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sqlite3
import stat
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

SMALL_WARC = 12_000
"""Bytes after which a capture file is full here, so that rotation happens among a few pages."""

_WRITES = {
    "BEGIN": "begin", "COMMIT": "commit", "INSERT": "statement", "UPDATE": "statement", "DELETE": "statement",
    "REPLACE": "statement", "WITH": "statement", "ATTACH": "attach", "CREATE": "statement", "DROP": "statement",
    "ALTER": "statement",
}  # fmt: skip


class Passages:
    """Counts the passages of every seam, and ends the process at the chosen one."""

    def __init__(self, seam: str = "", number: int = 0, *, cut: bool = False):
        self.counts: Counter[str] = Counter()
        self._seam, self._number, self._cut = seam, number, cut
        self._lock = threading.Lock()
        self._synced: dict[int, int] = {}

    def arrive(self, seam: str) -> bool:
        """Note a passage; True when it is the one to die at."""
        with self._lock:
            self.counts[seam] += 1
            return seam == self._seam and self.counts[seam] == self._number

    def pass_by(self, seam: str) -> None:
        """Note a passage, and die there if it is the one."""
        if self.arrive(seam):
            self.die()

    def synced(self, descriptor: int, length: int) -> None:
        """So much of a file is on disk."""
        self._synced[os.fstat(descriptor).st_ino] = length

    def die(self) -> None:
        """SIGKILL to this process; after a power cut with the unsynced ends of its capture files lost."""
        if self._cut:
            for descriptor, _ in _open_captures():
                os.ftruncate(descriptor, self._synced.get(os.fstat(descriptor).st_ino, 0))
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)


def _open_captures() -> list[tuple[int, str]]:
    """The capture files that this process has open for writing."""
    found = []
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208  # no pathlib here: its functions are patched
        try:
            path = os.readlink(f"/proc/self/fd/{name}")  # noqa: PTH115
            writes = fcntl.fcntl(int(name), fcntl.F_GETFL) & (os.O_WRONLY | os.O_RDWR)
        except OSError:
            continue  # the descriptor of the listing itself
        if path.endswith(".warc.gz") and writes:
            found.append((int(name), path))
    return found


def put_seams(passages: Passages) -> None:
    """Patch what the program writes with; before its modules are imported."""
    _database_seams(passages)
    _file_seams(passages)
    _archive_seams(passages)


def _database_seams(passages: Passages) -> None:
    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
            kind = _WRITES.get(sql.split(None, 1)[0].upper() if sql.strip() else "")
            if kind is None:
                return super().execute(sql, *parameters)
            passages.pass_by(f"before-{kind}")
            result = super().execute(sql, *parameters)
            if kind != "statement":
                passages.pass_by(f"after-{kind}")
            return result

        def executemany(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
            passages.pass_by("before-statement")
            return super().executemany(sql, *parameters)

        def commit(self) -> None:
            passages.pass_by("before-commit")
            super().commit()
            passages.pass_by("after-commit")

    connect = sqlite3.connect

    def connect_counting(*arguments: Any, **named: Any) -> sqlite3.Connection:
        named.setdefault("factory", Connection)
        return connect(*arguments, **named)  # type: ignore[no-any-return]

    sqlite3.connect = connect_counting  # type: ignore[assignment]


def _file_seams(passages: Passages) -> None:
    fsync, write = os.fsync, os.write

    def fsync_counting(descriptor: Any) -> None:
        number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
        length = os.fstat(number).st_size
        passages.pass_by("before-fsync")
        fsync(descriptor)
        passages.synced(number, length)
        passages.pass_by("after-fsync")

    def write_counting(descriptor: int, data: Any) -> int:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return write(descriptor, data)
        passages.pass_by("before-write")
        if passages.arrive("torn-write"):
            write(descriptor, bytes(data)[: len(data) // 2])
            passages.die()
        written = write(descriptor, data)
        passages.pass_by("after-write")
        return written

    os.fsync, os.write = fsync_counting, write_counting  # type: ignore[assignment]
    for name in ("replace", "rename", "link", "unlink", "remove"):
        setattr(os, name, _around(passages, "file", getattr(os, name)))


def _archive_seams(passages: Passages) -> None:
    import archive.search
    import archive.search.index
    from archive.captures.writer import CaptureWriter

    for name in ("index_document", "rebuild_index"):
        wrapped = _around(passages, "index", getattr(archive.search.index, name))
        for module in (archive.search, archive.search.index):
            if hasattr(module, name):
                setattr(module, name, wrapped)
    for name, seam in (("_open_next", "rotation"), ("sync", "sync"), ("append", "append")):
        setattr(CaptureWriter, name, _around(passages, seam, getattr(CaptureWriter, name)))
    defaults = CaptureWriter.__init__.__kwdefaults__
    defaults["max_bytes"] = SMALL_WARC


def _around(passages: Passages, seam: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def passing(*arguments: Any, **named: Any) -> Any:
        passages.pass_by(f"before-{seam}")
        result = function(*arguments, **named)
        passages.pass_by(f"after-{seam}")
        return result

    return passing


def main(words: list[str]) -> None:
    """See the module's text."""
    where, separator, *arguments = words
    assert separator == "--", "usage: python -m tests.proof.killed SEAM:N -- VERB …"
    seam, _, rest = where.partition(":")
    number, _, how = rest.partition(":")
    counting = seam == "count"
    passages = Passages() if counting else Passages(seam, int(number), cut=how == "cut")
    put_seams(passages)
    from crawler.cli import main as gongkai

    try:
        gongkai(arguments, prog_name="gongkai")
    finally:
        if counting:
            Path(rest).write_text(json.dumps(dict(passages.counts)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
