"""Gaps in series of index numbers: an observation where a series is dense, never a withdrawal (DESIGN §4)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from sqlite_utils import Database

DENSE = 0.8
"""At least this share of a series' numbers from its least to its greatest must be archived for a gap to mean anything."""
LEAST = 10
"""Numbers of a series; fewer are no series."""
LONGEST_SERIAL = 9
_SERIAL = re.compile(rf"(.*?[^0-9])([0-9]{{1,{LONGEST_SERIAL}}})$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers that differ only in their last run of digits; ``missing`` are runs (first, last) of absent serials."""

    portal: str
    prefix: str
    width: int
    first: int
    last: int
    known: int
    missing: tuple[tuple[int, int], ...]

    @property
    def density(self) -> float:
        """The archived share."""
        return self.known / (self.last - self.first + 1)

    def numbers(self) -> list[str]:
        """Each gap as it would be written: ``…/2026-00003`` or ``…/2026-00005 – …/2026-00007``."""
        written = [tuple(f"{self.prefix}{serial:0{self.width}d}" for serial in run) for run in self.missing]
        return [first if first == last else f"{first} – {last}" for first, last in written]

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "portal": self.portal, "prefix": self.prefix, "first": self.first, "last": self.last, "known": self.known,
            "density": round(self.density, 3), "missing": [list(run) for run in self.missing], "numbers": self.numbers(),
        }  # fmt: skip


def gaps(db: Database, portal: str | None = None) -> list[Series]:
    """The dense series of the archive (or of one portal) that have gaps, by portal and prefix."""
    query = (
        "SELECT portal, index_number FROM documents WHERE index_key IS NOT NULL AND revision_id IS NOT NULL"
        " AND (:portal IS NULL OR portal = :portal) ORDER BY portal"
    )
    found: list[Series] = []
    for name, rows in groupby(db.execute(query, {"portal": portal}), key=lambda row: row[0]):
        found += series_of(name, (row[1] for row in rows))
    return found


def series_of(portal: str, numbers: Iterable[str]) -> list[Series]:
    """The dense series with gaps among ``numbers``. A serial written without leading zeros has no fixed width."""
    known: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number in numbers:
        match = _SERIAL.fullmatch(number)
        if match:
            prefix, serial = match.groups()
            width = len(serial)
            known[prefix, width if serial.startswith("0") else 0].add(int(serial))
            if not serial.startswith("0"):
                known[prefix, width].add(int(serial))  # 00999 and 12345 are of one series
    padded = {prefix for prefix, width in known if width and _is_padded(known[prefix, width], width)}
    found = []
    for (prefix, width), serials in sorted(known.items()):
        if (width > 0) != (prefix in padded) or (width and not _is_padded(serials, width)):
            continue
        first, last = min(serials), max(serials)
        if len(serials) < LEAST or len(serials) == last - first + 1:
            continue
        series = Series(portal, prefix, width, first, last, len(serials), _runs(serials))
        if series.density >= DENSE:
            found.append(series)
    return found


def _is_padded(serials: set[int], width: int) -> bool:
    return min(serials) < int("1" + "0" * (width - 1))


def _runs(serials: set[int]) -> tuple[tuple[int, int], ...]:
    return tuple((before + 1, after - 1) for before, after in pairwise(sorted(serials)) if after > before + 1)
