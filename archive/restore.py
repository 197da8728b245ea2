"""A working data directory from a backup: the captures first, the database last, all of it checked by the backup's lists.

Until the database is in its place the folder is no archive; ``restore.lock`` says that it is becoming one, and of
which backup, so that an interrupted restore goes on. What is damaged or missing is told and the rest restored: after a
disaster there may be nothing else.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from archive.backup import BackupRefused, Progress, check_space, copy_database
from archive.captures import copying
from archive.captures.copying import CaptureCopy, Part, read_lengths, read_noted
from archive.copied_files import SETTINGS, copy_own_file, described, own_files, read_list
from archive.durable import sync_folder
from archive.layout import DataDirectory
from archive.restore_check import MARK, check_places, read_backup
from archive.transaction import connect

NAMED = 3
"""Files that a sentence names."""


@dataclass
class Restored:
    """What was restored, in files and bytes; ``known_files`` an interrupted restore had copied."""

    archive_id: str = ""
    database_bytes: int = 0
    capture_files: int = 0
    capture_bytes: int = 0
    known_files: int = 0
    unchecked_files: int = 0
    other_files: int = 0
    troubles: list[str] = field(default_factory=list)


def restore(source: DataDirectory, data: DataDirectory, *, progress: Progress) -> Restored:
    """Make ``data`` the archive that the backup ``source`` holds; what is damaged or missing there is in ``troubles``.

    Raises :class:`archive.backup.BackupRefused` before anything is written (no backup, an archive with anything in it),
    ``NewerDatabase``, and ``OSError`` or ``sqlite3.Error`` when reading or writing fails; ``data`` is then no archive
    yet, and the next call goes on.
    """
    archive_id, named = read_backup(source)
    check_places(source, data, archive_id)
    result = Restored(archive_id)
    copy, expected = _plan(source, data, named, result)
    size = source.database.stat().st_size
    data.root.mkdir(parents=True, exist_ok=True)
    check_space(data.root, size + copy.bytes, "restore")
    with _alone(source, data, archive_id):
        _copy_captures(copy, expected, result, progress)
        _copy_own_files(source, data, result)
        _copy_database(source, data, size, result, progress)
        for name in (copying.LIST, MARK):
            (data.root / name).unlink(missing_ok=True)
        sync_folder(data.root)
    return result


@contextmanager
def _alone(source: DataDirectory, data: DataDirectory, archive_id: str) -> Iterator[None]:
    """One restore at a time into a folder, and no backup into the other meanwhile."""
    held = source.root / "backup.lock"
    with (data.root / MARK).open("a+") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRefused(f"another restore into {data.root} is under way", usage=False) from None
        mark.truncate(0)
        mark.write(archive_id)
        mark.flush()
        if not held.is_file():
            yield
            return
        with held.open() as other:
            try:
                fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupRefused(f"a backup into {source.root} is under way", usage=False) from None
            yield


def _plan(
    source: DataDirectory, data: DataDirectory, named: dict[str, int], result: Restored
) -> tuple[CaptureCopy, dict[str, int | None]]:
    """What is to be copied, and the CRC-32 that each file should have; missing and short files are told."""
    noted = read_noted(source)
    if not noted and named:
        result.troubles.append(
            f"{copying.LIST} is missing in {source.root}: the captures are not checked by it"
        )
    copy = CaptureCopy(source, data, *read_lengths(data))
    there = {path.relative_to(source.captures).as_posix() for path in source.captures.glob("*/*/*.warc.gz")}
    lost, short = [], []
    for file in sorted(noted.keys() | named.keys() | there):
        if file not in there:
            lost.append(file)
            continue
        size = (source.captures / file).stat().st_size
        # Behind the noted end lies what a killed backup left, unless somebody crawled into the backup.
        end = max(noted[file][0] if file in noted else size, named.get(file, 0))
        if size < end:
            short.append(file)
        if (start := min(copy.start_of(file), size)) < min(end, size):
            copy.files.append(Part(file, start, min(end, size)))
        else:
            copy.known += 1
    result.troubles += _told("missing", lost) + _told("shorter than they were copied", short)
    ends = dict.fromkeys(short, -1)
    sums = {
        file: crc
        for file, (length, crc) in noted.items()
        if file not in ends and length >= named.get(file, 0)
    }
    return copy, sums


def _copy_captures(
    copy: CaptureCopy, expected: dict[str, int | None], result: Restored, progress: Progress
) -> None:
    total, done = copy.bytes, 0
    for part in copy.files:
        for count in copy.write(part):
            done += count
            progress("captures", done, total)
    copy.finish()
    result.capture_files, result.capture_bytes, result.known_files = len(copy.lengths), done, copy.known
    damaged = []
    for file, crc in copy.sums.items():
        wanted = expected.get(file)
        result.unchecked_files += wanted is None
        if wanted is not None and wanted != crc:
            damaged.append(file)
    result.troubles += _told("damaged", damaged)


def _copy_own_files(source: DataDirectory, data: DataDirectory, result: Restored) -> None:
    """Those on the list: what was deleted in the archive lies in the backup still. Without a list all of them."""
    listed = read_list(source)
    names = list(own_files(source))
    lost, damaged = [], []
    if listed is not None:
        sizes = {one.path: one for one in listed if one.path != source.database.name}
        lost = [name for name in sizes if name not in names]
        names = [name for name in names if name in sizes or name == SETTINGS]
        damaged = [
            name for name in names if name in sizes and described(source.root / name, name) != sizes[name]
        ]
    for name in names:
        copy_own_file(source.root / name, data.root / name)
    result.other_files = len(names)
    result.troubles += _told("missing", lost) + _told("damaged", damaged)


def _copy_database(
    source: DataDirectory, data: DataDirectory, size: int, result: Restored, progress: Progress
) -> None:
    """By SQLite, so that a write-ahead log beside it is read too; it takes its place last."""
    listed = [one for one in read_list(source) or () if one.path == source.database.name]
    if listed and described(source.database, source.database.name) not in listed:
        result.troubles.append(
            f"{source.database} is not what the backup wrote: a command changed it there, or it is damaged"
        )
    partial = data.database.with_name(data.database.name + ".partial")
    partial.unlink(missing_ok=True)
    with connect(source.database, readonly=True) as db:
        copy_database(db.conn, partial, size, progress)
    result.database_bytes = partial.stat().st_size
    for suffix in ("-wal", "-shm"):
        data.database.with_name(data.database.name + suffix).unlink(missing_ok=True)
    os.replace(partial, data.database)  # noqa: PTH105  # what a kill test watches
    sync_folder(data.root)


def _told(what: str, files: list[str]) -> list[str]:
    """One sentence that names them; none where there are none."""
    if not files:
        return []
    more = f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
    return [f"{len(files)} files of the backup are {what}: {', '.join(files[:NAMED])}{more}"]
