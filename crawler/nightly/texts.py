"""The last work of a night: the text of the attachments that its crawls downloaded, for a bounded time.

After the crawls, so that it takes nothing from them; what is left waits for the next night or for ``gongkai files``.
"""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import Any

from archive.attachments.texts import SHARDS, files_to_read
from archive.layout import DataDirectory
from archive.transaction import connect
from crawler.file_texts import read_waiting_files
from pipelines.files.version import reader_version


@dataclass
class NightTexts:
    """``read`` files by status, documents ``indexed`` anew, how many files are ``waiting`` still; ``interrupted``: by a
    signal.
    """

    read: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    indexed: int = 0
    waiting: int = 0
    seconds: float = 0.0
    interrupted: bool = False
    problems: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able, for the run report."""
        return asdict(self)


def read_texts(data: DataDirectory, seconds: float, stop: Callable[[], bool]) -> NightTexts:
    """Work the queue of files for at most ``seconds``, or until ``stop`` says so; nothing is raised.

    Both are asked before each file, and reading one has a time limit of its own. SIGTERM ends it at once: the file at
    hand waits.
    """
    texts, began = NightTexts(), time.monotonic()

    def over() -> bool:
        return time.monotonic() - began >= seconds or stop()

    handler = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if not over():
            with closing(connect(data.database)) as db:
                worked = read_waiting_files(db, data, stop=over)
            texts.read, texts.counts, texts.indexed = worked.done, dict(worked.counts), worked.indexed
            texts.problems = worked.problems
    except KeyboardInterrupt:
        texts.interrupted = True
    except (sqlite3.Error, OSError) as error:
        texts.problems.append(f"the text of attachments could not be kept ({error}): run `gongkai files`")
    finally:
        signal.signal(signal.SIGTERM, handler)
        texts.seconds = round(time.monotonic() - began, 1)
        texts.waiting = _waiting(data)
    return texts


def _waiting(data: DataDirectory) -> int:
    """How many files have no text yet, by a connection of its own: the other may have been broken off."""
    try:
        with closing(connect(data.database, readonly=True)) as db:
            version = reader_version()
            return sum(len(files_to_read(db, version, shard)) for shard in SHARDS)
    except sqlite3.Error:
        return 0
