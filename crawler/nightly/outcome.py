"""What became of one portal in a night."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from crawler.extensions.progress import duration

Status = Literal[
    "ok", "degraded", "failed", "crashed", "timed-out", "interrupted", "locked", "postponed", "unusable"
]
TROUBLE: frozenset[Status] = frozenset({"degraded", "failed", "crashed", "timed-out", "unusable"})


@dataclass
class PortalNight:
    """``reasons``: in words a person can act on; ``seconds``: how long it took; ``disk``: the disk took no more.

    ``revisit_budget``: known documents that a night may visit; None: the portal file cannot be read.
    ``postponed``: it did not get its turn, or its quiet hours, its budget or the night's window ended it.
    """

    portal: str
    name: str
    status: Status
    reasons: list[str] = field(default_factory=list)
    crawl: str | None = None
    completeness: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    disk: bool = False
    revisit_budget: int | None = None

    @property
    def trouble(self) -> bool:
        """Whether the night ends with exit code 1 for it."""
        return self.status in TROUBLE

    def to_dict(self) -> dict[str, Any]:
        """JSON-able, for ``--json`` and the run report."""
        return {
            "portal": self.portal,
            "name": self.name,
            "status": self.status,
            "completeness": self.completeness,
            "crawl": self.crawl,
            "reasons": self.reasons,
            "counts": self.counts,
            "seconds": round(self.seconds, 1),
            "revisit_budget": self.revisit_budget,
        }


def outcome_of(
    portal: str, name: str, *, code: int, out: str, last_line: str, ended: str | None, seconds: float
) -> PortalNight:
    """The outcome of a finished child: ``code`` and ``out`` are its exit code and stdout, ``last_line`` its last words on
    stderr, ``ended`` why it was told to end: ``limit``, ``stalled``, ``window``, ``signal``, ``disk`` or None.
    """
    report = _report(out)
    night = PortalNight(portal, name, "crashed", seconds=seconds)
    if report is None:
        night.reasons = [_crash(code, last_line)]
    else:
        night.crawl, night.counts, night.disk = report["crawl"], report["counts"], report["disk"]
        night.completeness = report["completeness"]
        night.reasons = list(report["reasons"])
        if report["sentence"] and report["error"]:
            night.reasons = [report["sentence"]]
        night.status = _status(report)
    if ended in ("limit", "stalled"):
        night.status = "timed-out"
        said = f"it was ended at its time limit, after {duration(seconds)}"
        if ended == "stalled":
            said = "the process gave no sign of life and was ended"
        night.reasons.insert(0, f"{said}: what was fetched is kept, the rest comes another night")
    elif ended is not None and (report is None or night.status == "interrupted"):
        night.status = "postponed" if ended == "window" else "interrupted"
        if ended == "window":
            night.reasons.insert(0, "the night's window ended: the rest comes another night")
    return night


def _status(report: Mapping[str, Any]) -> Status:
    if report["unusable"]:
        return "unusable"
    if report["locked"]:
        return "locked"
    verdict: Status = report["verdict"]
    return "postponed" if verdict == "ok" and report["completeness"] == "incomplete" else verdict


def _report(out: str) -> dict[str, Any] | None:
    lines = out.strip().splitlines()
    try:
        found = json.loads(lines[-1]) if lines else None
    except ValueError:
        return None
    return found if isinstance(found, dict) and "verdict" in found else None


def _crash(code: int, last_line: str) -> str:
    how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
    return f"its process ended {how}" + (f": {last_line[:300]}" if last_line else "")
