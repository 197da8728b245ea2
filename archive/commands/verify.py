"""``gongkai verify``: is the archive whole."""

from __future__ import annotations

import sys

import click

from archive.commands.common import OK, TROUBLE, data_option, echo_json, open_archive
from archive.layout import DataDirectory
from archive.verify import verify


@click.command("verify")
@data_option
@click.option(
    "--deep", is_flag=True, help="Also unpack and hash every capture and compare every record: reads all."
)
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def command(data: DataDirectory, deep: bool, as_json: bool) -> None:
    """Check that database, captures and search index agree.

    One line a problem, naming file and offset or table and row, and what to do. Exit status 1 when there is
    one; what a killed run left in a capture file is only noted.

    Example: gongkai verify --deep
    """
    with open_archive(data) as db:
        problems = verify(db, data, deep=deep)
        captures = db["captures"].count
        documents = db["documents"].count
    errors = sum(problem.severity == "error" for problem in problems)
    if as_json:
        echo_json(
            {
                "ok": not errors,
                "documents": documents,
                "captures": captures,
                "problems": [problem.to_dict() for problem in problems],
            }
        )
    else:
        for problem in problems:
            click.echo(f"{problem.severity}: {problem.message}")
        state = f"{errors} problem{'s' if errors > 1 else ''}" if errors else "sound"
        click.echo(f"{data.database}: {state} ({documents} documents, {captures} captures)")
    sys.exit(TROUBLE if errors else OK)
