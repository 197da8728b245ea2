"""``gongkai portals repair``: a redesigned portal's new selectors and labels, found from what the archive knows."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import NoReturn

import click
from sqlite_utils import Database

from archive.commands.common import LOCKED, OK, TROUBLE, data_option, echo_json, fail, open_archive
from archive.crawling.portals import portal_ids
from archive.durable import replace_file
from archive.layout import DataDirectory
from archive.lock import PortalLocked, portal_lock
from archive.prepare import prepare
from archive.web.labels import field_label
from crawler import clock
from crawler.commands.crawling import json_option
from crawler.commands.print_repair import as_dict, show
from crawler.config_error import ConfigError
from crawler.portals.loader import file_of, load_portal
from crawler.portals.model import Portal
from crawler.quarantines import finish_left_over
from crawler.repair.material import Material, gather
from crawler.repair.repair import Repair, repair
from crawler.repair.rereading import Reread, read_again
from crawler.repair.sample import FIELDS


@click.command(
    "repair",
    short_help="Find a redesigned portal's new selectors and labels.",
    epilog="Example: gongkai portals repair shangqiu --dry-run",
)
@click.argument("portal")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--yes", "--write", "yes", is_flag=True, help="Write it without asking.")
@click.option(
    "--without",
    multiple=True,
    metavar="FIELD",
    type=click.Choice(FIELDS),
    help="A field that the new layout no longer has (index_number, catalog …); may be given several times.",
)
@json_option
@data_option
def repair_command(
    portal: str, dry_run: bool, yes: bool, without: tuple[str, ...], as_json: bool, data: DataDirectory
) -> None:
    """Mend PORTAL's file after a redesign, from what is held back and what it said before.

    Where known numbers, titles, dates, texts and list entries stand on the new pages tells the new labels and
    selectors. They are shown with before and after, field by field, and added as a new era to your own portal file
    (portals/ in the data directory). Refused, with exit code 1, where a field would be filled on fewer pages.
    """
    try:
        found = load_portal(portal, data)
        file = file_of(portal, data)
    except ConfigError as error:
        fail(str(error))
    target = file if file == Path(portal) else data.portals / file.name
    db = open_archive(data, readonly=False)
    written: tuple[Path, Reread] | None = None
    try:
        material = _material(db, data, found)
        if material is None:
            _nothing(found, as_json)
        result = _proposed(found, file, material, without)
        if not as_json:
            show(result)
        if result.values and not result.reasons and not dry_run and (yes or _agreed(target, as_json)):
            written = target, _write(db, data, result, target)
    except ConfigError as error:
        fail(f"{found.id}: {error}", TROUBLE)
    except PortalLocked as error:
        fail(str(error), LOCKED)
    except (OSError, sqlite3.OperationalError) as error:
        fail(f"the portal file or the archive cannot be written ({error}): run it again to go on", TROUBLE)
    finally:
        db.close()
    _end(result, written, as_json)


def _material(db: Database, data: DataDirectory, portal: Portal) -> Material | None:
    prepare(db, clock.stamp())
    if portal.id not in portal_ids(db):
        fail(f"the archive holds nothing of portal '{portal.id}': crawl it first")
    with portal_lock(data, portal.id, f"gongkai portals repair {portal.id}"):
        finish_left_over(db, data, portal.id)
        return gather(db, data, portal)


def _proposed(portal: Portal, file: Path, material: Material, without: tuple[str, ...]) -> Repair:
    labels = {name: field_label(name) for name in FIELDS}
    return repair(portal, file.read_text(encoding="utf-8-sig"), material, clock.day(), labels, without)


def _write(db: Database, data: DataDirectory, result: Repair, target: Path) -> Reread:
    """The file first: what is read again after a kill is read by it."""
    with portal_lock(data, result.portal.id, f"gongkai portals repair {result.portal.id}"):
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(target, result.text.encode())
        return read_again(db, data, result.portal, result.since, clock.stamp())


def _agreed(target: Path, as_json: bool) -> bool:
    """Ask; where nobody can answer, it is left."""
    try:
        return click.confirm(f"Write this era into {target}?", err=as_json)
    except click.Abort:
        fail("nothing was written, as nobody answered: run it again with --yes", TROUBLE)


def _nothing(portal: Portal, as_json: bool) -> NoReturn:
    if as_json:
        echo_json({"portal": portal.id, "era": {}, "refused": [], "written": None})
    else:
        click.echo(f"{portal.id}: the last crawls found nothing changed: there is nothing to repair")
    sys.exit(OK)


def _end(result: Repair, written: tuple[Path, Reread] | None, as_json: bool) -> None:
    id_ = result.portal.id
    if as_json:
        echo_json(as_dict(result, str(written[0]) if written else None, written[1] if written else None))
    if result.reasons:
        why = "; ".join(result.reasons)
        fail(f"{id_} cannot be repaired by what is known, and nothing was written: {why}", TROUBLE)
    if not result.values:
        fail(
            f"{id_}: its file reads the pages and listings as well as before, and nothing was written: look at what is"
            f" held back, then run `gongkai portals release {id_}`",
            TROUBLE,
        )
    if written is not None and not as_json:
        file, reread = written
        click.echo(f"{id_}: the era is written into {file}; {reread.held} held back revisions read again")
        if reread.left:
            click.echo(
                f"{id_}: {reread.left} of them are new or changed: the next crawl settles them,"
                f" or `gongkai portals release {id_}` at once"
            )
    sys.exit(OK)
