"""What a WARC file of ours says: captures with their facts, events, and where it is damaged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from archive.captures.model import Capture


@dataclass(frozen=True, slots=True)
class Referred:
    """The capture that a revisit says it is like: its address and time as its own record has them, its digest."""

    url: str
    fetched_at: str
    payload_digest: str


@dataclass(frozen=True, slots=True)
class SeenCapture:
    """A response or revisit record with the JSON object of its metadata record.

    ``capture.refers_to_id`` is None: which row it is, only a database knows; ``refers_to`` is set of a revisit.
    """

    capture: Capture
    facts: dict[str, Any]
    refers_to: Referred | None = None

    @property
    def at(self) -> str:
        """When it was fetched, UTC."""
        return self.capture.fetched_at


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """An event record: ``data`` is its JSON object without ``event`` and ``crawl``; ``at`` is UTC."""

    file: str
    offset: int
    kind: str
    crawl_id: str
    at: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Damage:
    """One sentence; ``torn``: the file ends within a record, as after a kill, and no row refers to it."""

    file: str
    offset: int
    message: str
    torn: bool = False


Observation = SeenCapture | SeenEvent
