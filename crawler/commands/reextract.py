"""``gongkai reextract``: today's code and profiles over the captures, in place; no network, no new revision."""

from __future__ import annotations

import sqlite3
import sys
from collections import Counter, deque
from dataclasses import dataclass, field

import click
from rich.console import Console
from rich.progress import track
from sqlite_utils import Database

from archive.batches import in_batches
from archive.captures.reader import DamagedCapture
from archive.commands.common import LOCKED, OK, TROUBLE, data_option, echo_json, fail, open_archive
from archive.crawling.portals import portal_ids
from archive.history.sources import revision_count, revisions_of
from archive.layout import DataDirectory
from archive.lock import PortalLocked, portal_lock
from archive.mirrors.running import bring_up_to_date
from archive.prepare import prepare
from archive.record import Record
from archive.writer import WouldLose, replace_record
from crawler import clock
from crawler.commands.crawling import json_option, resolve
from crawler.config_error import ConfigError
from crawler.portals.model import Portal
from crawler.portals.stored import archived_portal
from crawler.quarantines import finish_left_over
from crawler.reextraction import NoPage, archived_record
from pipelines.page import Unreadable

BATCH = 20
"""Records that are read before they are written, in as many transactions as it takes to keep each short."""


@dataclass
class _Outcome:
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


@click.command(
    "reextract",
    short_help="Read every archived page again with today's code.",
    epilog="Example: gongkai reextract --portal shangqiu",
)
@click.option("--portal", "only", metavar="ID", help="Only this portal; otherwise all in the archive.")
@json_option
@data_option
def command(only: str | None, as_json: bool, data: DataDirectory) -> None:
    """Read every archived page again with today's code and profiles and update its record where it differs."""
    db = open_archive(data, readonly=False)
    prepare(db, clock.stamp())
    ids = portal_ids(db)
    if only is not None:
        (portal,) = resolve([only], data)
        if portal.id not in ids:
            fail(f"the archive holds nothing of portal '{portal.id}': crawl it first")
        ids = [portal.id]
    outcome = _Outcome()
    try:
        for portal_id in ids:
            _reextract_portal(db, data, portal_id, outcome, quiet=as_json)
        if outcome.counts["changed"]:
            bring_up_to_date(db, data, "gongkai reextract")
    except PortalLocked as error:
        fail(str(error), LOCKED)
    except sqlite3.OperationalError as error:
        fail(f"the archive cannot be written ({error}): nothing of the last batch was changed", TROUBLE)
    if as_json:
        echo_json({**outcome.counts, "problems": outcome.problems})
    else:
        click.echo(
            f"{outcome.counts['read']} revisions read, {outcome.counts['changed']} records changed,"
            f" {len(outcome.problems)} problems"
        )
    for problem in outcome.problems:
        click.echo(f"gongkai: {problem}", err=True)
    sys.exit(TROUBLE if outcome.problems else OK)


def _reextract_portal(
    db: Database, data: DataDirectory, portal_id: str, outcome: _Outcome, *, quiet: bool
) -> None:
    try:
        portal = archived_portal(db, data, portal_id)
    except ConfigError as error:
        outcome.problems.append(f"portal '{portal_id}' was left as it is: {error}")
        return
    total = revision_count(db, portal_id)
    rows = revisions_of(db, portal_id)
    shown = (
        rows
        if quiet or not Console().is_terminal
        else track(rows, description=portal.name, total=total, transient=True)
    )
    batch: list[tuple[int, Record]] = []
    with portal_lock(data, portal_id, f"gongkai reextract {portal_id}"):
        finish_left_over(db, data, portal_id)
        for row in shown:
            record = _read(db, data, portal, row.id, row.url, outcome)
            if record is not None:
                batch.append((row.id, record))
            if len(batch) >= BATCH:
                _write(db, batch, outcome)
        _write(db, batch, outcome)


def _read(
    db: Database, data: DataDirectory, portal: Portal, revision_id: int, url: str, outcome: _Outcome
) -> Record | None:
    try:
        return archived_record(db, data, portal, revision_id)
    except (DamagedCapture, NoPage, Unreadable) as error:
        outcome.problems.append(f"{url}: {error}")
        return None


def _write(db: Database, batch: list[tuple[int, Record]], outcome: _Outcome) -> None:
    if not batch:
        return
    at, waiting = clock.stamp(), deque(batch)

    def step() -> bool:
        revision_id, record = waiting.popleft()
        outcome.counts["read"] += 1
        try:
            outcome.counts["changed"] += replace_record(db, revision_id, record, at=at)
        except WouldLose as error:
            outcome.problems.append(f"{record.url}: {error}")
        return bool(waiting)

    in_batches(db, step)
    batch.clear()
