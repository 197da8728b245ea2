"""Runs a night: so many portals at once, each its own process, until all are done, the window ends or the disk is full."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from archive.layout import DataDirectory
from crawler import clock
from crawler.nightly.child_process import ChildProcess
from crawler.nightly.outcome import PortalNight, Status
from crawler.nightly.progress import NightProgress
from crawler.portals.model import Portal
from crawler.portals.quiet import quiet_until

LEAST_FREE = 64 * 1024 * 1024
"""Bytes: with less on the disk no further crawl begins."""
LOOK_SECONDS = 1.0


@dataclass
class Night:
    """``until``: no crawl goes on beyond it; ``limit``: seconds a portal; ``words``: further options of the children."""

    data: DataDirectory
    workers: int
    limit: float
    progress: NightProgress
    until: datetime | None = None
    words: list[str] = field(default_factory=list)
    stopping: str | None = None  # window, signal, disk
    _running: list[ChildProcess] = field(default_factory=list)
    _outcomes: dict[str, PortalNight] = field(default_factory=dict)

    async def run(self, portals: Sequence[Portal]) -> list[PortalNight]:
        """Crawl ``portals``, the first ones first; an outcome for each, in their order."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop, "signal")
        waiting, tasks = list(portals), set[asyncio.Task[None]]()
        while (waiting and self.stopping is None) or tasks:
            self._look_at_the_clock_and_the_disk()
            while self.stopping is None and len(tasks) < self.workers:
                ready = next((portal for portal in waiting if self._quiet(portal) is None), None)
                if ready is None:
                    break
                waiting.remove(ready)
                tasks.add(asyncio.ensure_future(self._crawl(ready)))
            if not tasks and not self._worth_waiting(waiting):
                break
            if tasks:
                _, tasks = await asyncio.wait(
                    tasks, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
            else:
                await asyncio.sleep(LOOK_SECONDS)
        for portal in waiting:
            self._outcomes[portal.id] = self._left_out(portal)
        for portal in portals:
            self._outcomes[portal.id].revisit_budget = portal.schedule.revisit_budget
        return [self._outcomes[portal.id] for portal in portals]

    def stop(self, why: str) -> None:
        """End every crawl cleanly and begin none."""
        if self.stopping is None:
            self.stopping = why
            for child in self._running:
                child.end(why)

    async def _crawl(self, portal: Portal) -> None:
        child = ChildProcess(
            portal,
            self.data,
            [*self.words, f"--line-seconds={self.progress.line_seconds}"],
            self.progress.say,
        )
        self._running.append(child)
        self.progress.began(portal)
        try:
            outcome = await child.run(self.limit)
        except OSError as error:
            outcome = PortalNight(
                portal.id, portal.name, "crashed", [f"its process could not start: {error}"]
            )
        finally:
            self._running.remove(child)
        self._outcomes[portal.id] = outcome
        self.progress.ended(outcome)
        if outcome.disk:
            self.stop("disk")

    def _look_at_the_clock_and_the_disk(self) -> None:
        if self.until is not None and clock.now() >= self.until:
            self.stop("window")
        if self.data.root.is_dir() and shutil.disk_usage(self.data.root).free < LEAST_FREE:
            self.stop("disk")

    def _quiet(self, portal: Portal) -> datetime | None:
        return quiet_until(portal.schedule.quiet_hours, clock.now())

    def _worth_waiting(self, waiting: Sequence[Portal]) -> bool:
        """Whether a portal's quiet hours are over before the window ends; without one nobody waits for the morning."""
        if self.stopping is not None or self.until is None:
            return False
        ends = [over for portal in waiting if (over := self._quiet(portal)) is not None]
        return any(over < self.until for over in ends)

    def _left_out(self, portal: Portal) -> PortalNight:
        quiet = self._quiet(portal)
        reasons = {
            "window": "the night's window ended before its turn: the next night begins with it",
            "signal": "the night was interrupted before its turn",
            "disk": "the disk is full: make room, then run the night again",
        }
        reason = reasons.get(self.stopping or "")
        if reason is None:
            reason = f"quiet hours until {quiet:%H:%M}" if quiet else "not its turn"
        status: dict[str | None, Status] = {"signal": "interrupted", "disk": "failed"}
        return PortalNight(portal.id, portal.name, status.get(self.stopping, "postponed"), [reason])
