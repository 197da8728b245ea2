"""Before and after, field by field, and why a proposal is refused."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from archive.record import Record
from crawler.portals.model import Portal
from crawler.portals.plan import detail_for
from crawler.repair.listing_score import Reading
from crawler.repair.proposal import ListingCase
from crawler.repair.sample import FIELDS, Sample, agrees, says

MOST_WRONG = 0.1
"""A field that on more than this share of the pages says something else than before is read from a wrong place."""

_STRAY = 0.2
"""Fill rates of other documents than before may be so much apart without meaning anything."""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """On how many pages a field is filled: of the old and the new layout, as the file reads them now and as it would.

    ``expected``: on how many of the new pages it stood before the redesign, as the archive knows; ``same``: on how many
    the proposal reads what it said then.
    """

    name: str
    old_pages: int
    old_now: int
    old_then: int
    new_pages: int
    new_now: int
    new_then: int
    known_pages: int
    expected: int
    same: int
    known_then: int

    def losses(self) -> Iterator[str]:
        """In words, every way in which the field's fill rate would fall."""
        if self.old_then < self.old_now:
            yield f"filled on {self.old_then} of {self.old_pages} pages of the old layout, {self.old_now} before"
        if self.new_then < self.new_now:
            yield f"filled on {self.new_then} of {self.new_pages} new pages, {self.new_now} before"
        elif self.known_pages and self.known_then < self.expected:
            yield f"found on {self.known_then} of {self.known_pages} new pages, {self.expected} before the redesign"
        elif self.known_pages and self.expected - self.same > MOST_WRONG * self.expected:
            yield f"would say something else on {self.expected - self.same} of {self.expected} pages"
        elif not self.known_pages and self.new_pages and self._rate_falls():
            yield f"filled on {self.new_then} of {self.new_pages} new pages, {self.old_now} of {self.old_pages} before"

    def _rate_falls(self) -> bool:
        before = self.old_now / self.old_pages if self.old_pages else 0.0
        return self.new_then / self.new_pages < before - _STRAY


def field_rows(
    portal: Portal, changed: Portal, old: Sequence[Sample], new: Sequence[Sample]
) -> list[FieldRow]:
    """The table, for the fields that any of the pages has; each page is read with the era of its day."""
    old_now, old_then = _read(portal, old), _read(changed, old)
    new_now, new_then = _read(portal, new), _read(changed, new)
    known = [(record, sample.known) for record, sample in zip(new_then, new, strict=True) if sample.known]
    rows = []
    for name in FIELDS:
        expected = [(record, before) for record, before in known if says(before, name)]
        row = FieldRow(
            name=name,
            old_pages=len(old), old_now=_count(old_now, name), old_then=_count(old_then, name),
            new_pages=len(new), new_now=_count(new_now, name), new_then=_count(new_then, name),
            known_pages=len(known),
            expected=len(expected),
            same=sum(says(record, name) and agrees(record, before, name) for record, before in expected),
            known_then=sum(says(record, name) for record, _ in expected),
        )  # fmt: skip
        if row.old_now or row.new_now or row.new_then:
            rows.append(row)
    return rows


def refusals(
    rows: Sequence[FieldRow], cases: Sequence[ListingCase], labels: dict[str, str], given_up: Collection[str]
) -> list[str]:
    """Why the proposal is no repair, one phrase each; fields that somebody gave up are not asked for."""
    found = []
    for row in rows:
        if row.name not in given_up:
            found += [f"{labels.get(row.name, row.name)} {loss}" for loss in row.losses()]
    for case in cases:
        if not case.mended:
            found.append(f"the listing of {case.name} {_shortfall(case)}")
    return found


def _shortfall(case: ListingCase) -> str:
    """What a listing would still lack."""

    def counts(one: Reading) -> str:
        return f"{one.known} known entries ({one.titled} titles, {one.dated} dates, {one.fielded} further fields)"

    way = ", no next page" if case.good.leads_on and not case.after.leads_on else ""
    total = ", no total" if case.good.announced is not None and case.after.announced is None else ""
    return f"gives {counts(case.after)}{way}{total}, and gave {counts(case.good)}"


def _read(portal: Portal, samples: Sequence[Sample]) -> list[Record]:
    return [sample.read(detail_for(portal, sample.day, sample.directory)) for sample in samples]


def _count(records: Sequence[Record], name: str) -> int:
    return sum(says(record, name) for record in records)
