"""``gongkai merge``: other archives folded into this one, with their captures."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click

from archive.commands.common import TROUBLE, data_option, fail
from archive.layout import DataDirectory
from archive.migrations import NewerDatabase, NotAnArchive, check_version
from archive.prepare import prepare
from archive.transaction import connect, transaction
from archive.transplant.uids import take_uids
from crawler import clock
from crawler.commands.crawling import json_option
from crawler.commands.replaying import bring, captures_of, replay_all, report


@click.command(
    "merge",
    short_help="Fold other data directories into this one.",
    epilog="Example: gongkai merge /mnt/laptop/data --data data",
)
@click.argument("shards", nargs=-1, required=True, metavar="SHARD...", type=click.Path(path_type=Path))
@json_option
@data_option
def command(shards: tuple[Path, ...], as_json: bool, data: DataDirectory) -> None:
    """Fold other data directories into this one; one portal crawled by several machines becomes one history.

    The shards are only read. Their order makes no difference, and a repeated merge changes nothing. Interrupted, run
    it again.
    """
    for shard in shards:
        _check(shard, data)
        captures_of(shard)
    data.root.mkdir(parents=True, exist_ok=True)
    try:
        db = connect(data.database)
        prepare(db, clock.stamp())
    except (NewerDatabase, NotAnArchive) as error:
        fail(str(error))
    except sqlite3.DatabaseError as error:
        fail(f"{data.database} cannot be used as an archive ({error})")
    portals = sorted({portal for shard in shards for portal in bring(shard, data)})
    done = replay_all(db, data, portals, "merge", quiet=as_json)
    for shard in shards:
        database = DataDirectory(shard).database
        if database.is_file():
            with transaction(db):
                take_uids(db, connect(database, readonly=True))
    report(db, done, as_json=as_json)


def _check(shard: Path, data: DataDirectory) -> None:
    """Refuse what is no data directory, or this one."""
    if not shard.is_dir():
        fail(f"there is no data directory {shard}: check the path")
    if data.root.exists() and shard.samefile(data.root):
        fail(f"{shard} is the archive itself: name another data directory")
    database = DataDirectory(shard).database
    if not database.is_file():
        return
    try:
        check_version(connect(database, readonly=True))
    except NewerDatabase as error:
        fail(str(error))
    except sqlite3.DatabaseError as error:
        fail(
            f"{database} cannot be read ({error}): move it away, its captures are enough for a merge", TROUBLE
        )
