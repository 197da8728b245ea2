"""What every command shares: the data directory, one-sentence failures, JSON output, opening the archive."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from rich.console import Console
from sqlite_utils import Database

from archive.layout import DataDirectory
from archive.migrations import NewerDatabase, check_version, migrations
from archive.transaction import connect

WIDE = 200
OK, TROUBLE, BAD_INPUT, LOCKED, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit codes (DESIGN §2)."""

Function = TypeVar("Function", bound=Callable[..., Any])


def data_option(function: Function) -> Function:
    """``--data DIR`` / ``GONGKAI_DATA`` / ``./data``, given to the command as ``data: DataDirectory``."""
    return click.option(
        "--data",
        envvar="GONGKAI_DATA",
        default="data",
        show_default=True,
        type=click.Path(file_okay=False, path_type=Path),
        callback=lambda _context, _parameter, value: DataDirectory(value),
        help="Data directory: database, captures, reports, your own portal files.",
    )(function)


def fail(message: str, code: int = BAD_INPUT) -> NoReturn:
    """Print one sentence on stderr and end with ``code``."""
    click.echo(f"gongkai: {message}", err=True)
    sys.exit(code)


def echo_json(value: Any) -> None:
    """Print ``value`` as UTF-8 JSON, indented, Chinese unescaped."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def wide_console() -> Console:
    """A console as wide as its terminal; in a pipe or a log, where nobody scrolls, wide enough for whole tables."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDE)


def open_archive(data: DataDirectory, *, readonly: bool = True) -> Database:
    """The archive of ``data``; ends the command with one sentence if there is none or it cannot be used."""
    if not data.database.is_file():
        fail(
            f"no archive at {data.database}: run `gongkai init` or a crawl first, or name another --data directory"
        )
    try:
        db = connect(data.database, readonly=readonly)
        check_version(db)
    except NewerDatabase as error:
        fail(str(error))
    except sqlite3.DatabaseError as error:
        if _is_disk(error):
            fail(f"{error}: is the disk full, or read-only? nothing was changed", TROUBLE)
        fail(f"{data.database} cannot be used as an archive ({error}): restore it from a backup")
    return db


def refuse_older(db: Database) -> None:
    """End a command that only reads, and would ask for what an older version's archive does not have."""
    if migrations.pending(db):
        fail("the archive was written by an older gongkai: run `gongkai init` to bring it up to date")


def _is_disk(error: sqlite3.DatabaseError) -> bool:
    """Whether the file could not be opened for the disk's sake: READONLY, IOERR, FULL or CANTOPEN.

    Also to read it SQLite makes a file beside it. A file that ends too early (IOERR_SHORT_READ) is a damaged one.
    """
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (8, 10, 13, 14) and code != sqlite3.SQLITE_IOERR_SHORT_READ
