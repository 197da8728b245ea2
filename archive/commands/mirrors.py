"""``gongkai mirrors``: which documents are one instrument on several portals."""

from __future__ import annotations

import signal
import sqlite3
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import click
from rich.console import Console
from sqlite_utils import Database

from archive.commands.common import INTERRUPTED, LOCKED, TROUBLE, data_option, echo_json, fail, open_archive
from archive.commands.print_difference import print_line
from archive.commands.print_document import republished
from archive.commands.progress import Steps
from archive.layout import DataDirectory
from archive.lock import PortalLocked, portal_lock
from archive.mirrors.running import LOCK
from archive.mirrors.update import Updated, update_mirrors
from archive.prepare import prepare
from archive.times import stamp_of

_GROUPS = """
SELECT group_uid, uid, portal, title, document_number, published_on, url, rule, round(likeness, 3) AS likeness
FROM mirrors ORDER BY group_uid, published_on IS NULL, published_on, uid
"""


@click.command(
    "mirrors",
    short_help="Find documents republished on other portals.",
    epilog="Example: gongkai mirrors --show 5",
)
@click.option("--show", type=click.IntRange(min=0), default=20, show_default=True, metavar="N",
              help="List this many groups; --json has all of them.")  # fmt: skip
@click.option("--again", is_flag=True, help="Forget what was compared before, and compare everything.")
@click.option("--json", "as_json", is_flag=True, help="Print every group as JSON.")
@data_option
def command(show: int, again: bool, as_json: bool, data: DataDirectory) -> None:
    """Find the documents that are one instrument on several portals, and group them; nothing is merged.

    Only what is new or says something else is read. Crawls may go on meanwhile. Interrupted, it goes on when it is
    run again. The groups stand on the documents' pages, in `gongkai show`, and in the view `mirrors`.
    """
    db = open_archive(data, readonly=False)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        prepare(db, stamp_of(datetime.now(UTC)))
        with portal_lock(data, LOCK, "gongkai mirrors"), Steps("gongkai mirrors", quiet=as_json) as steps:
            updated = update_mirrors(db, again=again, progress=steps)
        groups = _groups(db)
    except PortalLocked as error:
        fail(f"another run looks for republications: {error.holder}", LOCKED)
    except sqlite3.OperationalError as error:
        fail(f"the archive cannot be written ({error}): what was compared is kept, run it again", TROUBLE)
    except KeyboardInterrupt:
        fail("interrupted: run it again and it goes on", INTERRUPTED)
    finally:
        db.close()
    if as_json:
        echo_json({"read": updated.read, "compared": updated.compared, "groups": groups})
    else:
        _print(Console(highlight=False, markup=False, emoji=False), updated, groups, show)


def _groups(db: Database) -> list[dict[str, Any]]:
    return [
        {
            "group_uid": name,
            "documents": [{key: row[key] for key in row if key != "group_uid"} for row in rows],
        }
        for name, rows in groupby(db.query(_GROUPS), key=itemgetter("group_uid"))
    ]


def _print(console: Console, updated: Updated, groups: list[dict[str, Any]], show: int) -> None:
    print_line(
        console,
        f"新读 {updated.read:,} 份文件，比较 {updated.compared:,} 对；"
        f"{updated.documents:,} 份文件属于 {updated.groups:,} 组转载。",
    )
    for group in groups[:show]:
        console.print()
        first = group["documents"][0]
        known = (first["document_number"], first["title"] or "（无标题）")
        print_line(console, " ".join(part for part in known if part), style="bold")
        for one in group["documents"]:
            print_line(
                console,
                f"  {one['uid']}  {one['published_on'] or '—'}  {one['portal']}  {republished(one)}  {one['url']}",
            )
    if len(groups) > show:
        print_line(console, f"\n……共 {len(groups):,} 组，--show N 或 --json 可见更多", style="dim")
