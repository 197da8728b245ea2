"""What ``rebuild``, ``merge`` and ``import`` share: captures in their place, then their portals replayed."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlite_utils import Database

from archive.captures.bringing import OtherBytes, bring_captures, capture_files
from archive.commands.common import LOCKED, OK, TROUBLE, echo_json, fail
from archive.layout import DataDirectory
from archive.lock import PortalLocked, portal_lock
from archive.mirrors.running import bring_up_to_date
from crawler.replay import Replayed, ReplayError, replay_portal
from pipelines.workers.pool import close_shared_pool, shared_pool

SHOWN_DAMAGES = 5
"""Damaged records that are named on the terminal; ``--json`` has all."""


class ReplayProgress:
    """A bar for each stage on a terminal, a line for each in a log; nothing with ``--json``."""

    def __init__(self, quiet: bool):
        console = Console(stderr=True)
        self._plain = not console.is_terminal and not quiet
        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=console, transient=True, disable=quiet or not console.is_terminal,
        )  # fmt: skip
        self._task: Any = None

    def __enter__(self) -> ReplayProgress:
        self._bars.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._bars.stop()

    def begin(self, what: str, total: int) -> None:
        """A stage begins."""
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(what, total=total)
        if self._plain:
            click.echo(f"{what} ({total:,})", err=True)

    def advance(self, amount: int) -> None:
        """So much more is done."""
        self._bars.advance(self._task, amount)


def captures_of(source: Path) -> Path:
    """The captures directory that ``source`` is, or has; ends the command with one sentence if it is neither."""
    found = [path for path in (source / "captures", source) if path.is_dir() and capture_files(path)]
    if found:
        return found[0]
    return fail(
        f"{source} has no captures (<portal>/<year>/*.warc.gz): name a captures directory or a data directory;"
        " other tools' files are taken by gongkai import"
    )


def bring(source: Path, data: DataDirectory) -> set[str]:
    """Copy the captures of ``source``, and its portal files where ours has none; the portals that it has captures of."""
    captures = captures_of(source)
    try:
        files = [file for file, _ in bring_captures(captures, data)]
        _bring_portal_files(captures.parent / "portals", data)
    except OtherBytes as error:
        fail(str(error))
    except OSError as error:
        fail(
            f"{error.filename or source} cannot be copied ({error.strerror}): make room and run it again",
            TROUBLE,
        )
    return {file.partition("/")[0] for file in files}


def _bring_portal_files(folder: Path, data: DataDirectory) -> None:
    for file in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
        if not (data.portals / file.name).exists():
            data.portals.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, data.portals / file.name)


def replay_all(
    db: Database, data: DataDirectory, portals: Iterable[str], verb: str, *, quiet: bool
) -> list[Replayed]:
    """Replay each portal under its lock; ends the command with one sentence when one cannot be."""
    done: list[Replayed] = []
    try:
        with ReplayProgress(quiet) as progress:
            for portal in portals:
                with portal_lock(data, portal, f"gongkai {verb} {portal}"):
                    done.append(replay_portal(db, data, portal, pool=shared_pool(), progress=progress))
        bring_up_to_date(db, data, f"gongkai {verb}")
    except PortalLocked as error:
        fail(f"{error}; run it again when that has ended", LOCKED)
    except ReplayError as error:
        fail(f"{error} (the archive is as it was)", TROUBLE)
    except (OSError, sqlite3.OperationalError) as error:
        fail(
            f"the archive cannot be written ({error}): make room or mend the permissions, then run it again",
            TROUBLE,
        )
    finally:
        close_shared_pool()
    return done


def say_files_wait(db: Database) -> None:
    """The next step, where attachments have no text yet: a replay does not read them, search does not find in them."""
    waiting = int(db.execute("SELECT count(*) FROM files WHERE text_status = 'pending'").fetchone()[0])
    if waiting:
        click.echo(
            f"{waiting:,} attachments have no text yet: run gongkai files, so that search finds words in them"
        )


def report(db: Database, done: list[Replayed], *, as_json: bool) -> None:
    """Say what came of it and end the command."""
    damages = [damage for one in done for damage in one.damages]
    if as_json:
        echo_json(
            [
                {
                    "portal": one.portal,
                    "records": one.observations,
                    "new": one.transplanted.new,
                    "changed": one.transplanted.changed,
                    "joined": one.transplanted.joined,
                    "damages": one.damages,
                }
                for one in done
            ]
        )
    else:
        for one in done:
            made = one.transplanted
            click.echo(
                f"{one.portal}: {one.observations:,} records (captures and events), {made.new} documents new,"
                f" {made.changed} changed, {made.joined} joined with others"
            )
        say_files_wait(db)
    for damage in damages[:SHOWN_DAMAGES]:
        click.echo(f"gongkai: {damage}", err=True)
    if len(damages) > SHOWN_DAMAGES:
        click.echo(
            f"gongkai: and {len(damages) - SHOWN_DAMAGES} more damaged records: run gongkai verify", err=True
        )
    sys.exit(TROUBLE if damages else OK)
