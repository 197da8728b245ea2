"""``gongkai show UID|索引号|URL``: one document with its history."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from sqlite_utils import Database

from archive.attachments.replaced import replaced_attachments
from archive.commands.common import (
    BAD_INPUT,
    OK,
    data_option,
    echo_json,
    fail,
    open_archive,
    refuse_older,
)
from archive.commands.print_difference import print_difference, print_line, print_replaced
from archive.commands.print_document import print_candidates, print_dossier
from archive.commands.print_saved import print_saved
from archive.history.difference import last_difference
from archive.history.dossier import dossier
from archive.history.lookup import NotFound, find_documents
from archive.history.saving import save_document
from archive.layout import DataDirectory

CANDIDATES = """
SELECT uid, title, published_on, portal, url FROM documents
WHERE id IN (SELECT value FROM json_each(?)) ORDER BY first_seen_at, uid
"""


# -0011 may begin an index number, not an option.
@click.command(
    "show",
    short_help="Show a document with its revisions, attachments, captures.",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("name", metavar="UID|索引号|URL")
@click.option(
    "--diff", is_flag=True, help="What the last edit changed: fields and text; and every replaced attachment."
)
@click.option(
    "--save",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the page and every version of every attachment into DIR.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def command(name: str, diff: bool, folder: Path | None, as_json: bool, data: DataDirectory) -> None:
    """Show a document: its fields and text, revisions, addresses, attachments, findings, captures.

    It may be named by any uid that was ever shown, by its index number (several documents may share one:
    they are listed), or by any of its addresses.

    --save takes the bytes as they came out of the captures; nothing in DIR is overwritten.

    Example: gongkai show 005452487/2020-00001 --diff
    """
    if diff and folder is not None:
        fail("--diff and --save are two commands: give one of them")
    db = open_archive(data, readonly=True)
    try:
        refuse_older(db)
        if folder is not None:
            _save(db, name, folder, as_json, data)
        else:
            _show(db, name, diff, as_json)
    except NotFound as error:
        fail(str(error))
    finally:
        db.close()


def _console() -> Console:
    # Numbers, addresses and brackets in pages are text, never markup or highlighting.
    return Console(highlight=False, markup=False, emoji=False)


def _one(db: Database, name: str, as_json: bool, *, listing_will_do: bool = False) -> int:
    """The one document that is meant; several are listed, and end the command.

    ``listing_will_do``: a list of them is an answer to what was asked, not bad usage.
    """
    documents = find_documents(db, name)
    if len(documents) > 1:
        candidates = list(db.query(CANDIDATES, [str(documents)]))
        if as_json:
            echo_json({"candidates": candidates})
        else:
            print_candidates(_console(), candidates)
        code = OK if listing_will_do else BAD_INPUT
        fail(f"{name} names {len(documents)} documents: show one by its uid", code)
    return documents[0]


def _uid(db: Database, document_id: int) -> str:
    return str(db.conn.execute("SELECT uid FROM documents WHERE id = ?", (document_id,)).fetchone()[0])


def _save(db: Database, name: str, folder: Path, as_json: bool, data: DataDirectory) -> None:
    document = _one(db, name, as_json)
    try:
        print_saved(_console(), _uid(db, document), save_document(db, data, document, folder), as_json)
    except OSError as error:
        fail(f"{folder} cannot be written ({error.strerror or error}): name another folder, or make room")


def _show(db: Database, name: str, diff: bool, as_json: bool) -> None:
    document = _one(db, name, as_json, listing_will_do=not diff)
    if diff:
        _diff(db, document, as_json)
    elif as_json:
        echo_json(dossier(db, document))
    else:
        print_dossier(_console(), dossier(db, document))


def _diff(db: Database, document: int, as_json: bool) -> None:
    difference, uid = last_difference(db, document), _uid(db, document)
    replaced = replaced_attachments(db, document)
    if as_json:
        found = asdict(difference) if difference else None
        echo_json({"uid": uid, "difference": found, "replaced": [asdict(one) for one in replaced]})
        return
    if difference is not None:
        print_difference(_console(), uid, difference)
    elif not replaced:
        print_line(_console(), f"{uid} 只有一次修订，没有可比较的。")
    else:
        print_line(_console(), f"{uid} 只有一次修订，更换过附件。", style="bold")
    print_replaced(_console(), replaced)
