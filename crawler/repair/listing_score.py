"""How well a profile reads listing pages whose entries are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from archive.history.quarantine.pairs import Listed
from archive.urls import url_key
from crawler.engines.base import Entry
from crawler.portals.plan import DirectoryPlan
from crawler.repair.listing_pages import Shown
from pipelines.metadata.title import key, same


@dataclass(frozen=True)
class KnownListing:
    """What the archive knows of a directory: its entries by address and by title, and how many there are.

    ``announces``: its listing itself says how long it is.
    """

    plan: DirectoryPlan
    by_key: Mapping[str, Listed]
    by_title: Mapping[str, Listed]
    total: int
    announces: bool = True

    @classmethod
    def of(cls, plan: DirectoryPlan, entries: Sequence[Listed], total: int) -> KnownListing:
        """From what was listed; a title that two entries have names neither."""
        titles = [key(entry.title or "") for entry in entries]
        counts = Counter(titles)
        once = {
            title: entry
            for title, entry in zip(titles, entries, strict=True)
            if len(title) > 3 and counts[title] == 1
        }
        return cls(plan, {entry.url_key: entry for entry in entries}, once, total)

    def without(self, names: Collection[str]) -> KnownListing:
        """The same, as if no entry had the fields ``names``."""
        if not names:
            return self

        def less(entry: Listed) -> Listed:
            fields = {name: value for name, value in entry.fields.items() if name not in names}
            return entry._replace(fields=fields)

        by_key = {key: less(entry) for key, entry in self.by_key.items()}
        by_title = {title: less(entry) for title, entry in self.by_title.items()}
        return replace(self, by_key=by_key, by_title=by_title)

    def at(self, url: str) -> Listed | None:
        """The entry with this address."""
        urls = self.plan.urls
        try:
            return self.by_key.get(url_key(url, drop_query=urls.drop_query, keep_fragment=urls.keep_fragment))
        except ValueError:
            return None

    def like(self, entry: Entry) -> Listed | None:
        """The known entry that ``entry`` is, by its address or else its title."""
        return self.at(entry.url) or self.by_title.get(key(entry.title or ""))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a profile gives back of a listing: ``known`` entries of ``entries``, with how many the right facts."""

    known: int
    entries: int
    titled: int
    dated: int
    fielded: int
    announced: int | None
    pages: int | None
    leads_on: bool

    def points(self, listing: KnownListing) -> float:
        """What that is worth; strangers without a title and a date are navigation."""
        strangers = self.entries - self.known
        points = self.known - 0.3 * strangers + 0.5 * (self.titled + self.dated) + 0.25 * self.fielded
        if self.entries:
            points += 2.0 * (listing.announces and self._plausible(listing.total))
            points += 2.0 * (self.leads_on or self.known >= listing.total)
        return points

    def _plausible(self, total: int) -> bool:
        if self.announced is not None:
            return 0.9 * total <= self.announced <= 1.1 * total + 20
        wanted = -(-total // max(1, self.entries))
        return self.pages is not None and wanted <= self.pages <= wanted + 1


def reading(listing: KnownListing, found: Sequence[Shown]) -> Reading:
    """What the pages say of the entries that are known; counts are of the first page that has any."""
    page = next((one.page for one in found if one.page is not None and one.page.entries), None)
    announced = next(
        (one.page.announced_total for one in found if one.page and one.page.announced_total), None
    )
    if page is None:
        return Reading(0, 0, 0, 0, 0, announced, None, False)
    pairs = [(entry, known) for entry in page.entries if (known := listing.like(entry)) is not None]
    return Reading(
        known=len({known.url_key for _, known in pairs}),
        entries=len(page.entries),
        titled=sum(same(entry.title or "", known.title or "") for entry, known in pairs if known.title),
        dated=sum(entry.published_on == known.published_on for entry, known in pairs if known.published_on),
        fielded=sum(_fields(pairs)),
        announced=announced,
        pages=page.pages,
        leads_on=page.next is not None,
    )


def _fields(pairs: Iterable[tuple[Entry, Listed]]) -> Iterable[int]:
    for entry, known in pairs:
        yield sum(entry.fields.get(name) == value for name, value in known.fields.items())
