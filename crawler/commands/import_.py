"""``gongkai import``: captures that other tools made, as visits at their time."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import click
from sqlite_utils import Database

from archive.commands.common import BAD_INPUT, INTERRUPTED, LOCKED, OK, TROUBLE, data_option, echo_json, fail
from archive.layout import DataDirectory
from archive.lock import PortalLocked, portal_lock
from archive.migrations import NewerDatabase, NotAnArchive
from archive.prepare import prepare
from archive.transaction import connect
from crawler import clock
from crawler.commands.crawling import json_option, resolve
from crawler.commands.replaying import SHOWN_DAMAGES, ReplayProgress, replay_all, say_files_wait
from crawler.importing.copying import Imported, copy_captures
from crawler.portals.model import Portal
from crawler.replay import Replayed


@click.command(
    "import",
    short_help="Take a portal's pages from other tools' WARC and WACZ files.",
    epilog="Example: gongkai import saved.wacz site.warc.gz --portal shangqiu",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--portal", "name", required=True, metavar="ID", help="The portal whose pages are taken.")
@json_option
@data_option
def command(files: tuple[Path, ...], name: str, as_json: bool, data: DataDirectory) -> None:
    """Take the portal's pages from WARC and WACZ files (wget, Heritrix, browsertrix, ArchiveWeb.page) as visits at
    the time of their capture.

    The order of imports makes no difference, and importing a file again changes nothing. Documents, their files and
    the directories' listing pages are taken; listings bring addresses to visit, no entries. Captures of another
    Gongkai archive are folded in whole by gongkai merge.
    """
    (portal,) = resolve([name], data)
    for file in files:
        if not file.is_file():
            fail(f"there is no file {file}: check the path")
    db = _open(data)
    replayed: list[Replayed] = []
    try:
        imported = _copy(db, data, portal, files, quiet=as_json)
        if imported.crawl_id is not None or imported.unreplayed:
            replayed = replay_all(db, data, [portal.id], "import", quiet=as_json)
    except KeyboardInterrupt:
        fail("interrupted: what was copied is kept, run it again to go on", INTERRUPTED)
    _report(db, portal, imported, replayed, as_json=as_json)


def _open(data: DataDirectory) -> Database:
    data.root.mkdir(parents=True, exist_ok=True)
    try:
        db = connect(data.database)
        prepare(db, clock.stamp())
    except (NewerDatabase, NotAnArchive) as error:
        fail(str(error))
    except sqlite3.OperationalError as error:
        fail(f"the archive cannot be written ({error}): make room or mend the permissions", TROUBLE)
    except sqlite3.DatabaseError as error:
        fail(f"{data.database} cannot be used as an archive ({error}): restore it from a backup")
    return db


def _copy(
    db: Database, data: DataDirectory, portal: Portal, files: tuple[Path, ...], *, quiet: bool
) -> Imported:
    try:
        with portal_lock(data, portal.id, f"gongkai import {portal.id}"), ReplayProgress(quiet) as progress:
            progress.begin(f"{portal.id}: copying captures", sum(file.stat().st_size for file in files))
            return copy_captures(db, data, portal, files, progress.advance)
    except PortalLocked as error:
        fail(f"{error}; run it again when that has ended", LOCKED)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        fail(
            f"{error.strerror or error}{where}: what was copied is kept; make room or mend the permissions, then run"
            " it again",
            TROUBLE,
        )


def _report(
    db: Database, portal: Portal, imported: Imported, replayed: list[Replayed], *, as_json: bool
) -> None:
    """Say what came of it and end the command."""
    counts = imported.counts
    problems = imported.problems + [damage for one in replayed for damage in one.damages]
    if not imported.of_the_portal and not problems:
        problems = [
            f"none of {counts['offsite']} answers is of {', '.join(sorted(portal.own_hosts))}: is it the right portal?"
        ]
    elif counts["no_original"] and not (counts["taken"] or counts["already"] or problems):
        problems = [
            f"nothing readable came: {counts['no_original']} revisit records say only that a page was as before; import"
            " the WARC files of the earlier crawl, which have the pages, first (or both in one command)"
        ]
    if as_json:
        made = [one.transplanted for one in replayed]
        echo_json(
            {
                "portal": portal.id,
                "crawl": imported.crawl_id,
                "counts": dict(counts),
                "new": sum(one.new for one in made),
                "changed": sum(one.changed for one in made),
                "joined": sum(one.joined for one in made),
                "problems": problems,
            }
        )
    else:
        click.echo(
            f"{portal.id}: {counts['document']} pages, {counts['attachment']} files and {counts['listing']} listing pages"
            f" taken, {counts['already']} were there already; left out: {counts['offsite']} of other hosts,"
            f" {counts['other']} that are no documents, {counts['no_original']} revisits without their original"
        )
        for one in replayed:
            click.echo(
                f"{portal.id}: {one.transplanted.new} documents new, {one.transplanted.changed} changed"
            )
        say_files_wait(db)
    for problem in problems[:SHOWN_DAMAGES]:
        click.echo(f"gongkai: {problem}", err=True)
    if len(problems) > SHOWN_DAMAGES:
        click.echo(f"gongkai: and {len(problems) - SHOWN_DAMAGES} more (--json names them)", err=True)
    if not problems:
        sys.exit(OK)
    sys.exit(TROUBLE if counts["taken"] or counts["already"] or replayed else BAD_INPUT)
