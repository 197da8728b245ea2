"""How far a long command is: a live line on a terminal, a plain line now and then in a log; both on stderr."""

from __future__ import annotations

import time
from types import TracebackType

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

LOG_SECONDS = 30.0


class Steps:
    """Called with what is being done, how much of it is done, and how much there is (None: not known).

    ``quiet`` shows nothing. ``size``: the numbers are bytes, told as MiB.
    """

    def __init__(self, verb: str, *, quiet: bool = False, size: bool = False):
        self._verb = verb
        self._quiet = quiet
        self._unit = 1 << 20 if size else 1
        self._said = self._began = time.monotonic()
        console = Console(stderr=True)
        self._bars: Progress | None = None
        if console.is_terminal and not quiet:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24))
            self._bars = Progress(
                *columns, MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True
            )
        self._what = ""

    def __enter__(self) -> Steps:
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Show it; often is cheap."""
        if self._quiet:
            return
        done //= self._unit
        total = None if total is None else total // self._unit
        if self._bars is not None:
            if what != self._what:
                for task in self._bars.task_ids:
                    self._bars.remove_task(task)
                self._bars.add_task(what)
                self._what = what
            self._bars.update(self._bars.task_ids[-1], completed=done, total=total)
        elif time.monotonic() - self._said >= LOG_SECONDS:
            self._said = time.monotonic()
            unit = " MiB" if self._unit > 1 else ""
            far = f", {done} of {total}{unit}" if total is not None else f", {done}{unit}" if done else ""
            click.echo(f"{self._verb}: {what}{far}{self._pace(done, total, unit)}", err=True)

    def _pace(self, done: int, total: int | None, unit: str) -> str:
        """How fast it goes since it was first shown, and how long the rest takes at that."""
        seconds = time.monotonic() - self._began
        if total is None or not 0 < done < total or seconds <= 0:
            return ""
        minutes = (total - done) * seconds / done / 60
        return f", {done / seconds:.2g}{unit}/s, about {minutes:.0f} min left"
