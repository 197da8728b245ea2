"""A whole probe: the pages to begin with, the survey, and one document extracted as a sample."""

from __future__ import annotations

from dataclasses import dataclass

from archive.record import Record
from archive.urls import host_of
from crawler import clock
from crawler.engines import links, markup
from crawler.engines.base import Entry
from crawler.engines.links import is_file
from crawler.portals.plan import DirectoryPlan, detail_for
from crawler.probing.asking import Asker, OutOfRequests, SameSite
from crawler.probing.columns import Column
from crawler.probing.page import Seen, origin
from crawler.probing.survey import Findings, Survey
from crawler.probing.trial import planned
from pipelines.bundle import Bundle, ListingFacts, Part
from pipelines.extract import extract
from pipelines.page import Unreadable

HOPS = 2
KEPT = 2
"""Requests that are kept back from the survey for the sample."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One document, read as a crawl would read it."""

    url: str
    record: Record


@dataclass(frozen=True, slots=True)
class Probed:
    """``first`` is the page at the address; ``findings`` None: it could not be read."""

    first: Seen
    findings: Findings | None
    sample: Sample | None
    requests: int


async def probed(url: str, asker: Asker) -> Probed:
    """Probe ``url``."""
    first = await _landed(asker, url)
    if not first.ok:
        return Probed(first, None, None, asker.made)
    home = await _landed(asker, origin(first.url))
    asker.keep(KEPT)
    found = await Survey(asker, first, home).run()
    asker.keep(0)
    return Probed(first, found, await _sample(asker, found), asker.made)


async def _landed(asker: Asker, url: str) -> Seen:
    """The page at ``url``, or the one that its script sends a browser on to."""
    seen = await asker.page(url)
    for _ in range(HOPS):
        target = markup.redirect_target(seen.root, seen.text) if seen.ok else None
        onward = links.resolve(target, seen.url) if target else None
        if onward is None or host_of(onward) not in SameSite(url):
            break
        seen = await asker.page(onward)
    return seen


async def _sample(asker: Asker, found: Findings) -> Sample | None:
    """The first entry that can be fetched and read, of the first columns."""
    for column in [column for column in found.columns if column.trial is not None][:KEPT]:
        made = planned(column.way, found.site)
        entry = _page_entry(column, made) if made is not None else None
        if entry is None or made is None:
            continue
        try:
            seen = await asker.page(entry.url)
        except OutOfRequests:
            return None
        if not seen.ok:
            continue
        detail = detail_for(made.portal, clock.day(), "probed")
        part = Part(seen.url, seen.body, seen.content_type)
        try:
            return Sample(seen.url, extract(Bundle(page=part, detail=detail, listing=_listed(entry))))
        except Unreadable:
            continue
    return None


def _page_entry(column: Column, made: DirectoryPlan) -> Entry | None:
    assert column.trial is not None  # as the caller chose
    return next((entry for entry in column.trial.entries if not is_file(made.urls, entry.url)), None)


def _listed(entry: Entry) -> ListingFacts:
    return ListingFacts(entry.title, entry.published_on, entry.fields)
