"""Whether a column can be listed in one way: the family's own engine asks and reads, as a crawl would."""

from __future__ import annotations

from collections import Counter
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
from crawler.probing.asking import Asker, SameSite
from crawler.probing.guess import next_rule, query_page
from crawler.probing.page import Site
from crawler.probing.services import Way, sliced

STEPS = 4
"""Requests before the first entries: pages that only say what is asked with."""
SUFFIXES = ("zero", "one", "bare", "segment", "descending")
SHARE = 0.3
"""Of a list's entries; hosts with fewer are departments, whose documents a list only shows too."""
PAGE_PARAMS = ("page", "p", "pageIndex", "currentPage", "pageNo", "pageNum")


@dataclass(frozen=True, slots=True)
class Trial:
    """What a way gave: the entries of the first page, what is announced, and whether there is a second page.

    ``second``: what became of that; ``learned``: what the way's listing had to override for it.
    """

    way: Way
    entries: tuple[Entry, ...]
    total: int | None
    pages: int | None
    more: bool
    second: str = ""
    learned: Mapping[str, Any] = field(default_factory=dict)

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
    hosts = frozenset([*made.portal.own_hosts, *_siblings(page.entries, site)])
    own = tuple(
        entry for entry in page.entries if likeness(made.urls, hosts, entry.url) in ("document", "file")
    )
    if not own:
        return None
    way = sliced(way, page.announced_total, page.pages, len(page.entries))
    return Trial(way, own, page.announced_total, page.pages, page.next is not None)


def _siblings(entries: tuple[Entry, ...], site: Site) -> list[str]:
    """Other hosts of the portal's domain to which so many entries lead that they are the portal's too."""
    counted = Counter(host_of(entry.url) for entry in entries)
    same = SameSite(site.base_url)
    return [host for host, count in counted.items() if host in same and count >= SHARE * len(entries)]


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
    said = await _follows(asker, trial, trial.way, site) if trial.more else "no page 2 is offered"
    if said is None:
        return replace(trial, second="page 2 has further entries")
    announced = trial.pages is not None and trial.pages > 1
    if announced:
        for listing, rule in await _other_rules(asker, trial, site):
            way = replace(trial.way, listing={**trial.way.listing, **listing})
            if await _follows(asker, trial, way, site) is None:
                return replace(trial, way=way, more=True, learned=listing, second=f"page 2 comes {rule} only")
    return replace(trial, second=said) if announced else replace(trial, more=False, second=said)


async def _other_rules(asker: Asker, trial: Trial, site: Site) -> list[tuple[dict[str, Any], str]]:
    """Ways to page 2 that the family's rule is not: what the page's own pager shows, then the other common ones."""
    made = planned(trial.way, site)
    if made is None or trial.way.url is None or made.engine not in ("static_pages", "query_html"):
        return []
    seen = await asker.page(trial.way.url)
    rules: list[tuple[dict[str, Any], str]] = []
    shown = next_rule(seen)
    if shown is not None:
        rules.append((_merged(trial.way.listing, shown[0]), f"by the page's own pager ({shown[1]})"))
    if made.engine == "static_pages":
        others = [suffix for suffix in SUFFIXES if suffix != made.listing.paging.suffix]
        rules += [
            (_merged(trial.way.listing, {"paging": {"suffix": rule}}), f"under the rule '{rule}'")
            for rule in others
        ]
    else:
        names = [
            name
            for name in (query_page(seen), *PAGE_PARAMS)
            if name and name != made.listing.request.page_param
        ]
        rules += [
            (_merged(trial.way.listing, {"request": {"page_param": name}}), f"under ?{name}=2")
            for name in names
        ]
    return rules


def _merged(listing: Mapping[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return {key: {**listing.get(key, {}), **value} for key, value in more.items()}


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
