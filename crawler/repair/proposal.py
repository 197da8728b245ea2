"""One proposal for a portal: what its new era would say, for pages and listings, from what the archive has."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crawler.portals.model import Portal
from crawler.portals.plan import detail_for
from crawler.repair.details import propose
from crawler.repair.guessing import Habits, guess
from crawler.repair.listing_pages import Answers, shown
from crawler.repair.listing_score import KnownListing, Reading, reading
from crawler.repair.listings import propose_listing, with_listing
from crawler.repair.material import Material
from crawler.repair.rows import find_rows
from crawler.repair.sample import Sample
from pipelines.detail import Detail

HEALTHY = 0.8
"""A listing is read well when it gives this share of the entries, titles and dates that good crawls read."""

ENOUGH_KNOWN = 3
"""Pages of a layout that must be known from before to learn from them alone: a value may stand on one by chance."""


@dataclass(frozen=True, slots=True)
class ListingCase:
    """A directory's listing: as good crawls read it, as the bad one did, and as it would be read. ``standing``: known
    entries to which its first page links, wherever; ``total``: how many there are."""

    key: str
    name: str
    good: Reading
    before: Reading
    after: Reading
    standing: int
    total: int
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def broken(self) -> bool:
        """Whether the bad crawl read it badly."""
        return not well(self.before, self.good, self.standing, self.total)

    @property
    def mended(self) -> bool:
        """Whether the proposal reads it as the good crawls did."""
        return well(self.after, self.good, self.standing, self.total)


def well(now: Reading, good: Reading, standing: int, total: int) -> bool:
    """Whether a reading gives the known entries that stand on the page, with what a good one said of each, and the way on.

    A new layout may show fewer entries a page, or all of them; and known ones beside its list (最新公开).
    """

    def share(name: str) -> bool:
        before = getattr(good, name) / max(1, good.known)
        return bool(getattr(now, name) >= HEALTHY * before * now.known - 1e-9)

    shares = all(share(name) for name in ("titled", "dated", "fielded"))
    whole = now.known >= max(1.0, HEALTHY * min(standing or good.known, good.known))
    own = now.entries <= 2 * now.known + 5
    complete = now.known >= total
    goes_on = now.leads_on or not good.leads_on
    told = now.announced is not None or good.announced is None
    return whole and own and shares and (complete or (goes_on and told))


def propose_details(portal: Portal, material: Material) -> dict[str, Any]:
    """Keys of ``[detail]`` for the era; by directory where the portal's file reads directories differently."""
    groups: dict[str, list[Sample]] = {}
    for sample in material.new:
        groups.setdefault(sample.bundle.detail.model_dump_json(), []).append(sample)
    found: dict[str, Any] = {}
    details = {
        directory.key: detail_for(portal, material.since, directory.key).model_dump_json()
        for directory in portal.directories
    }
    habits = Habits.of([sample.read() for sample in material.old])
    proposed = {}
    for layout, samples in groups.items():
        if sum(sample.known is not None for sample in samples) < ENOUGH_KNOWN:
            samples = [guess(sample, habits) for sample in samples]
        proposed[layout] = changed(samples[0].bundle.detail, propose(samples, samples[0].bundle.detail))
    first = next(iter(proposed.values()), {})
    if (
        first
        and all(values == first for values in proposed.values())
        and set(details.values()) <= set(groups)
    ):
        return {"detail": first}
    for key, layout in details.items():
        if values := proposed.get(layout):
            found[key] = {"detail": values}
    return {"directories": found} if found else {}


def changed(old: Detail, new: Detail) -> dict[str, Any]:
    """The keys in which two profiles differ; of labels and fields, which merge, the new ones alone."""
    values: dict[str, Any] = {}
    for name in Detail.model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            merges = isinstance(after, dict)
            values[name] = (
                {key: after[key] for key in after if after[key] != before.get(key)} if merges else after
            )
    return values


def propose_listings(material: Material, given_up: Collection[str] = ()) -> list[ListingCase]:
    """Each directory's listing, with keys of ``[listing]`` where the bad crawl read it worse than good ones did.

    Fields that are ``given_up`` are not looked for.
    """
    cases: list[ListingCase] = []
    if not material.answers:
        return cases
    answers = material.answers[0]
    for known in material.listings:
        listing = known.without(given_up)
        pages = shown(listing.plan, answers)
        if not pages:
            continue
        before, good = reading(listing, pages), _good(listing, material.earlier)
        listing = replace(listing, announces=good.announced is not None or good.pages is not None)
        standing = len(find_rows(listing, pages))
        values: Mapping[str, Any] = {}
        if not well(before, good, standing, listing.total):
            values = _mended(listing, answers, good, standing, cases) or propose_listing(listing, answers)
        after = reading(listing, shown(with_listing(listing.plan, values), answers))
        directory = listing.plan.directory
        cases.append(
            ListingCase(directory.key, directory.name, good, before, after, standing, listing.total, values)
        )
    return cases


def _mended(
    listing: KnownListing, answers: Answers, good: Reading, standing: int, cases: Sequence[ListingCase]
) -> Mapping[str, Any] | None:
    """What mended another directory, where it mends this one too: most portals have one template."""
    for case in cases:
        pages = shown(with_listing(listing.plan, case.values), answers) if case.values else []
        if pages and well(reading(listing, pages), good, standing, listing.total):
            return case.values
    return None


def _good(listing: KnownListing, earlier: Sequence[Answers]) -> Reading:
    """What the newest good crawl that asked for the directory read; without one, what its entries promise."""
    for answers in earlier:
        found = reading(listing, shown(listing.plan, answers))
        if found.known:
            return found
    dated = any(entry.published_on for entry in listing.by_key.values())
    return Reading(1, 1, 1, int(dated), 0, None, None, False)


def listing_values(cases: Sequence[ListingCase], keys: Sequence[str]) -> dict[str, Any]:
    """The listings' part of an era: for all directories where all that were seen want the same, else by directory."""
    mended = [case for case in cases if case.values]
    if not mended:
        return {}
    first = mended[0].values
    if len(mended) == len(cases) and all(case.values == first for case in mended) and len(keys) > 1:
        return {"listing": dict(first)}
    return {"directories": {case.key: {"listing": dict(case.values)} for case in mended}}
