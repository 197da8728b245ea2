"""One portal replayed: its captures indexed, applied in order to a database of their own, and put in its place."""

from __future__ import annotations

import shutil
import sqlite3
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from sqlite_utils import Database

from archive.captures.observation import Observation, SeenCapture
from archive.captures.reader import DamagedCapture
from archive.info import get_info, set_info
from archive.layout import DataDirectory
from archive.prepare import prepare
from archive.transaction import connect, transaction
from archive.transplant import Transplanted, TransplantRefused, transplant
from crawler import clock
from crawler.config_error import ConfigError
from crawler.portals.loader import has_file, load_portal
from crawler.portals.model import Portal
from crawler.portals.register import register
from crawler.portals.stored import portal_of
from crawler.replay.captures import Captures, wants_reading
from crawler.replay.crawls import Crawls
from crawler.replay.events import Events, NotUnderstood
from crawler.replay.index import Index, warc_files
from crawler.replay.pages import Page, Pages
from pipelines.workers.pool import WorkerPool

AHEAD = 32
"""Pages that the workers read ahead of the one that is archived."""
BATCH = 200
"""Observations in one transaction: nobody else uses the scratch database."""
_DONE = "replayed"


class ReplayError(RuntimeError):
    """A portal that cannot be replayed; one sentence."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it; ``damages`` are sentences about records that could not be read."""

    portal: str
    observations: int
    transplanted: Transplanted
    damages: list[str]


class Progress(Protocol):
    """Told how a replay goes on: of how many bytes or observations, and one more piece."""

    def begin(self, what: str, total: int) -> None:
        """A stage begins."""

    def advance(self, amount: int) -> None:
        """So much more is done."""


class Silent:
    """Says nothing."""

    def begin(self, what: str, total: int) -> None:
        """Nothing."""

    def advance(self, amount: int) -> None:
        """Nothing."""


def replay_portal(
    db: Database, data: DataDirectory, portal_id: str, *, pool: WorkerPool, progress: Progress | None = None
) -> Replayed:
    """Make the archive's rows of ``portal_id`` what all its captures say, in the order of their times.

    The caller holds the portal's lock; ``db`` is prepared. Killed and called again it goes on where it was. Raises
    :class:`ReplayError`, and the archive is as it was.
    """
    said = progress or Silent()
    folder = data.root / "replay" / portal_id
    folder.mkdir(parents=True, exist_ok=True)
    files = warc_files(data, portal_id)
    said.begin(f"{portal_id}: reading captures", sum(files.values()))
    stale = not (folder / "index.db").exists()
    before = _signature(folder)
    index = Index.build(data, portal_id, folder / "index.db", progress=said.advance)
    scratch = folder / "archive.db"
    if stale or before != _signature(folder):
        _remove(scratch)
    count = index.count()
    said.begin(f"{portal_id}: replaying", count)
    damages = index.damages()
    _replay(data, _portal(portal_id, data, index), index, scratch, pool, said, damages)
    try:
        transplanted = transplant(db, scratch, portal_id, at=clock.stamp())
    except TransplantRefused as error:
        raise ReplayError(str(error)) from error
    shutil.rmtree(folder)
    return Replayed(portal_id, count, transplanted, damages)


def _signature(folder: Path) -> tuple[int, int] | None:
    """Tells one index from another that was built in its place."""
    try:
        found = (folder / "index.db").stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def _portal(portal_id: str, data: DataDirectory, index: Index) -> Portal:
    """As its file says today; where there is none any more, as the newest crawl knew it."""
    try:
        config = None if has_file(portal_id, data) else index.newest_config()
        if config is not None:
            return portal_of(config, f"the captures of {portal_id}")
        return load_portal(portal_id, data)
    except ConfigError as error:
        raise ReplayError(f"the captures of portal '{portal_id}' cannot be read: {error}") from error


def _replay(
    data: DataDirectory,
    portal: Portal,
    index: Index,
    scratch: Path,
    pool: WorkerPool,
    progress: Progress,
    damages: list[str],
) -> None:
    db = _open(scratch)
    try:
        with transaction(db):
            register(db, portal, clock.stamp())
        done = int(get_info(db, _DONE) or 0)
        progress.advance(done)
        crawls, captures = Crawls(db, portal, index), Captures(db, portal.id, index)
        events = Events(db, portal.id, index, crawls, captures)
        reading = _read_ahead(index.after(done), Pages(data, portal, index, pool), damages)
        while batch := list(islice(reading, BATCH)):
            with transaction(db):
                for seen, page in batch:
                    try:
                        if isinstance(seen, SeenCapture):
                            crawls.know(seen.capture.crawl_id, seen.at)
                            captures.apply(seen, page)
                        else:
                            events.apply(seen)
                    except NotUnderstood as error:
                        damages.append(str(error))
                done += len(batch)
                set_info(db, _DONE, str(done))
            progress.advance(len(batch))
    finally:
        db.close()


def _read_ahead(
    observations: Iterator[Observation], pages: Pages, damages: list[str]
) -> Iterator[tuple[Observation, Page | None]]:
    """The observations with their pages, which workers read meanwhile."""
    waiting: deque[tuple[Observation, Page | None]] = deque()
    for seen in observations:
        page = None
        if isinstance(seen, SeenCapture) and wants_reading(seen):
            try:
                page = pages.read(seen)
            except DamagedCapture as error:
                damages.append(str(error))
        waiting.append((seen, page))
        if len(waiting) > AHEAD:
            yield waiting.popleft()
    yield from waiting


def _open(path: Path) -> Database:
    """The scratch database; it may be lost at any time, so nothing waits for the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        db = connect(path)
        prepare(db, clock.stamp())
    except sqlite3.DatabaseError:  # a kill while it was made
        _remove(path)
        db = connect(path)
        prepare(db, clock.stamp())
    db.execute("PRAGMA synchronous = OFF")
    return db


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
