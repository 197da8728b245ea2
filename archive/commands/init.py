"""``gongkai init``: an archive to crawl into."""

from __future__ import annotations

import re
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from archive.commands.common import data_option, echo_json, fail
from archive.commands.systemd_units import write_units
from archive.info import get_info, set_info
from archive.layout import DataDirectory
from archive.migrations import NewerDatabase
from archive.prepare import prepare
from archive.times import stamp_of
from archive.transaction import connect, transaction

_CONTACT = re.compile(r"[^@\s<>()]+@[^@\s<>()]+\.[^@\s<>().]+|https?://[^\s<>()]+")


@click.command("init", short_help="Make the data directory, or bring an older one up to date.")
@data_option
@click.option(
    "--contact", metavar="EMAIL|URL", help="How a portal's operators reach you: sent with every request."
)
@click.option(
    "--vantage",
    metavar="NAME",
    help="Where this machine asks from (a city, a network): kept with every crawl, and through a merge.",
)
@click.option(
    "--systemd",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write gongkai-nightly.service and .timer there, as ~/.config/systemd/user.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what there is as JSON.")
def command(
    data: DataDirectory, contact: str | None, vantage: str | None, systemd: Path | None, as_json: bool
) -> None:  # fmt: skip
    """Create the data directory and its database, or bring an older one up to date.

    May be run again: nothing that is there is lost, and --contact and --vantage change only what they name.

    Example: gongkai init --data /srv/gongkai --contact archive@example.org
    """
    if contact is not None:
        contact = contact.strip()
        if not _CONTACT.fullmatch(contact) or not contact.isascii():
            fail(f"--contact takes an e-mail address or a http(s) URL in ASCII, not {contact!r}")
    existed = data.database.is_file()
    try:
        info = _prepare(data, contact, (vantage or "").strip(), ask=not as_json and sys.stdin.isatty())
    except NewerDatabase as error:
        fail(str(error))
    except sqlite3.Error as error:
        fail(f"no archive can be made of {error}")
    except OSError as error:
        fail(f"{error.filename or data.root} cannot be used as a data directory: {error.strerror}")
    try:
        units = write_units(systemd, data.root) if systemd is not None else []
    except OSError as error:
        fail(f"{error.filename or systemd} cannot be written: {error.strerror}")
    for unit in units if not as_json else []:
        click.echo(f"Wrote {unit}")
    if as_json:
        echo_json(
            {
                "data": str(data.root),
                "database": str(data.database),
                "created": not existed,
                **info,
                "units": [str(unit) for unit in units],
            }
        )
        return
    click.echo(f"{'Found' if existed else 'Created'} the archive {data.database}")
    if info["contact"]:
        click.echo(f"Requests will name {info['contact']} as contact.")
    else:
        click.echo("No contact yet: gongkai init --contact you@example.org lets portals reach you.")
    click.echo("Next: gongkai portals list")


def _prepare(data: DataDirectory, contact: str | None, vantage: str, *, ask: bool) -> dict[str, str | None]:
    """Make or migrate the archive; its id, time of creation, contact and vantage."""
    data.root.mkdir(parents=True, exist_ok=True)
    with connect(data.database) as db:
        # The one reader of the clock outside the crawler: the archive has to be created at some time.
        prepare(db, stamp_of(datetime.now(UTC)))
        for folder in (data.captures, data.portals, data.reports):
            folder.mkdir(exist_ok=True)
        if contact is None and ask and get_info(db, "contact") is None:
            contact = click.prompt(
                "E-mail or URL that portals can reach you at (empty: none)",
                default="",
                show_default=False,
                value_proc=_asked,
            )
        with transaction(db):
            for key, value in (("contact", contact), ("vantage", vantage)):
                if value:
                    set_info(db, key, value)
        return {key: get_info(db, key) for key in ("archive_id", "created_at", "contact", "vantage")}


def _asked(value: str) -> str:
    """What was typed at the prompt; asked again when it is neither."""
    value = value.strip()
    if value and not (_CONTACT.fullmatch(value) and value.isascii()):
        raise click.UsageError("an e-mail address or a http(s) URL in ASCII, please")
    return value
