"""``gongkai restore``: a working archive from a backup."""

from __future__ import annotations

import sqlite3
import sys
from dataclasses import asdict
from pathlib import Path

import click

from archive.backup import BackupRefused
from archive.commands.common import BAD_INPUT, INTERRUPTED, OK, TROUBLE, data_option, echo_json, fail
from archive.commands.progress import Steps
from archive.layout import DataDirectory
from archive.migrations import NewerDatabase
from archive.restore import Restored, restore


@click.command(
    "restore",
    short_help="Make a working data directory from a backup.",
    epilog="Example: gongkai restore /mnt/backup/gongkai --data /srv/gongkai",
)
@click.argument("folder", metavar="BACKUP", type=click.Path(file_okay=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was restored as JSON.")
@data_option
def command(folder: Path, as_json: bool, data: DataDirectory) -> None:
    """Make the data directory what `gongkai backup` copied to the folder BACKUP.

    Database, captures, your portal files, gongkai.toml and reports, each checked by the backup's own lists. An archive
    that has anything in it is never overwritten. Killed or out of room, the data directory is no archive yet: run it
    again, it goes on. What is damaged or missing is named, the rest is restored, and the exit code is 1.
    """
    try:
        with Steps("gongkai restore", quiet=as_json, size=True) as progress:
            result = restore(DataDirectory(folder), data, progress=progress)
    except BackupRefused as error:
        fail(str(error), BAD_INPUT if error.usage else TROUBLE)
    except NewerDatabase as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail(f"interrupted: {data.root} is no archive yet, run it again, it goes on", INTERRUPTED)
    except sqlite3.Error as error:
        fail(
            f"the database cannot be copied to {data.root} ({error}): run it again when that is mended",
            TROUBLE,
        )
    except OSError as error:
        fail(f"{error.filename or data.root}: {error.strerror}: run it again when that is mended", TROUBLE)
    _tell(folder, data, result, as_json)
    sys.exit(TROUBLE if result.troubles else OK)


def _tell(folder: Path, data: DataDirectory, result: Restored, as_json: bool) -> None:
    if as_json:
        echo_json({"backup": str(folder), "data": str(data.root), **asdict(result)})
        return
    if result.troubles:
        click.echo(f"gongkai: {'; '.join(result.troubles)}: the rest is restored", err=True)
    mib = 1 << 20
    click.echo(
        f"{data.root}: database {result.database_bytes / mib:.1f} MiB; {result.capture_files} capture files"
        f" ({result.capture_bytes / mib:.1f} MiB copied, {result.known_files} were there), {result.other_files} others"
    )
    click.echo(f"Next: gongkai verify --deep --data {data.root}")
