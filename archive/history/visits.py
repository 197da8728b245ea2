"""What the crawler hands to the writer for a page that it read, and what it gets back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from archive.captures.model import Capture
from archive.record import Record

Outcome = Literal["new", "revised", "renumbered", "unchanged", "alias", "variant", "quarantined"]


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that was fetched and read.

    ``record`` is raw, not masked. ``captures``: (capture, or the id of one that is archived already; part;
    ordinal). ``baseline``: where the sighting's ``extractor_version`` is not the record's, its last capture
    read by today's code; without it, new code would look like an edit. ``accepted``: then also the accepted
    revision's, where that last capture's is held back.
    """

    sighting_id: int
    at: str
    crawl_id: str
    record: Record
    captures: Sequence[tuple[Capture | int, str, int]]
    payload_digest: str
    etag: str | None = None
    last_modified: str | None = None
    baseline: Record | None = None
    accepted: Record | None = None


@dataclass(frozen=True, slots=True)
class VisitResult:
    """Where the visit ended: the document, what became of it, and the revision that says what the address
    says."""

    uid: str
    outcome: Outcome
    revision_id: int | None
