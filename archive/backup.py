"""A second archive that is a copy of the first: whole at every moment, brought up to date by what is new.

The database is copied first and the capture files after it, so that every capture that the copied rows name is among
the copied bytes: rows are committed after their bytes are on disk. The copied database takes its place last; until
then the folder is the backup before. Capture files only grow: what was copied once is never copied again, and nothing
in the backup is ever deleted.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive.captures.copying import CaptureCopy, plan_copy
from archive.copied_files import Copied, copy_own_file, described, own_files, read_list, write_list
from archive.durable import sync_file, sync_folder
from archive.layout import DataDirectory
from archive.transaction import connect

PAGES = 2000
"""Pages (8 MB) between two reports of progress."""

SPARE = 16 << 20
"""Bytes that are to be free on top of what is copied: SQLite and the file system want some."""

Progress = Callable[[str, int, int | None], None]


class BackupRefused(Exception):
    """Nothing was written; one sentence. ``usage``: the command was given what it cannot take."""

    def __init__(self, sentence: str, *, usage: bool = True):
        super().__init__(sentence)
        self.usage = usage


@dataclass
class BackedUp:
    """What was copied, in files and bytes; ``troubles`` are one sentence each."""

    database_bytes: int = 0
    copied_files: int = 0
    copied_bytes: int = 0
    known_files: int = 0
    troubles: list[str] = field(default_factory=list)


def backup(data: DataDirectory, target: DataDirectory, *, progress: Progress) -> BackedUp:
    """Make ``target`` a copy of the archive ``data``, as that stood at one moment after the call began.

    Crawls may go on. A kill leaves what ``target`` was before. Raises :class:`BackupRefused`; ``OSError`` or
    ``sqlite3.Error`` when reading or writing fails, and ``target`` is then what it was.
    """
    _check_places(data, target)
    target.root.mkdir(parents=True, exist_ok=True)
    with _alone(target.root / "backup.lock"):
        partial = target.root / "gongkai.db.partial"
        partial.unlink(missing_ok=True)
        source = connect(data.database, readonly=True).conn
        try:
            _check_same(source, target)
            copy = plan_copy(data, target)
            size = _pages(source) * int(source.execute("PRAGMA page_size").fetchone()[0])
            check_space(target.root, size + copy.bytes, "backup")
            result = BackedUp(database_bytes=size)
            copy_database(source, partial, size, progress)
        finally:
            source.close()
        _copy_captures(data, target, partial, result, progress)
        copied = _copy_own_files(data, target)
        database = described(partial, target.database.name)
        before = [one for one in read_list(target) or () if one.path == database.path][-1:]
        write_list(target, [*before, database, *copied])
        _put_in_place(partial, target.database)
        write_list(target, [database, *copied])
    return result


def _check_places(data: DataDirectory, target: DataDirectory) -> None:
    source, place = data.root.resolve(), target.root.resolve()
    if source == place or source in place.parents or place in source.parents:
        raise BackupRefused(f"{target.root} and {data.root} lie in each other: name a folder outside")
    if target.root.exists() and not target.root.is_dir():
        raise BackupRefused(f"{target.root} is no folder")
    if target.root.is_dir():
        found = {path.name for path in target.root.iterdir()}
        ours = {"gongkai.db", "gongkai.db.partial", "backup.lock"}
        if found and not found & ours:
            raise BackupRefused(f"{target.root} holds other things ({min(found)}): name an empty folder")


def _check_same(source: sqlite3.Connection, target: DataDirectory) -> None:
    """Not over another archive, nor over one that somebody crawled into."""
    if not target.database.exists():
        return
    mine = _identity(source)
    try:
        other = connect(target.database, readonly=True)
        theirs = _identity(other.conn)
        other.close()
    except sqlite3.DatabaseError as error:
        raise BackupRefused(f"{target.database} is no archive ({error}): name an empty folder") from error
    if mine[0] != theirs[0]:
        raise BackupRefused(f"{target.root} is a backup of another archive: name another folder")
    if strange := theirs[1] - mine[1]:
        raise BackupRefused(
            f"{target.root} has crawls of its own ({min(strange)}), which a backup would overwrite: merge them, or name"
            " another folder"
        )


def _identity(connection: sqlite3.Connection) -> tuple[str, set[str]]:
    """The archive's id, and the ids of its crawls."""
    (id_,) = connection.execute("SELECT value FROM archive_info WHERE key = 'archive_id'").fetchone()
    return str(id_), {row[0] for row in connection.execute("SELECT id FROM crawls")}


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One backup at a time into a folder."""
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRefused(f"another backup into {path.parent} is under way", usage=False) from None
        yield


def _pages(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA page_count").fetchone()[0])


def check_space(folder: Path, wanted: int, what: str) -> None:
    """Raises :class:`BackupRefused` where the disk of ``folder`` has not that many bytes free."""
    free = shutil.disk_usage(folder).free
    if free < wanted + SPARE:
        mib = 1 << 20
        raise BackupRefused(
            f"{folder} has {free // mib} MiB free, the {what} takes {(wanted + SPARE) // mib} MiB: make room",
            usage=False,
        )


def copy_database(source: sqlite3.Connection, partial: Path, size: int, progress: Progress) -> None:
    """SQLite's online backup inside one read transaction: of one moment, and never begun anew for a writer's sake."""
    total = max(_pages(source), 1)

    def told(_status: int, remaining: int, pages: int) -> None:
        progress("database", size * (pages - remaining) // max(pages, total), size)

    target = sqlite3.connect(partial)
    try:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        source.backup(target, pages=PAGES, progress=told, sleep=0.001)
        source.execute("ROLLBACK")
        # Of the copy alone: no -wal beside it that could be taken for another database's.
        target.execute("PRAGMA journal_mode=DELETE")
    finally:
        target.close()
    sync_file(partial)


def _copy_captures(
    data: DataDirectory, target: DataDirectory, partial: Path, result: BackedUp, progress: Progress
) -> None:
    """Everything that the copied rows name, and what else stands whole in the files."""
    copied = sqlite3.connect(f"{partial.absolute().as_uri()}?mode=ro", uri=True)
    try:
        named = dict(copied.execute("SELECT file, max(offset + length) FROM captures GROUP BY file"))
    finally:
        copied.close()
    copy: CaptureCopy = plan_copy(data, target, named)
    done = 0
    for one in copy.files:
        result.copied_files += 1
        for count in copy.write(one):
            done += count
            progress("captures", done, copy.bytes)
    result.copied_bytes, result.known_files = done, copy.known
    result.troubles += copy.troubles
    copy.finish()


def _copy_own_files(data: DataDirectory, target: DataDirectory) -> list[Copied]:
    return [
        replace(copy_own_file(data.root / name, target.root / name), path=name) for name in own_files(data)
    ]


def _put_in_place(partial: Path, database: Path) -> None:
    """The copy becomes the backup. A write-ahead log of the one before must not be taken for its own."""
    if database.exists():
        before = sqlite3.connect(database, timeout=5, isolation_level=None)
        try:
            busy, *_ = before.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            before.close()
        if busy:
            raise BackupRefused(f"somebody reads or writes {database}: end that first", usage=False)
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
    os.replace(partial, database)  # noqa: PTH105  # what a kill test watches
    sync_folder(database.parent)
