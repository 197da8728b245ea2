"""``gongkai show UID|索引号|URL``: one document with its history."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.console import Console
from sqlite_utils import Database

from archive.commands.common import BAD_INPUT, data_option, echo_json, fail, open_archive
from archive.commands.print_difference import print_difference
from archive.commands.print_document import print_candidates, print_dossier
from archive.history.difference import last_difference
from archive.history.dossier import dossier
from archive.history.lookup import NotFound, find_documents
from archive.layout import DataDirectory
from archive.migrations import migrations

CANDIDATES = """
SELECT uid, title, published_on, portal, url FROM documents
WHERE id IN (SELECT value FROM json_each(?)) ORDER BY first_seen_at, uid
"""


# -0011 may begin an index number, not an option.
@click.command("show", context_settings={"ignore_unknown_options": True})
@click.argument("name", metavar="UID|索引号|URL")
@click.option("--diff", is_flag=True, help="What the last edit changed: fields and text.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def command(name: str, diff: bool, as_json: bool, data: DataDirectory) -> None:
    """Show a document: its fields and text, revisions, addresses, attachments, findings, captures.

    It may be named by any uid that was ever shown, by its index number (several documents may share one:
    they are listed), or by any of its addresses.

    Example: gongkai show 005452487/2020-00001 --diff
    """
    db = open_archive(data, readonly=True)
    try:
        if migrations.pending(db):
            fail("the archive was written by an older gongkai: run `gongkai init` to bring it up to date")
        _show(db, name, diff, as_json)
    except NotFound as error:
        fail(str(error))
    finally:
        db.close()


def _show(db: Database, name: str, diff: bool, as_json: bool) -> None:
    # Numbers, addresses and brackets in pages are text, never markup or highlighting.
    console = Console(highlight=False, markup=False, emoji=False)
    documents = find_documents(db, name)
    if len(documents) > 1:
        candidates = list(db.query(CANDIDATES, [str(documents)]))
        if as_json:
            echo_json({"candidates": candidates})
        else:
            print_candidates(console, candidates)
        fail(f"{name} names {len(documents)} documents: show one by its uid", BAD_INPUT)
    if not diff:
        found = dossier(db, documents[0])
        if as_json:
            echo_json(found)
        else:
            print_dossier(console, found)
        return
    difference = last_difference(db, documents[0])
    uid = db.conn.execute("SELECT uid FROM documents WHERE id = ?", (documents[0],)).fetchone()[0]
    if as_json:
        echo_json({"uid": uid, "difference": asdict(difference) if difference else None})
    elif difference is None:
        console.print(f"{uid} 只有一次修订，没有可比较的。", soft_wrap=True)
    else:
        print_difference(console, uid, difference)
