"""``gongkai verify``: is the archive whole; and what of it can be mended."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import click
from sqlite_utils import Database

from archive.captures.check import capture_files
from archive.commands.common import (
    INTERRUPTED,
    LOCKED,
    OK,
    TROUBLE,
    data_option,
    echo_json,
    fail,
    open_archive,
)
from archive.commands.progress import Steps
from archive.layout import DataDirectory
from archive.times import stamp_of
from archive.verify import Problem, Repaired, Reread, repair, verify

SAMPLE = 200


def make_command(reread_in: Callable[[Database, DataDirectory], Reread] | None) -> click.Command:
    """The verb; ``reread_in`` gives the function by which ``--deep`` reads pages again, which is not known here."""

    @click.command("verify", short_help="Check that database, captures and search index agree.")
    @data_option
    @click.option(
        "--deep", is_flag=True, help="Also unpack and hash every record and compare every row: reads all."
    )
    @click.option(
        "--sample", type=click.IntRange(min=0), default=SAMPLE, show_default=True, metavar="N",
        help="With --deep: read N revisions, spread over the archive, from their captures again.",
    )  # fmt: skip
    @click.option("--repair", "mend", is_flag=True, help="Make again what can be made from what is intact.")
    @click.option("--json", "as_json", is_flag=True, help="Print what was found and done as JSON.")
    def command(data: DataDirectory, deep: bool, sample: int, mend: bool, as_json: bool) -> None:
        """Check that database, captures and search index agree.

        One line a problem, naming file and offset or table and row, and what to do. Exit status 1 when there is
        one; what a killed run left in a capture file is only noted.

        --repair makes again the search index, what documents show, uids and the rows of captures, each from what is
        intact; no capture file is changed. Other runs may go on; a portal that one holds is left.

        Example: gongkai verify --deep
        """
        with open_archive(data, readonly=not mend) as db, Steps("gongkai verify", quiet=as_json) as progress:
            reread = reread_in(db, data) if reread_in is not None and deep and sample else None

            def check() -> list[Problem]:
                return verify(db, data, deep=deep, sample=sample, reread=reread, progress=progress)

            try:
                problems, repaired = check(), Repaired()
                if mend and problems:
                    repaired = _repair(db, data, problems, progress)
                    problems = check() if repaired.done else problems
            except KeyboardInterrupt:
                fail("interrupted: run it again; a repair goes on where it was", INTERRUPTED)
            counts = {name: db[name].count for name in ("documents", "captures")}
            if deep:
                counts["hashed_files"] = len(capture_files(data))
                counts["reread_revisions"] = min(sample, db["revisions"].count) if reread is not None else 0
        _tell(data, problems, repaired, counts, as_json)
        errors = any(problem.severity == "error" for problem in problems)
        sys.exit(LOCKED if repaired.locked else TROUBLE if errors else OK)

    return command


def _repair(db: Database, data: DataDirectory, problems: list[Problem], progress: Steps) -> Repaired:
    try:
        return repair(db, data, problems, at=stamp_of(datetime.now(UTC)), progress=progress)
    except sqlite3.OperationalError as error:
        fail(f"{data.database} cannot be written ({error}): what was repaired before is kept", TROUBLE)
    except OSError as error:
        fail(
            f"{error.filename or data.root} cannot be written ({error.strerror}): what was repaired is kept",
            TROUBLE,
        )


def _tell(
    data: DataDirectory, problems: list[Problem], repaired: Repaired, counts: dict[str, int], as_json: bool
) -> None:
    errors = sum(problem.severity == "error" for problem in problems)
    if as_json:
        found = {"ok": not errors, **counts, "problems": [problem.to_dict() for problem in problems]}
        echo_json(found | {"repaired": repaired.done, "left": repaired.left, "locked": repaired.locked})
        return
    for line in repaired.done:
        click.echo(f"repaired: {line}")
    for line in repaired.left:
        click.echo(f"left: {line}")
    for problem in problems:
        click.echo(f"{problem.severity}: {problem.message}")
    for line in repaired.locked:
        click.echo(f"gongkai: {line}", err=True)
    state = f"{errors} problem{'s' if errors > 1 else ''}" if errors else "sound"
    looked = f"{counts['documents']} documents, {counts['captures']} captures"
    if "hashed_files" in counts:
        looked += (
            f"; every record of {counts['hashed_files']} capture files unpacked and hashed,"
            f" {counts['reread_revisions']} revisions read again"
        )
    click.echo(f"{data.database}: {state} ({looked})")


command = make_command(None)
