"""What every listing engine takes and gives: pure functions, a listing response in, entries and the next
request out.

An engine is a module with ``first`` and ``read`` (see :class:`Engine`). It holds no state: whatever it must
remember between pages travels in ``ListingRequest.state``, which the archive keeps as the directory's
cursor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from crawler.portals.plan import DirectoryPlan


class ListingError(ValueError):
    """A listing that cannot be read or asked for; the message is one sentence that says what was missing."""


@dataclass(frozen=True, slots=True)
class ListingRequest:
    """The next listing page to ask for: ``page`` counts from 1; ``form`` is sent urlencoded, ``body``
    verbatim.
    """

    url: str
    page: int = 1
    method: str = "GET"
    form: Mapping[str, str] | None = None
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-able form, kept as the directory's cursor."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ListingRequest:
        """The request that ``to_dict`` gave."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a listing: an absolute address and what the row says; ``fields`` uses the record's names."""

    url: str
    title: str | None = None
    published_on: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class ListingPage:
    """One listing response, read.

    ``announced_total`` counts entries and ``pages`` pages, as the portal says (None: it does not say).
    ``next`` is what the family's rule asks for next, None behind the last announced page. ``embedded``
    entries (a group inside the column page) do not count for the rule "every entry was seen before".
    ``skipped`` counts links of rows that were left out because they do not look like documents.
    """

    entries: tuple[Entry, ...]
    announced_total: int | None = None
    pages: int | None = None
    next: ListingRequest | None = None
    embedded: bool = False
    skipped: int = 0


class Engine(Protocol):
    """The two functions of an engine module."""

    def first(self, plan: DirectoryPlan) -> ListingRequest:
        """The request that opens the directory; raises :class:`ListingError` if the plan lacks what it
        takes.
        """

    def read(self, plan: DirectoryPlan, request: ListingRequest, text: str, url: str) -> ListingPage:
        """Read the answer to ``request``; ``text`` is decoded, ``url`` is where it came from after
        redirects.
        """
