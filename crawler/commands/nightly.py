"""``gongkai nightly``: every enabled portal, each in its own process, and the run report."""

from __future__ import annotations

import asyncio
import re
import signal
import sqlite3
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

import click
from rich.table import Table

from archive.commands.common import (
    BAD_INPUT,
    INTERRUPTED,
    LOCKED,
    OK,
    TROUBLE,
    data_option,
    echo_json,
    fail,
    open_archive,
    wide_console,
)  # fmt: skip
from archive.crawling.portals import portal_states
from archive.layout import DataDirectory
from archive.lock import PortalLocked, portal_lock
from archive.mirrors.running import bring_up_to_date
from archive.prepare import prepare
from archive.transaction import connect
from crawler import clock
from crawler.commands.crawling import COLUMNS, json_option, private_option
from crawler.config_error import ConfigError
from crawler.extensions.progress import duration
from crawler.nightly.night import Night
from crawler.nightly.outcome import PortalNight
from crawler.nightly.progress import NightProgress
from crawler.nightly.reporting import write_report
from crawler.nightly.texts import NightTexts, read_texts
from crawler.portals.loader import list_portals
from crawler.portals.model import Portal

NIGHT_LOCK = "gongkai.nightly"
"""No portal can have this name."""


def _until(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime | None:
    """The next time that it is HH:MM in Asia/Shanghai."""
    if value is None:
        return None
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise click.BadParameter(f"{value!r} is no time of day: write 06:30")
    now = clock.now().astimezone(clock.SHANGHAI)
    moment = now.replace(hour=int(value[:2]), minute=int(value[3:]), second=0, microsecond=0)
    return moment if moment > now else moment + timedelta(days=1)


@click.command(
    "nightly",
    short_help="Crawl every enabled portal, and write a report.",
    epilog="Example: gongkai nightly --workers 4 --until 06:30",
)
@click.option(
    "--portals", "glob", metavar="GLOB", default="*", help="Only the enabled portals whose ids match."
)
@click.option("--workers", type=click.IntRange(1, 64), default=4, show_default=True, help="Portals at once.")
@click.option(
    "--until", metavar="HH:MM", callback=_until, help="Window: no crawl goes on beyond it (Asia/Shanghai)."
)
@click.option(
    "--time-limit", type=click.FloatRange(min=0.01), default=240, show_default=True, metavar="MINUTES",
    help="Time limit of one portal; one that hangs is ended.",
)  # fmt: skip
@click.option("--requests", type=click.IntRange(min=1), metavar="N", help="Request budget of one portal.")
@click.option(
    "--files-minutes", type=click.FloatRange(min=0), default=30, show_default=True, metavar="MINUTES",
    help="Afterwards read the text of attachments for so long; 0: not at all.",
)  # fmt: skip
@private_option
@json_option
@data_option
def command(
    glob: str, workers: int, until: datetime | None, time_limit: float, requests: int | None, files_minutes: float,
    allow_private_hosts: bool, as_json: bool, data: DataDirectory,
) -> None:  # fmt: skip
    """Crawl every enabled portal, the one whose last crawl is oldest first, then write the run report.

    Before the report the text of downloaded attachments is read, as `gongkai files` does, as long as the window lasts.
    What goes wrong with one portal leaves the others whole. SIGTERM and Ctrl-C end it cleanly within ten seconds.
    """
    began = clock.now()
    try:
        with portal_lock(data, NIGHT_LOCK, "gongkai nightly"):
            portals, errors = _enabled(data, glob)
            words = [f"--requests={requests}"] if requests else []
            words += ["--allow-private-hosts"] if allow_private_hosts else []
            progress = NightProgress(len(portals), quiet=as_json)
            night = Night(data, workers, time_limit * 60, progress, until, words)
            try:
                outcomes = asyncio.run(night.run(portals))
            finally:
                progress.close()
            outcomes += [_unreadable(error) for error in errors]
            texts = _texts(data, night, files_minutes * 60, until)
            problems = write_report(data, outcomes, texts.to_dict(), began=began) + texts.problems
            if night.stopping is None:
                problems += _republished(data, night, until)
    except PortalLocked as error:
        fail(f"another night is under way: {error.holder}", LOCKED)
    except OSError as error:
        fail(f"{error.filename or data.root} cannot be used: {error.strerror}", TROUBLE)
    if as_json:
        portals_said = [outcome.to_dict() for outcome in outcomes]
        echo_json({"portals": portals_said, "files": texts.to_dict(), "problems": problems})
    else:
        _print(outcomes)
        click.echo(f"附件文字：读了 {texts.read} 个，还有 {texts.waiting} 个待读")
    for outcome in outcomes:
        if outcome.trouble:
            click.echo(f"gongkai: {outcome.portal}: {'; '.join(outcome.reasons[:2])}", err=True)
    for problem in problems:
        click.echo(f"gongkai: {problem}", err=True)
    sys.exit(_exit_code(outcomes, problems, night))


def _enabled(data: DataDirectory, glob: str) -> tuple[list[Portal], list[ConfigError]]:
    """The portals of the night, oldest crawl first; ends the command if there is none or the archive is unusable."""
    known, errors = list_portals(data)
    db = open_archive(data, readonly=False) if data.database.is_file() else connect(data.database)
    try:
        prepare(db, clock.stamp())  # once, before the processes would all do it
        states = portal_states(db)
    except sqlite3.Error as error:
        fail(f"the archive cannot be written ({error}): make room or mend the permissions", TROUBLE)
    finally:
        db.close()
    found = [
        portal
        for portal in known
        if fnmatchcase(portal.id, glob) and states.get(portal.id, {}).get("enabled", portal.enabled)
    ]
    if not found and not errors:
        which = "no portal is enabled" if glob == "*" else f"no enabled portal matches '{glob}'"
        fail(f"{which}: `gongkai portals enable ID` enables one", BAD_INPUT)
    return sorted(
        found, key=lambda portal: (str(states.get(portal.id, {}).get("crawled_at") or ""), portal.id)
    ), errors


def _texts(data: DataDirectory, night: Night, seconds: float, until: datetime | None) -> NightTexts:
    """What the night reads of its attachments; only counted where something ended the crawls."""
    seconds = 0 if night.stopping is not None else seconds
    texts = read_texts(data, seconds, lambda: until is not None and clock.now() >= until)
    if texts.interrupted:
        night.stopping = "signal"
    return texts


def _republished(data: DataDirectory, night: Night, until: datetime | None) -> list[str]:
    """Compare what came with what there is, as far as the window allows; a sentence where it cannot be written."""
    db = connect(data.database)
    handler = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        bring_up_to_date(db, data, "gongkai nightly", lambda: until is not None and clock.now() >= until)
    except sqlite3.Error as error:
        return [f"republications were not looked for ({error}): make room, then run gongkai mirrors"]
    except KeyboardInterrupt:
        night.stopping = "signal"  # the next run goes on
    finally:
        signal.signal(signal.SIGTERM, handler)
        db.close()
    return []


def _unreadable(error: ConfigError) -> PortalNight:
    """A portal file that nobody can read may be an enabled one."""
    file = str(error).partition(": ")[0]
    return PortalNight(Path(file).stem, file, "failed", [str(error)])


def _print(outcomes: Sequence[PortalNight]) -> None:
    table = Table(title="夜间采集", title_justify="left")
    table.add_column("门户")
    for label in (*(label for _, label in COLUMNS), "请求", "用时"):
        table.add_column(label, justify="right")
    table.add_column("结论")
    for outcome in outcomes:
        cells = [str(outcome.counts.get(name, 0)) for name, _ in COLUMNS]
        style = "red" if outcome.trouble else "green"
        table.add_row(
            outcome.portal, *cells, str(outcome.counts.get("requests", 0)), duration(outcome.seconds),
            f"[{style}]{outcome.status}[/]",
        )  # fmt: skip
    console = wide_console()
    console.print(table)
    for outcome in outcomes:
        for reason in outcome.reasons:
            console.print(f"{outcome.portal}: {reason}", markup=False, highlight=False)


def _exit_code(outcomes: Sequence[PortalNight], problems: Sequence[str], night: Night) -> int:
    """2 an archive that cannot be used, 130 interrupted, 1 trouble; a portal that another run holds is none."""
    if any(outcome.status == "unusable" for outcome in outcomes):
        return BAD_INPUT
    if night.stopping == "signal":
        return INTERRUPTED
    return TROUBLE if problems or any(outcome.trouble for outcome in outcomes) else OK
