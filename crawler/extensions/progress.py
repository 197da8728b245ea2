"""Shows a running crawl: a live line a portal on a terminal, plain lines in a log (DESIGN: users wait for long work)."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import create_looping_call

from archive.crawling.frontier import counts
from crawler import clock

TERMINAL_SECONDS = 1.0
LOG_SECONDS = 30.0

_console = Console(stderr=True)
_bars: Progress | None = None
_users = 0


def _shared_bars() -> Progress:
    """One live display for all crawls of the process."""
    global _bars
    if _bars is None:
        _bars = Progress(
            SpinnerColumn(),
            TextColumn("[bold]{task.fields[portal]}[/]"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("[dim]{task.fields[what]}[/]"),
            console=_console,
            transient=True,
        )
        _bars.start()
    return _bars


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How far a crawl is. ``rate`` is documents a second since it began to fetch them; ``eta`` seconds, if known."""

    done: int
    total: int
    rate: float
    eta: float | None
    what: str

    def line(self, portal: str) -> str:
        """One plain line for a log."""
        eta = f", {duration(self.eta)} left" if self.eta is not None else ""
        return f"{portal}: {self.what}, {self.done} of {self.total} documents, {self.rate:.1f}/s{eta}"


def duration(seconds: float | None) -> str:
    """``2 h 05 min``, ``40 s``."""
    if seconds is None:
        return "?"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


class ProgressReport:
    """Looks at the crawl every second on a terminal, every half minute otherwise."""

    def __init__(self, crawler: Crawler):
        if crawler.settings.get("GONGKAI_PROGRESS", "auto") == "off":
            raise NotConfigured
        self._crawler = crawler
        self._live = _console.is_terminal
        self._line_seconds = crawler.settings.getfloat("GONGKAI_PROGRESS_SECONDS", LOG_SECONDS)
        self._loop = create_looping_call(self.show)
        self._task: TaskID | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ProgressReport:
        """Scrapy's constructor."""
        extension = cls(crawler)
        crawler.signals.connect(extension.opened, signal=signals.spider_opened)
        crawler.signals.connect(extension.closed, signal=signals.spider_closed)
        return extension

    def opened(self, spider: Spider) -> None:
        """Begin to look."""
        global _users
        _users += 1
        self._loop.start(TERMINAL_SECONDS if self._live else self._line_seconds, now=False)

    def closed(self, spider: Spider) -> None:
        """Stop looking; the last crawl of the process takes the display away."""
        global _users, _bars
        if self._loop.running:
            self._loop.stop()
        if _bars is not None and self._task is not None:
            _bars.remove_task(self._task)
        _users -= 1
        if _users == 0 and _bars is not None:
            _bars.stop()
            _bars = None

    def show(self) -> None:
        """Show where the crawl is now."""
        session = getattr(self._crawler.spider, "session", None)
        if session is None:
            return
        now = self.snapshot(session)
        if not self._live:
            print(now.line(session.portal.id), file=sys.stderr, flush=True)
            return
        bars = _shared_bars()
        fields = {"portal": session.portal.name, "rate": f"{now.rate:.1f}/s", "what": now.what}
        if self._task is None:
            self._task = bars.add_task("", total=now.total or None, **fields)
        bars.update(self._task, completed=now.done, total=now.total or None, **fields)

    def snapshot(self, session: Any) -> Snapshot:
        """How far ``session`` is, from its counters and the archive's frontier."""
        tally = session.counts
        done = sum(tally[name] for name in ("fetched", "gone", "failed", "blocked", "refused"))
        since = session.fetching_since
        elapsed = clock.monotonic() - since if since is not None else 0.0
        rate = done / elapsed if elapsed > 0 else 0.0
        pending = counts(session.reader, session.portal.id)["pending"] + session.revisits_left
        eta = pending / rate if rate and pending else None
        what = "documents" if since is not None else f"listings, page {tally['listing_pages']}"
        if tally["attachments_asked"]:
            what = f"attachments, {tally['attachments_asked']} asked for"
        return Snapshot(done, done + pending, rate, eta, what)
