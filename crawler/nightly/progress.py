"""Shows a running night: on a terminal one live line a portal, in a log one plain line now and then."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from crawler.extensions.progress import duration
from crawler.nightly.outcome import PortalNight
from crawler.portals.model import Portal


class NightProgress:
    """``quiet``: says nothing."""

    def __init__(self, total: int, *, quiet: bool = False):
        self._total, self._done, self._quiet = total, 0, quiet
        console = Console(stderr=True)
        self._tasks: dict[str, TaskID] = {}
        self._bars: Progress | None = None
        if console.is_terminal and not quiet:
            self._bars = Progress(
                SpinnerColumn(), TextColumn("[bold]{task.description}[/]"), TimeElapsedColumn(),
                TextColumn("[dim]{task.fields[what]}[/]"), console=console, transient=True,
            )  # fmt: skip
            self._bars.start()

    @property
    def line_seconds(self) -> float:
        """How often a portal's process says how far it is."""
        return 30.0 if self._bars is None else 1.0

    def began(self, portal: Portal) -> None:
        """A portal's turn has come."""
        if self._bars is not None:
            self._tasks[portal.id] = self._bars.add_task(escape(portal.id), total=None, what="")
        else:
            self._line(f"{portal.id}: began")

    def say(self, portal: str, line: str) -> None:
        """A line that a portal's process said."""
        if self._bars is not None:
            self._bars.update(self._tasks[portal], what=escape(line.removeprefix(f"{portal}: ")))
        else:
            self._line(line if line.startswith(f"{portal}: ") else f"{portal}: {line}")

    def ended(self, outcome: PortalNight) -> None:
        """A portal is done."""
        self._done += 1
        if self._bars is not None:
            self._bars.remove_task(self._tasks.pop(outcome.portal))
        counts = outcome.counts
        said = (
            f"{outcome.portal}: {outcome.status} in {duration(outcome.seconds)}, {counts.get('new', 0)} new,"
            f" {counts.get('revised', 0)} revised, {counts.get('requests', 0)} requests ({self._done} of {self._total})"
        )
        if self._bars is not None:
            self._bars.console.print(escape(said), highlight=False)
        else:
            self._line(said)

    def close(self) -> None:
        """Take the display away."""
        if self._bars is not None:
            self._bars.stop()

    def _line(self, text: str) -> None:
        if not self._quiet:
            print(text, file=sys.stderr, flush=True)
