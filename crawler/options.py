"""What a crawl was asked to do: the command line's choices, kept with the crawl's row."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Command = Literal["crawl", "backfill", "nightly"]


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """``revisit`` is a number of documents, ``-1`` for all, None for the portal's nightly budget.

    ``since`` and ``until`` (YYYY-MM-DD, inclusive) bound what a backfill fetches by the date that the listing
    gives; an entry without a date is fetched. ``limit`` bounds the documents of one run,
    ``requests`` what it asks of the portal, whatever for.
    """

    command: Command = "crawl"
    sweep: bool = False
    revisit: int | None = None
    since: str | None = None
    until: str | None = None
    directory: str | None = None
    limit: int | None = None
    requests: int | None = None
    allow_private_hosts: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON-able, for ``crawls.options``."""
        return asdict(self)

    def resumes(self, other: dict[str, Any]) -> bool:
        """Whether a run with these options goes on with the unfinished crawl that had ``other``."""
        mine = self.to_dict()
        return all(mine[key] == other.get(key) for key in ("command", "since", "until", "directory"))
