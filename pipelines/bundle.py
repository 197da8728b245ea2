"""A document's responses, together: the page, and the further parts that some families need (DESIGN §1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast
from urllib.parse import urldefrag

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """A further response to fetch for a document; ``ordinal`` counts from 1 in the order of rules and page."""

    kind: PartKind
    url: str
    ordinal: int


MOST_PARTS = 50
"""More parts than any real document has: an endless pager ends here."""


def wanted(page: Part, detail: Detail) -> list[Wanted]:
    """The further responses that ``detail.parts`` names on ``page``: absolute http(s) addresses, each once.

    A page that cannot be read wants none. Without rules the page is not even parsed.
    """
    if not detail.parts:
        return []
    # page.py needs the classes above.
    from pipelines.page import Page, Unreadable
    from pipelines.select import matches

    try:
        parsed = Page.of(page)
    except Unreadable:
        return []
    found: dict[str, Wanted] = {}
    for rule in detail.parts:
        selector, _, attribute = rule.link.rpartition("::attr(")
        for element in matches(parsed.root, [selector]):
            link = (element.get(attribute.rstrip(") ")) or "").strip()
            url = urldefrag(parsed.absolute(link)).url if link else ""
            if not url.startswith(("http://", "https://")) or url == urldefrag(page.url).url or url in found:
                continue
            found[url] = Wanted(cast(PartKind, rule.kind), url, len(found) + 1)
            if len(found) >= MOST_PARTS:
                return list(found.values())
    return list(found.values())
