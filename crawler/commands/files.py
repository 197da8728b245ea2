"""``gongkai files``: the text of the files that documents link to, into the archive and its search index."""

from __future__ import annotations

import signal
import sqlite3
import sys

import click

from archive.commands.common import INTERRUPTED, OK, TROUBLE, data_option, echo_json, fail, open_archive
from archive.commands.progress import Steps
from archive.crawling.portals import portal_ids
from archive.layout import DataDirectory
from archive.prepare import prepare
from archive.web.labels import value_label
from crawler import clock
from crawler.commands.crawling import json_option
from crawler.file_texts import Worked, read_waiting_files


@click.command(
    "files",
    short_help="Read the text of downloaded attachments, for search.",
    epilog="Example: gongkai files --portal shangqiu --limit 1000",
)
@click.option("--portal", metavar="ID", help="Only files that documents of this portal link to.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Read at most this many files.")
@json_option
@data_option
def command(portal: str | None, limit: int | None, as_json: bool, data: DataDirectory) -> None:
    """Read the text of downloaded attachments, so that search finds it.

    Files that were read already are not read again, except by another version of the readers. Crawls may go on
    meanwhile, and several of this command share the work. Interrupted, it goes on when it is run again.
    """
    db = open_archive(data, readonly=False)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        prepare(db, clock.stamp())
        if portal is not None and portal not in portal_ids(db):
            fail(f"the archive holds nothing of portal '{portal}': crawl it first")
        with Steps("gongkai files", quiet=as_json) as steps:
            worked = read_waiting_files(
                db, data, portal=portal, limit=limit, progress=lambda done, total: steps("files", done, total)
            )
    except sqlite3.OperationalError as error:
        fail(f"the archive cannot be written ({error}): the file at hand waits, the others are kept", TROUBLE)
    except KeyboardInterrupt:
        fail("interrupted: run it again and it goes on", INTERRUPTED)
    finally:
        db.close()
    if as_json:
        echo_json(
            {
                "read": worked.done, **worked.counts, "documents_indexed": worked.indexed,
                "left_to_others": worked.left, "problems": worked.problems,
            }
        )  # fmt: skip
    else:
        click.echo(_said(worked))
    for problem in worked.problems:
        click.echo(f"gongkai: {problem}", err=True)
    sys.exit(TROUBLE if worked.problems else OK)


def _said(worked: Worked) -> str:
    counts = "，".join(
        f"{value_label('files', 'text_status', name)} {count}" for name, count in worked.counts.most_common()
    )
    others = f"；另有 {worked.left} 个由别的进程在读" if worked.left else ""
    return f"读了 {worked.done} 个附件{f'：{counts}' if counts else ''}；更新索引 {worked.indexed} 份文件{others}。"
