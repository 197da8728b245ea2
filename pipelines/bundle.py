"""A document's responses, together: the page, and the further parts that some families need (DESIGN §1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipelines.detail import Detail

PartKind = Literal["page", "listing", "continuation", "iframe", "api"]


@dataclass(frozen=True, slots=True)
class Part:
    """One response as it reached us: ``body`` is the payload with Content-Encoding removed, charset untouched."""

    url: str
    body: bytes
    content_type: str | None = None
    kind: PartKind = "page"
    ordinal: int = 0


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """What the listing that named the page says of it; ``published_on`` is YYYY-MM-DD, ``fields`` uses record names."""

    title: str | None = None
    published_on: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bundle:
    """All that extraction may look at. The same bundle and profile give the same record, from the wire or a WARC."""

    page: Part
    detail: Detail = field(default_factory=Detail)
    parts: tuple[Part, ...] = ()
    listing: ListingFacts | None = None
    portal: str | None = None
    encoding: str | None = None
