"""Whether a crawl may ask now: quiet hours, its budget of requests, and what it has asked so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from crawler import clock
from crawler.portals.quiet import quiet_until

SWEEPS = 0.5
"""The part of a budget that sweeps may use up: the rest is for what the night's listings brought, and for revisits."""


@dataclass
class Allowance:
    """Of one crawl's run. ``by_day``: requests of the whole crawl by Shanghai day; ``begun``: of this run.

    ``paused``: why the run ends though nothing is wrong, once it does.
    """

    quiet_hours: Sequence[str] = ()
    budget: int | None = None
    by_day: Counter[str] = field(default_factory=Counter)
    begun: int = 0
    paused: str | None = None

    def refusal(self) -> str | None:
        """Why no request may begin now; None: one may. Once it says no, it stays so: the run ends and can be gone on with.

        It does not wait: a waiting crawl would hold its portal's lock and a worker of the night for hours.
        """
        if self.paused is None:
            quiet = quiet_until(self.quiet_hours, clock.now())
            if quiet is not None:
                self.paused = f"quiet hours of the portal until {quiet:%H:%M}: run it again then, it goes on"
            elif self.budget is not None and self.begun >= self.budget:
                self.paused = f"the budget of {self.budget} requests is used up: the next run goes on"
        return self.paused

    def sweeps_over(self) -> str | None:
        """Why no sweep may go on in this run, though documents may still be asked for; None: it may."""
        if self.budget is None or self.begun < SWEEPS * self.budget:
            return None
        return f"half of the budget of {self.budget} requests is used up: the sweep goes on the next night"

    def asked(self) -> None:
        """Count a request that begins."""
        self.begun += 1
        self.by_day[clock.day().isoformat()] += 1
