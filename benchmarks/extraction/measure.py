"""Every tool over every page: text and fields against the gold, time against a plain parse of the same page."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lxml import etree, html

from benchmarks.extraction.pages import Case
from benchmarks.extraction.scores import f1, mean, median_seconds, same
from benchmarks.extraction.tools import Found, Tool

_PARSES = 5  # runs of the plain parse; it is short


@dataclass(slots=True)
class Measured:
    """What one tool did on one set of pages.

    ``f1`` and ``seconds`` are by page (F1 where there is a gold text); ``costs`` are multiples of a plain parse.
    ``right`` and ``asked`` count fields, ``wrong`` names (page, field, found, gold); ``failed`` the pages on which the
    tool raised, which count as nothing found.
    """

    tool: str
    kind: str
    f1: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    costs: list[float] = field(default_factory=list)
    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str, str | None, str | None]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def slowest(self) -> float:
        """Seconds of the slowest page."""
        return max(self.seconds.values(), default=0.0)

    def summary(self) -> dict[str, object]:
        """The figures of this row: means of F1, medians of cost, and what is right of what was asked."""
        worst = min(self.f1, key=self.f1.__getitem__) if self.f1 else None
        return {
            "tool": self.tool,
            "set": self.kind,
            "pages": len(self.seconds),
            "f1": mean(list(self.f1.values())),
            "f1_lowest": self.f1[worst] if worst else None,
            "f1_lowest_page": worst,
            "cost": statistics.median(self.costs) if self.costs else None,
            "pages_per_second": len(self.seconds) / sum(self.seconds.values()) if self.seconds else None,
            "slowest_seconds": self.slowest,
            "fields": {name: [self.right[name], count] for name, count in self.asked.items()},
            "failed": self.failed,
        }


def plain_parse(case: Case) -> float:
    """Seconds of a plain lxml parse of the page's bytes."""
    try:
        return median_seconds(lambda: html.document_fromstring(case.source), _PARSES)
    except (etree.LxmlError, ValueError):
        return float("nan")


def run(
    tools: Sequence[Tool], cases: Sequence[Case], times: int, tell: Callable[[str], None]
) -> list[Measured]:
    """Measure all; ``times`` calls of each tool on each page, of which the median counts."""
    rows: dict[tuple[str, str], Measured] = {}
    parses = [plain_parse(case) for case in cases]
    # Tool by tool: each runs as it would in a process of its own, its code and its memories warm.
    for tool in tools:
        tell(tool.name)
        for case, parse in zip(cases, parses, strict=True):
            if (tool.needs_profile and case.profile is None) or (
                case.needs_profile and not tool.needs_profile
            ):
                continue
            row = rows.setdefault((tool.name, case.kind), Measured(tool.name, case.kind))
            _measure(row, tool, case, parse, times)
    return list(rows.values())


def _measure(row: Measured, tool: Tool, case: Case, parse: float, times: int) -> None:
    try:
        found = tool.run(case)
        seconds = median_seconds(lambda: tool.run(case), times)
    except Exception:  # peers raise what they like on odd pages: counted, not hidden
        row.failed.append(case.name)
        found, seconds = Found(), float("nan")
    if seconds == seconds:
        row.seconds[case.name] = seconds
        if parse == parse:
            row.costs.append(seconds / parse)
    if case.body is not None:
        row.f1[case.name] = f1(found.body, case.body)
    for name, gold in case.fields.items():
        if name not in found.fields:
            continue
        row.asked[name] += 1
        if same(found.fields[name], gold):
            row.right[name] += 1
        else:
            row.wrong.append((case.name, name, found.fields[name], gold))
