"""``gongkai backup``: a copy of the archive that is an archive."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import click

from archive.backup import BackedUp, BackupRefused, backup
from archive.commands.common import (
    BAD_INPUT,
    INTERRUPTED,
    OK,
    TROUBLE,
    data_option,
    echo_json,
    fail,
    open_archive,
)
from archive.commands.progress import Steps
from archive.layout import DataDirectory


@click.command(
    "backup",
    short_help="Copy the archive to a folder, while crawls go on.",
    epilog="Example: gongkai backup /mnt/backup/gongkai",
)
@click.argument("folder", metavar="DEST", type=click.Path(file_okay=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was copied as JSON.")
@data_option
def command(folder: Path, as_json: bool, data: DataDirectory) -> None:
    """Copy the archive to the folder DEST, or bring the backup there up to date.

    Crawls may go on: the copy is of one moment. Only capture files that are new or have grown are copied; the database
    is copied whole. DEST is a data directory: every verb takes it as --data. Killed, DEST is the backup before.
    """
    open_archive(data).close()
    target = DataDirectory(folder)
    try:
        with Steps("gongkai backup", quiet=as_json, size=True) as progress:
            result = backup(data, target, progress=progress)
    except BackupRefused as error:
        fail(str(error), BAD_INPUT if error.usage else TROUBLE)
    except KeyboardInterrupt:
        fail(f"interrupted: {folder} is the backup before; run it again, it goes on", INTERRUPTED)
    except sqlite3.Error as error:
        fail(f"the database cannot be copied to {folder} ({error}): the backup before is kept", TROUBLE)
    except OSError as error:
        fail(f"{error.filename or folder}: {error.strerror}: the backup before is kept", TROUBLE)
    _tell(target, result, as_json)
    sys.exit(TROUBLE if result.troubles else OK)


def _tell(target: DataDirectory, result: BackedUp, as_json: bool) -> None:
    if as_json:
        echo_json(
            {
                "backup": str(target.root),
                "database_bytes": result.database_bytes,
                "capture_files_copied": result.copied_files,
                "capture_files_known": result.known_files,
                "capture_bytes_copied": result.copied_bytes,
                "troubles": result.troubles,
            }
        )
        return
    for trouble in result.troubles:
        click.echo(f"gongkai: {trouble}", err=True)
    mib = 1 << 20
    click.echo(
        f"{target.root}: database {result.database_bytes / mib:.1f} MiB; {result.copied_files} capture files copied"
        f" ({result.copied_bytes / mib:.1f} MiB), {result.known_files} were there"
    )
