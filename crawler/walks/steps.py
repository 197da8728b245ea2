"""What a walk is given and what it gives back: answers, progress, outcome, and the crawl's part in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from archive.captures.model import Capture
from crawler.engines.base import ListingPage, ListingRequest

Verdict = Literal["complete", "incomplete", "blocked", "failed", "empty-as-expected"]
Mode = Literal["head", "sweep", "backfill"]

MEMORY = "walk"
"""The key in a cursor beside the request's own, under which a walk keeps what it must know when it goes on."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer to one listing request: ``text`` decoded, ``problem`` one sentence if there is no page to read."""

    capture: Capture | None
    status: int = 0
    text: str = ""
    url: str = ""
    problem: str | None = None
    blocked: str | None = None

    @property
    def missing(self) -> bool:
        """Whether the portal says that there is no such page."""
        return self.status in (404, 410)


@dataclass(frozen=True, slots=True)
class Progress:
    """What a recorded page changed: how many of its entries were new, and how many this walk had seen before."""

    entries: int
    new: int
    on_this_walk: int
    seen_in_all: int
    known_in_archive: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a walk ended. ``trap`` names the rule that ended an endless or repeating listing; ``stopped``: it was told
    to stop and goes on another time; ``settled``: nothing moved unnoticed while it was read.
    """

    verdict: Verdict
    reason: str | None = None
    drifted: bool = False
    trap: str | None = None
    stopped: bool = False
    settled: bool = True


class Steps(Protocol):
    """What a walk needs of the crawl around it."""

    async def fetch(self, request: ListingRequest) -> Fetched:
        """Ask for a listing page."""

    def key(self, url: str) -> str:
        """What an address is known by: two rows with one key are one entry."""

    async def refuse(self, fetched: Fetched, page: ListingPage) -> str | None:
        """Why the listing's first page is not to be believed and nothing of it archived; None: it is.

        Asked once a walk, of the first page that has entries.
        """

    async def record(
        self,
        fetched: Fetched,
        page: ListingPage,
        *,
        first: bool,
        following: ListingRequest | None,
        memory: Mapping[str, Any],
    ) -> Progress:
        """Archive a page's entries and where the walk goes on, in one transaction.

        ``first``: it is the listing's first page; ``following`` the request that an interrupted walk goes on with,
        ``memory`` what it must know then.
        """

    def stop_after(self) -> str | None:
        """A reason to stop now (a limit, a signal), or None."""


def cursor_of(following: ListingRequest | None, memory: Mapping[str, Any]) -> dict[str, Any] | None:
    """What ``directories.cursor`` keeps of an unfinished walk."""
    return {**following.to_dict(), MEMORY: dict(memory)} if following is not None else None


def walk_state(row: Mapping[str, Any]) -> tuple[ListingRequest | None, dict[str, Any], int]:
    """Where an interrupted walk goes on, from its row: the request, what it knew, how many entries it had seen."""
    cursor = dict(row.get("cursor") or {})
    memory = cursor.pop(MEMORY, {})
    return (ListingRequest.from_dict(cursor) if cursor else None), memory, int(row.get("entries_seen") or 0)
