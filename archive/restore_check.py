"""What a restore asks before it writes: is that a backup, and is there room for an archive here."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from archive.backup import BackupRefused
from archive.copied_files import own_files
from archive.info import get_info
from archive.layout import DataDirectory
from archive.migrations import check_version
from archive.transaction import connect

MARK = "restore.lock"
"""In a data directory that is becoming an archive; holds the id of the archive."""


def read_backup(source: DataDirectory) -> tuple[str, dict[str, int]]:
    """The archive's id, and how far its rows reach into each capture file.

    Raises :class:`archive.backup.BackupRefused` for what is no backup or is damaged, ``NewerDatabase``.
    """
    if not source.database.is_file():
        raise BackupRefused(f"{source.root} is no backup: it has no {source.database.name}")
    try:
        with connect(source.database, readonly=True) as db:
            check_version(db)
            id_ = get_info(db, "archive_id")
            wrong = [line for (line,) in db.execute("PRAGMA quick_check(1)") if line != "ok"]
            if id_ is None or wrong:
                raise sqlite3.DatabaseError(wrong[0] if wrong else "it is no archive")
            rows = db.execute("SELECT file, max(offset + length) FROM captures GROUP BY file")
            return id_, {str(file): int(end) for file, end in rows}
    except sqlite3.DatabaseError as error:
        raise BackupRefused(
            f"{source.database} is damaged ({error}): restore an older backup, or make the archive again by `gongkai"
            f" rebuild --from {source.captures}`",
            usage=False,
        ) from error


def check_places(source: DataDirectory, data: DataDirectory, archive_id: str) -> None:
    """Raises :class:`archive.backup.BackupRefused` for an archive that has anything in it, and for files of their own.

    Not for what an interrupted restore of this backup left.
    """
    one, other = source.root.resolve(), data.root.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise BackupRefused(f"{data.root} and {source.root} lie in each other: name another --data directory")
    if data.root.exists() and not data.root.is_dir():
        raise BackupRefused(f"{data.root} is no folder")
    mark = data.root / MARK
    begun = mark.is_file() and mark.read_text("utf-8", "replace").strip() == archive_id
    if begun and not (data.database.exists() and _crawls(data) - _crawls(source)):
        return
    if data.database.exists() and (what := _holds(data.database)):
        raise BackupRefused(
            f"{data.root} holds {what}, which a restore would overwrite: name an empty --data directory"
        )
    if data.captures.is_dir() and any(path.is_file() for path in data.captures.rglob("*")):
        raise BackupRefused(
            f"{data.captures} holds captures of another archive: name an empty --data directory"
        )
    for name in own_files(data):
        theirs = source.root / name
        if not theirs.is_file() or theirs.read_bytes() != (data.root / name).read_bytes():
            raise BackupRefused(f"{data.root / name} is not the backup's: move it away first")


def _holds(database: Path) -> str:
    """What is in an archive; empty where ``gongkai init`` made it and nothing came."""
    try:
        with connect(database, readonly=True) as db:
            for table in ("documents", "crawls", "captures", "sightings"):
                if db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
                    return f"an archive with {table}"
    except sqlite3.DatabaseError:
        return f"a {database.name} that cannot be read"
    return ""


def _crawls(data: DataDirectory) -> set[str]:
    with connect(data.database, readonly=True) as db:
        return {row[0] for row in db.execute("SELECT id FROM crawls")}
