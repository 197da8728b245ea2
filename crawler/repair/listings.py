"""A new listing layout read again: each guess is kept only where it gives back more of the entries that are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from crawler.platforms.model import Listing
from crawler.portals.merge import layered, merged, written
from crawler.portals.plan import DirectoryPlan
from crawler.repair.json_keys import json_guesses
from crawler.repair.listing_pages import Answers, Shown, shown
from crawler.repair.listing_score import KnownListing, Reading, reading
from crawler.repair.pagers import paging_guesses
from crawler.repair.rows import Row, find_rows, link_selectors, row_selectors, value_selectors

GUESSES = 10
"""Selectors of one kind that are tried."""

Values = Mapping[str, Any]


def propose_listing(listing: KnownListing, answers: Answers) -> dict[str, Any]:
    """Keys of ``[listing]`` that make the directory's plan read the crawl's ``answers``; empty where none helps."""
    search = _Search(listing, answers)
    total = listing.total if listing.announces else None
    search.climb({"json": values} for values in json_guesses(listing, search.pages, total))
    rows = find_rows(listing, search.pages) if not search.values else []
    if not rows:
        return search.values
    search.climb(_rows(rows, listing.plan.listing))
    for name in ("title", "published_on"):
        search.climb(_single(rows, name, getattr(listing.plan.listing, name)))
    for name in sorted({name for row in rows for name in row.known.fields}):
        search.climb(_field(rows, name, listing.plan.listing))
    for _ in range(2):  # a total and a next link are two keys
        page = search.pages[0]
        search.climb(_paging(paging_guesses(page, total, search.now.entries), listing.plan.listing))
    return search.values


class _Search:
    """The best values so far, what they read, and what that is worth."""

    def __init__(self, listing: KnownListing, answers: Answers):
        self._listing = listing
        self._answers = answers
        self.values: dict[str, Any] = {}
        self.pages, self.now = self._read(self.values)
        self._points = self.now.points(listing)

    def climb(self, guesses: Iterable[Values]) -> None:
        """Keep the guess that gives the most, if it gives more than there was."""
        before = self.values
        for guess in guesses:
            values = merged(before, guess)
            pages, now = self._read(values)
            if (points := now.points(self._listing)) > self._points + 1e-6:
                self.values, self.pages, self.now, self._points = values, pages, now, points

    def _read(self, values: Values) -> tuple[list[Shown], Reading]:
        pages = shown(with_listing(self._listing.plan, values), self._answers)
        return pages, reading(self._listing, pages)


def with_listing(plan: DirectoryPlan, values: Values) -> DirectoryPlan:
    """The plan with some keys of ``[listing]`` written otherwise."""
    return replace(plan, listing=layered(plan.listing, Listing.model_validate(values))) if values else plan


def _rows(rows: Sequence[Row], old: Listing) -> Iterator[Values]:
    """Row and link selectors together: one without the other reads nothing."""
    place = rows[0].place
    where: Values = {} if place in old.rows_from else {"rows_from": [place, *old.rows_from]}
    found = [None, *link_selectors(rows)[:3]]
    yield from ({"link": _first(link, old.link)} for link in found if link is not None)
    for selector in row_selectors(rows)[:GUESSES]:
        for link in found:
            values: dict[str, Any] = {"rows": _first(selector, old.rows), **where}
            yield values if link is None else {**values, "link": _first(link, old.link)}


def _single(rows: Sequence[Row], name: str, old: Sequence[str]) -> Iterator[Values]:
    for selector in value_selectors(rows, name)[:GUESSES]:
        yield {name: _first(selector, old)}


def _field(rows: Sequence[Row], name: str, old: Listing) -> Iterator[Values]:
    for selector in value_selectors(rows, name)[:GUESSES]:
        yield {"fields": {name: _first(selector, old.fields.get(name, ()))}}


def _paging(guesses: Iterable[dict[str, Any]], old: Listing) -> Iterator[Values]:
    rules = [written(rule) for rule in old.paging.total]
    for guess in guesses:
        yield {"paging": {**guess, "total": [*guess["total"], *rules]} if "total" in guess else guess}


def _first(selector: str, old: Sequence[str]) -> list[str]:
    """The new one before the old ones, which still read what the portal never made anew."""
    return list(dict.fromkeys([selector, *old]))
