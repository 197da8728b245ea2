"""Whether a column can be listed in one way: the family's own engine asks and reads, as a crawl would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from archive.urls import host_of
from crawler import clock
from crawler.engines import ENGINES
from crawler.engines.base import Entry, ListingError, ListingPage, ListingRequest
from crawler.engines.links import likeness
from crawler.portals.model import Portal
from crawler.portals.plan import DirectoryPlan, plan
from crawler.probing.asking import Asker
from crawler.probing.page import Site
from crawler.probing.services import Way

STEPS = 4
"""Requests before the first entries: pages that only say what is asked with."""
SUFFIXES = ("zero", "one", "bare", "segment", "descending")


@dataclass(frozen=True, slots=True)
class Trial:
    """What a way gave: the entries of the first page, what is announced, and whether a second page came."""

    way: Way
    entries: tuple[Entry, ...]
    total: int | None
    pages: int | None
    more: bool
    second: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def dated(self) -> int:
        """How many entries have a date."""
        return sum(entry.published_on is not None for entry in self.entries)

    @property
    def size(self) -> int:
        """How many documents it promises."""
        return self.total if self.total is not None else len(self.entries) * max(1, self.pages or 1)


def planned(way: Way, site: Site) -> DirectoryPlan | None:
    """The plan of a portal with this directory alone; None where the way cannot be written down."""
    directory = {"key": "probed", "name": "probed", "url": way.url, "params": dict(way.params)}
    values = {
        "id": "probed",
        "schema": 1,
        "name": "probed",
        "family": way.family,
        "base_url": site.base_url,
        "hosts": list(site.hosts),
    }
    try:
        portal = Portal.model_validate(
            {**values, "directories": [{**directory, "listing": way.listing or None}]}
        )
        return plan(portal, portal.directories[0], clock.day())
    except ValidationError:
        return None


async def tried(asker: Asker, way: Way, site: Site) -> Trial | None:
    """The way's first page, read; None where it gives no document of the portal's own."""
    made = planned(way, site)
    if made is None:
        return None
    try:
        found = await _first(asker, made)
    except ListingError:
        return None
    if found is None:
        return None
    page, _ = found
    own = tuple(entry for entry in page.entries if _is_document(made, entry))
    if not own:
        return None
    return Trial(way, own, page.announced_total, page.pages, page.next is not None)


def _is_document(made: DirectoryPlan, entry: Entry) -> bool:
    return likeness(made.urls, made.portal.own_hosts, entry.url) in ("document", "file")


async def _first(asker: Asker, made: DirectoryPlan) -> tuple[ListingPage, ListingRequest] | None:
    """The first page that has entries, behind those that only say what is asked with."""
    engine = ENGINES[made.engine]
    request: ListingRequest | None = engine.first(made)
    embedded: tuple[ListingPage, ListingRequest] | None = None
    for _ in range(STEPS):
        if request is None or host_of(request.url) not in made.portal.own_hosts:
            break
        seen = await asker.listing(request)
        if not seen.ok:
            break
        page = engine.read(made, request, seen.text, seen.url)
        if page.entries and not page.embedded:
            return page, request
        if page.entries:
            embedded = embedded or (page, request)
        elif not page.embedded:
            break
        request = page.next
    return embedded


async def second_page(asker: Asker, trial: Trial, site: Site) -> Trial:
    """The trial with its second page looked at; where that does not come, with the paging rule under which it comes."""
    if not trial.more:
        return trial
    said = await _follows(asker, trial, trial.way, site)
    if said is None:
        return replace(trial, second="page 2 has further entries")
    made = planned(trial.way, site)
    announced = trial.pages is not None and trial.pages > 1
    if made is not None and made.engine == "static_pages" and announced:
        for suffix in SUFFIXES:
            way = replace(trial.way, listing=_with_suffix(trial.way.listing, suffix))
            if suffix != made.listing.paging.suffix and await _follows(asker, trial, way, site) is None:
                return replace(trial, way=way, second=f"page 2 comes under the rule '{suffix}' only")
    return replace(trial, second=said) if announced else replace(trial, more=False, second=said)


def _with_suffix(listing: Mapping[str, Any], suffix: str) -> dict[str, Any]:
    return {**listing, "paging": {**listing.get("paging", {}), "suffix": suffix}}


async def _follows(asker: Asker, trial: Trial, way: Way, site: Site) -> str | None:
    """None where the next page has entries that the first has not; else what came."""
    made = planned(way, site)
    if made is None:
        return "page 2 cannot be asked for"
    try:
        found = await _first(asker, made)
        if found is None or found[0].next is None:
            return "there is no page 2"
        request = found[0].next
        seen = await asker.listing(request)
        if not seen.ok:
            return f"page 2: {seen.problem or seen.challenge}"
        page = ENGINES[made.engine].read(made, request, seen.text, seen.url)
    except ListingError as error:
        return f"page 2: {error}"
    known = {entry.url for entry in trial.entries}
    return (
        None
        if any(entry.url not in known for entry in page.entries)
        else "page 2 has nothing that page 1 has not"
    )
