"""The sources beside a label block: meta tags, what stands without a label, the listing, the address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml.etree import _Element

from archive.record import METADATA_FIELDS
from pipelines.bundle import ListingFacts
from pipelines.dates import is_possible, parse_date
from pipelines.detail import Detail
from pipelines.markup import collapse, inline_text
from pipelines.metadata import title as titles
from pipelines.metadata.candidates import Candidate, normalised
from pipelines.metadata.cells import Cells
from pipelines.metadata.labels import find_labels
from pipelines.metadata.metatags import MetaTags
from pipelines.metadata.vocabulary import vocabulary
from pipelines.page import Page

_URL_DATE = re.compile(
    r"(?<!\d)(?:(?P<y>(?:19|20)\d\d)[-/]?(?P<m>[01]\d|\d(?=/))[-/](?P<d>[0-3]?\d)(?=[/_.-])"
    r"|(?P<Y>(?:19|20)\d\d)(?P<M>[01]\d)(?P<D>[0-3]\d)(?!\d))"
)
# A bare date counts as the page's own only this close under its title.
_UNDER_TITLE = 6


def placed(page: Page, detail: Detail) -> Iterator[Candidate]:
    """Candidates of the profile's ``fields``: what stands at a place of its own, without a label."""
    for name, selectors in detail.fields.items():
        for selector in selectors:
            css, _, attribute = selector.partition("::attr(")
            for element in page.select([css]):
                raw = (element.get(attribute.rstrip(") ")) or "") if attribute else inline_text(element)
                value = normalised(name, collapse(raw))
                if value:
                    yield Candidate(name, value, "block", collapse(raw), selector, node=element)


def tagged(tags: MetaTags) -> Iterator[Candidate]:
    """Candidates of the standard meta tags."""
    said = {
        "title": tags.title,
        "published_on": tags.published_on,
        "source": tags.source,
        "catalog": tags.column,
    }
    for name, value in said.items():
        if value:
            yield Candidate(name, value, "meta", value)


def unlabelled(
    page: Page,
    cells: Cells,
    detail: Detail,
    heads: Sequence[titles.Heading],
    whole_title: str,
    tags: MetaTags,
    places: Sequence[int],
) -> Iterator[Candidate]:
    """What stands on the page without a label: title (the profile's selectors first), a bare date under it."""
    chosen = titles.selected(page.root, detail.title)
    if chosen:
        yield Candidate("title", chosen, "block", chosen, ", ".join(detail.title))
    own = titles.without_site(whole_title, [tags.site or ""])
    strong = [head for head in heads if head.score >= 3]
    for head in strong[:1]:
        yield Candidate("title", head.text, "text", head.text, node=cells.items[head.cell].owner)
    if own and not strong and len(titles.key(own)) > titles.LONGEST_COLUMN:
        yield Candidate("title", own, "text", own, "<title>")
    if own:
        yield Candidate("title", own, "text", own, "<title>", weak=True)
    if page.is_plain and cells.items and 4 <= len(cells.items[0].text) <= 200:
        first = " ".join(cells.items[0].text.split())
        yield Candidate("title", first, "text", first, weak=True)
    bare = _bare_date(cells, places)
    if bare:
        day, node = bare
        yield Candidate("published_on", day, "text", day, node=node)


def _bare_date(cells: Cells, places: Sequence[int]) -> tuple[str, _Element] | None:
    known = vocabulary()
    undated: set[int] = set()  # cells under one title that stand under the next one too
    for place in places:
        for number in range(place + 1, min(place + 1 + _UNDER_TITLE, len(cells.items))):
            cell = cells.items[number]
            if number in undated or len(cell.text) > 300 or ("20" not in cell.text and "19" not in cell.text):
                continue
            labels = find_labels(cell, known)
            if not labels and len(cell.text) > 80:
                break
            day = parse_date(cell.text[: labels[0].start] if labels else cell.text)
            if day:
                return day, cell.owner
            undated.add(number)
    return None


def listed(listing: ListingFacts | None) -> Iterator[Candidate]:
    """Candidates of the listing that named the page."""
    if listing is None:
        return
    facts: Mapping[str, str | None] = {
        **listing.fields,
        "title": listing.title,
        "published_on": listing.published_on,
    }
    for name, raw in facts.items():
        value = (
            normalised(name, raw)
            if raw and (name in METADATA_FIELDS or name in ("title", "keywords"))
            else None
        )
        if raw and value:
            yield Candidate(name, value, "listing", raw)


def addressed(url: str) -> Iterator[Candidate]:
    """The date in the address (t20190322_1.html, /art/2019/3/22/), the weakest of all sources."""
    for match in _URL_DATE.finditer(url.partition("?")[0]):
        year, month, day = (int(part) for part in match.groups() if part)
        if is_possible(year, month, day):
            iso = f"{year:04d}-{month:02d}-{day:02d}"
            yield Candidate("published_on", iso, "url", match.group())
            return
