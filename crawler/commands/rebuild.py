"""``gongkai rebuild``: a new archive from captures alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click
from sqlite_utils import Database

from archive.commands.common import data_option, fail
from archive.info import get_info, set_info
from archive.layout import DataDirectory
from archive.migrations import NewerDatabase
from archive.prepare import prepare
from archive.transaction import connect, transaction
from crawler import clock
from crawler.commands.crawling import json_option
from crawler.commands.replaying import bring, captures_of, replay_all, report

UNFINISHED = "rebuilding"
"""In ``archive_info`` while a rebuild is under way: the portals that are done, separated by spaces."""


@click.command(
    "rebuild",
    short_help="Make a new archive from captures alone.",
    epilog="Example: gongkai rebuild --from data/captures --data data-again",
)
@click.option(
    "--from",
    "sources",
    multiple=True,
    required=True,
    metavar="CAPTURES",
    type=click.Path(path_type=Path),
    help="A captures directory, or a data directory that has one; may be given several times.",
)
@json_option
@data_option
def command(sources: tuple[Path, ...], as_json: bool, data: DataDirectory) -> None:
    """Make a new archive from captures alone: documents, revisions, entries and walks as the crawls saw them.

    Documents are read with today's code and portal files. Interrupted and run again it goes on.
    """
    resumed = data.database.exists()
    if resumed and not _is_unfinished(data):
        fail(
            f"there is an archive at {data.database}: a rebuild makes a new one, so move it away first;"
            " gongkai verify --repair mends what is broken in it, gongkai merge adds captures to it"
        )
    for source in sources:
        captures_of(source)  # nothing is made where there is nothing to make it from
    data.root.mkdir(parents=True, exist_ok=True)
    portals = sorted({portal for source in sources for portal in bring(source, data)})
    db = connect(data.database)
    prepare(db, clock.stamp())
    if not resumed:
        with transaction(db):
            set_info(db, UNFINISHED, "")
    finished = set((get_info(db, UNFINISHED) or "").split())
    done = []
    for portal in portals:
        if portal not in finished:
            done += replay_all(db, data, [portal], "rebuild", quiet=as_json)
            finished.add(portal)
            with transaction(db):
                set_info(db, UNFINISHED, " ".join(sorted(finished)))
    with transaction(db):
        db.execute("DELETE FROM archive_info WHERE key = ?", [UNFINISHED])
    report(db, done, as_json=as_json)


def _is_unfinished(data: DataDirectory) -> bool:
    """Whether the database is one that a rebuild left behind; one that was killed at once is empty."""
    try:
        db: Database = connect(data.database)
        prepare(db, clock.stamp())
        empty = not db.execute("SELECT 1 FROM portals LIMIT 1").fetchone()
        return empty or get_info(db, UNFINISHED) is not None
    except (NewerDatabase, sqlite3.DatabaseError):
        return False
