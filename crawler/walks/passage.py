"""One reading of a listing from its first page to its end; a walk whose listing moved meanwhile makes a second one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crawler.engines.base import ListingPage
from crawler.walks.drift import Front

_KEPT = ("announced", "pages", "pages_read", "rows", "last_page", "second", "closing")


@dataclass
class Passage:
    """What one reading has met so far.

    ``front`` is the first page as it was read; ``announced`` and ``pages`` what the portal said last; ``rows``
    counts rows, an address that stands in two of them twice; ``last_page`` is the highest number of a page that had
    entries; ``closing``: it came to the end, and what is left is to look whether the listing moved.
    """

    front: Front | None = None
    announced: int | None = None
    pages: int | None = None
    pages_read: int = 0
    rows: int = 0
    last_page: int = 0
    second: bool = False
    closing: bool = False
    repeats: int = 0
    met: set[str] = field(default_factory=set)
    embedded: set[str] = field(default_factory=set)

    def memory(self, *, closing: bool = False) -> dict[str, Any]:
        """What an interrupted walk must know when it goes on; JSON-able."""
        kept = {name: getattr(self, name) for name in _KEPT}
        return {**kept, "closing": closing, "front": self.front.to_dict() if self.front else None}

    @classmethod
    def remembered(cls, memory: Mapping[str, Any]) -> Passage:
        """What ``memory`` gave; a fresh one from nothing."""
        front = memory.get("front")
        kept = {name: memory[name] for name in _KEPT if name in memory}
        return cls(front=Front.from_dict(front) if front else None, **kept)

    def read(self, number: int, page: ListingPage, keys: Sequence[str]) -> bool:
        """Note a page; says whether the portal announces something else than before."""
        changed = self._note_totals(page)
        self.pages_read += 1
        if number == 1 and self.front is None and (keys or not page.embedded):
            self.front = Front.of(keys, page.announced_total, page.pages)
        if page.embedded:
            self.embedded |= set(keys)
        elif page.entries:
            self.rows += len(keys)
            self.last_page = max(self.last_page, number)
        return changed

    def _note_totals(self, page: ListingPage) -> bool:
        changed = False
        if page.pages is not None and not page.embedded:
            # Families that number pages downwards announce pages alone (VSB, platforms.md §33).
            changed = self.pages not in (None, page.pages)
            self.pages = page.pages
        if page.announced_total is not None:
            changed = changed or self.announced not in (None, page.announced_total)
            self.announced = page.announced_total
        return changed

    def all_seen(self, keys: Sequence[str], *, on_this_walk: bool) -> bool:
        """Whether every entry of a page was on an earlier one; then its rows count nothing.

        ``on_this_walk``: the archive says that they were on an earlier page of this walk, which in a second reading
        says nothing. The group inside a column page is no earlier page (platforms.md §33): its entries come once
        more.
        """
        distinct = set(keys)
        repeated = self.embedded & distinct
        before = distinct <= self.met if self.second else on_this_walk
        seen = not repeated and before
        self.embedded -= repeated
        if (
            self.second
        ):  # of a first reading the archive knows, and a big listing's keys would fill the memory
            self.met |= distinct
        if seen:
            self.rows -= len(keys)
        return seen
