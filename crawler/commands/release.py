"""``gongkai portals release``: accept what was held back of a portal, after a look."""

from __future__ import annotations

import sqlite3

import click
from sqlite_utils import Database

from archive.commands.common import LOCKED, TROUBLE, data_option, echo_json, fail, open_archive
from archive.crawling.portals import portal_ids
from archive.history.quarantine.release import Released, mark_release, release_crawls, waiting
from archive.layout import DataDirectory
from archive.lock import PortalLocked, portal_lock
from archive.prepare import prepare
from archive.transaction import transaction
from crawler import clock
from crawler.commands.crawling import json_option
from crawler.commands.naming import named_portal
from crawler.quarantines import finish_left_over, record_release


@click.command(
    "release",
    short_help="Accept what was held back of a portal.",
    epilog="Example: gongkai portals release shangqiu --crawl 20261123T021500Z-1a2b3c4d",
)
@click.argument("portal")
@click.option("--crawl", metavar="CRAWL", help="Only what this crawl read.")
@json_option
@data_option
def release_command(portal: str, crawl: str | None, as_json: bool, data: DataDirectory) -> None:
    """Accept what was held back of PORTAL: readers see it from now on.

    Look at it first: `gongkai serve` lists it under 待查修订, `gongkai show` tells of a document's revisions. Where a
    page was only read badly, mend the portal file and run `gongkai reextract --portal PORTAL` instead.
    """
    db = open_archive(data, readonly=False)
    try:
        prepare(db, clock.stamp())
        id_ = _id(db, portal, data)
        if crawl is not None:
            _check_crawl(db, id_, crawl)
        with portal_lock(data, id_, f"gongkai portals release {id_}"):
            crawls, released = _release(db, data, id_, crawl)
    except PortalLocked as error:
        fail(str(error), LOCKED)
    except (OSError, sqlite3.OperationalError) as error:
        fail(
            f"the archive cannot be written ({error}): what was released stays, run it again to go on",
            TROUBLE,
        )
    finally:
        db.close()
    if as_json:
        echo_json({"portal": id_, "crawls": crawls, **released._asdict()})
    elif not crawls:
        click.echo(f"{id_}: nothing is held back{f' of crawl {crawl}' if crawl else ''}")
    else:
        click.echo(
            f"{id_}: {released.revisions} revisions released, {released.documents} documents show another one now"
        )


def _release(db: Database, data: DataDirectory, portal: str, only: str | None) -> tuple[list[str], Released]:
    """The mark, the event in the WARC, the revisions: in this order, as :mod:`crawler.quarantines` tells."""
    finish_left_over(db, data, portal)
    crawls = sorted({row.crawl_id for row in waiting(db, portal) if only in (None, row.crawl_id)})
    if not crawls:
        return [], Released(0, 0)
    at = clock.stamp()
    with transaction(db):
        mark_release(db, crawls, at)
    record_release(data, portal, crawls, at)
    return crawls, release_crawls(db, portal, crawls, at)


def _id(db: Database, name: str, data: DataDirectory) -> str:
    """The portal's id, also where its file is gone or broken: what is held back is in the archive."""
    known = portal_ids(db)
    if name in known:
        return name
    id_ = named_portal(name, data).id
    if id_ not in known:
        fail(f"the archive holds nothing of portal '{id_}': crawl it first")
    return id_


def _check_crawl(db: Database, portal: str, crawl: str) -> None:
    row = db.execute("SELECT portal FROM crawls WHERE id = ?", [crawl]).fetchone()
    if row is None:
        fail(f"the archive knows no crawl {crawl}")
    if row[0] != portal:
        fail(f"the crawl {crawl} is of portal '{row[0]}', not of '{portal}'")
