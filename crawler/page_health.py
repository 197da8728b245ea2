"""Judges what a crawl's pages said against what the portal's pages said in its last crawls (DESIGN §7).

A page that cannot be read any more is not an error: it comes with status 200 and says less. So the fields of many
pages together are compared with the portal's own past, never with an idea of what a portal should have: a portal
without index numbers is in good health.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.page_counts import ANYTHING, FIELDS, Cell, PageCounts
from crawler.thresholds import DEFAULTS, Thresholds

HISTORY = 14
"""Crawls looked back at: two weeks of nights, so that a slow change of habits becomes the new habit."""

MIN_PAGES = DEFAULTS.least
"""Pages that a crawl must have read before its shares mean anything. With a habit of 3 in 4, that fewer than half as
many of ten have the field by chance happens once in 300 times; of three pages it would once in six."""

MIN_HISTORY = 20
"""Pages of the past that make a habit."""

ALL_EMPTY = 10
"""A crawl without history is degraded only where every one of at least so many pages was empty."""

CHANGED_TIMES = 4
"""So many times the share of the past must have changed: there are portals that count visitors in their texts."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a crawl's pages: ``short`` for every revision, ``advice`` what to look at."""

    short: str
    advice: str

    def sentence(self, portal: str) -> str:
        """The reason in words that a person can act on."""
        return (
            f"{self.short}: {self.advice}; what was read is held back: try `gongkai portals repair {portal}`, or"
            f" look at it and run `gongkai portals release {portal}`, or mend the portal file and run"
            f" `gongkai reextract --portal {portal}`"
        )


def in_short(complaints: Sequence[Complaint]) -> str:
    """Why something is held back, for every revision of it."""
    return "; ".join(complaint.short for complaint in complaints)


def judge_pages(
    counts: PageCounts,
    history: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    limits: Thresholds = DEFAULTS,
) -> list[Complaint]:
    """What is wrong with the pages of a crawl; empty when nothing is, or when it read too few to tell.

    ``history``: ``stats.pages`` of the portal's last good crawls, the newest first. ``names`` are the directories'.
    """
    past = _Past(history)
    found: list[Complaint] = []
    for name in FIELDS:
        found += _lost(name, counts, past, names, limits)
    return [*found, *_empty(counts, past), *_changed(counts, past, limits)]


class _Past:
    """The sums of the last crawls, by directory."""

    def __init__(self, history: Sequence[Mapping[str, Any]]):
        self.crawls = len(history)
        self._sums: dict[str, Counter[str]] = {}
        self.all: Counter[str] = Counter()
        for pages in history:
            for cell, counter in PageCounts.from_dict(pages).cells.items():
                self._sums.setdefault(cell.directory, Counter()).update(counter)
                self.all.update(counter)

    def rate(self, directory: str, name: str) -> float | None:
        """Which part of the directory's pages had the field; None where too few were read."""
        sums = self._sums.get(directory, Counter())
        return sums[name] / sums["read"] if sums["read"] >= MIN_HISTORY else None


def _lost(
    name: str, counts: PageCounts, past: _Past, names: Mapping[str, str], limits: Thresholds
) -> Iterator[Complaint]:
    """The field in one directory after the other; where none has enough pages, in all of them together.

    New addresses also by themselves: after a redesign of new pages alone, the old ones would hide them.
    """
    directories = sorted({cell.directory for cell in counts.cells})
    for wanted in (("new", "known"), ("new",)):
        for directory in directories:
            cells = [Cell(directory, group) for group in wanted]
            if complaint := _compare(name, cells, counts, past, names.get(directory, directory), limits):
                yield complaint
                return
        cells = [cell for cell in counts.cells if cell.group in wanted]
        if complaint := _compare(name, cells, counts, past, "the portal's pages", limits):
            yield complaint
            return


def _compare(
    name: str, cells: Sequence[Cell], counts: PageCounts, past: _Past, what: str, limits: Thresholds
) -> Complaint | None:
    """``expected`` is weighed by directory: a night with many pages of one that has no numbers is no loss."""
    read, said, expected = 0, 0, 0.0
    for cell in cells:
        rate, counter = past.rate(cell.directory, name), counts.cells.get(cell)
        if rate is None or counter is None:
            continue
        read += counter["read"]
        said += counter[name]
        expected += rate * counter["read"]
    if read < limits.least or expected < limits.habit * read or said >= limits.lost * expected:
        return None
    sample = next((url for cell in cells if (url := counts.samples.get((cell.directory, name)))), None)
    return Complaint(
        f"{FIELDS[name]} filled on {_percent(said, read)} of {read} pages, {_percent(expected, read)}"
        f" over the last {past.crawls} crawls",
        f"the layout of {what} has probably changed" + (f"; sample: {sample}" if sample else ""),
    )


def _empty(counts: PageCounts, past: _Past) -> Iterator[Complaint]:
    """A portal without a past: pages that are all empty were not read, whatever they are."""
    total = sum(counts.cells.values(), Counter())
    if past.all["read"] >= MIN_HISTORY or total["read"] < ALL_EMPTY or total[ANYTHING]:
        return
    sample = next((url for (_, name), url in counts.samples.items() if name == ANYTHING), None)
    yield Complaint(
        f"all {total['read']} pages are empty",
        "the profile does not find their text" + (f"; sample: {sample}" if sample else ""),
    )


def _changed(counts: PageCounts, past: _Past, limits: Thresholds) -> Iterator[Complaint]:
    known = sum((counter for cell, counter in counts.cells.items() if cell.group == "known"), Counter())
    visited = known["visited"]
    if visited < limits.least:
        return
    if known["renumbered"] > limits.renumbered * visited:
        yield Complaint(
            f"{known['renumbered']} of {visited} known documents have another 索引号",
            "the number is probably read from the wrong place",
        )
    if past.all["visited"] < MIN_HISTORY:
        return
    usual = past.all["changed"] / past.all["visited"]
    if known["changed"] > max(limits.changed, CHANGED_TIMES * usual) * visited:
        yield Complaint(
            f"{_percent(known['changed'], visited)} of {visited} known documents changed, {_percent(usual, 1)}"
            f" over the last {past.crawls} crawls",
            "something on every page has probably changed, not the documents",
        )


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f} %"
