"""A page's metadata: its label block, meta tags, listing and address brought together (DESIGN §3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml.etree import _Element

from archive.record import Finding
from pipelines.bundle import ListingFacts
from pipelines.dates import is_impossible, parse_date
from pipelines.detail import Detail
from pipelines.metadata import title as titles
from pipelines.metadata.blocks.beside import Pair
from pipelines.metadata.blocks.filled import fill
from pipelines.metadata.blocks.groups import Group, covered, groups, told_lines
from pipelines.metadata.blocks.lines import BODY_LABELS
from pipelines.metadata.blocks.pairs import find_pairs
from pipelines.metadata.blocks.places import believed, belonging, in_body
from pipelines.metadata.candidates import DATES, Candidate, best, conflicts, normalised
from pipelines.metadata.cells import Cells
from pipelines.metadata.metatags import read_metatags
from pipelines.metadata.sources import addressed, listed, placed, tagged, unlabelled
from pipelines.metadata.vocabulary import IGNORED, squeeze, vocabulary
from pipelines.numbers import (
    document_number,
    holds_several,
    index_number,
    is_document_number,
    is_placeholder,
    lacks_serial,
    looks_like_title,
)
from pipelines.page import Page

_SPACED = frozenset(("index_number",))
# What a label as common as 状态 must say to mean validity.
_IN_FORCE = re.compile("有效|失效|废止|生效|修[改订]")
_KEYWORDS = re.compile(r"[\s、,，;；|]+")


@dataclass(slots=True)
class Metadata:
    """What the sources say: ``values`` of record fields, their ``sources``, and ``extra`` labels verbatim.

    ``avoid`` are the elements that hold the metadata block and the info line: no part of the body. ``lines`` are those
    of a block that opens an element which goes on with the body. What it was settled from: all ``candidates`` and those
    ``chosen``, and the ``groups`` of labels on the page, of which some were ``believed``.
    """

    values: dict[str, str] = field(default_factory=dict)
    keywords: list[str] = field(default_factory=list)
    index_number_raw: str | None = None
    extra: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    avoid: set[_Element] = field(default_factory=set)
    lines: set[str] = field(default_factory=set)
    candidates: list[Candidate] = field(default_factory=list)
    chosen: dict[str, Candidate] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    believed: list[Group] = field(default_factory=list)
    cells: Cells = field(default_factory=Cells)

    def owner(self, pair: Pair) -> _Element:
        """The element in which the label of a pair from ``groups`` stands."""
        return self.cells.items[pair.cell].owner


def read_metadata(
    page: Page,
    cells: Cells,
    detail: Detail,
    listing: ListingFacts | None = None,
    frames: Sequence[Cells] = (),
) -> Metadata:
    """Read all sources of ``page`` (``cells``: its cells) and settle each field by precedence.

    ``frames`` are the cells of metadata frames, further responses that a profile names; they speak before the page.
    """
    tags = read_metatags(page.root)
    whole_title = titles.page_title(page.root)
    heads = titles.headings(cells, whole_title, tags.site or "", tags.column or "")
    places = titles.title_cells(cells, [tags.title or "", heads[0].text if heads else "", whole_title])
    known = vocabulary().with_labels(detail.labels)
    pairs = find_pairs(cells, known, _SPACED, in_prose=False)
    fill(page.root, cells, pairs)
    inside = [cells.extent[block] for block in page.select(detail.block) if block in cells.extent]
    body = _body_range(page, cells, detail)
    found = groups(pairs, places, cells, body)
    chosen_groups = believed(found, cells, places, inside)
    outside = [group for group in chosen_groups if not in_body(group, cells, body, chosen_groups)]
    if any(group.is_block for group in outside):
        # Beside the page's own block, one in the text is another document's.
        chosen_groups = [group for group in chosen_groups if group in outside or not group.is_block]
    result = Metadata(groups=found, believed=chosen_groups, cells=cells)
    candidates: list[Candidate] = list(placed(page, detail))
    for frame in frames:
        framed = groups(find_pairs(frame, known, _SPACED, in_prose=False), [], frame)
        candidates += _labelled([group for group in framed if group.is_block], frame, result)
    candidates += list(_labelled(chosen_groups, cells, result))
    result.avoid = covered(cells, [pair for group in outside for pair in belonging(group, cells)])
    for group in outside:
        result.lines.update(told_lines(cells, group, belonging(group, cells)))
    candidates += tagged(tags)
    candidates += unlabelled(page, cells, detail, heads, whole_title, tags, places)
    candidates += listed(listing)
    candidates += addressed(page.url)
    _settle(result, candidates)
    return result


def read_listing(url: str, listing: ListingFacts | None) -> Metadata:
    """What is known of a document without reading it: its listing's facts and a date in its address."""
    result = Metadata()
    _settle(result, [*listed(listing), *addressed(url)])
    return result


def _body_range(page: Page, cells: Cells, detail: Detail) -> tuple[int, int]:
    """The cells of the body that the profile names; an empty range without a profile, or where it finds none."""
    extents = (cells.extent.get(element, (0, 0)) for element in page.select(detail.body))
    return next(((first, last) for first, last in extents if first < last), (0, 0))


def _labelled(chosen: Sequence[Group], cells: Cells, result: Metadata) -> Iterator[Candidate]:
    """Candidates of the pairs; labels without a meaning, or with a value of another kind, go to ``extra``."""
    first: dict[str, str] = {}
    for group in chosen:
        for pair in belonging(group, cells):
            if pair.meaning is None:
                if not is_placeholder(pair.value) and pair.label not in BODY_LABELS:
                    result.extra.setdefault(pair.label, pair.value)
                continue
            if pair.meaning.field == IGNORED or (pair.meaning.line_only and group.is_block and pair.in_row):
                continue
            yield from _of_pair(pair, cells.items[pair.cell].owner, group, first, result)


def _of_pair(
    pair: Pair, node: _Element, group: Group, first: dict[str, str], result: Metadata
) -> Iterator[Candidate]:
    assert pair.meaning is not None
    name = pair.meaning.field
    if name == "index_number":
        if result.index_number_raw is None and pair.value:
            result.index_number_raw = pair.value
        yield from _index_cell(pair, node, result)
        return
    value = normalised(name, pair.value)
    if pair.meaning.block_only and not _IN_FORCE.search(pair.value):
        value = None
    if value is None or name == "extra":
        blank = is_placeholder(pair.value) or (
            name == "document_number" and document_number(pair.value) is None
        )
        if name in DATES and is_impossible(pair.value):
            message = f"{pair.label} is a date that no calendar has, or no document: {pair.value[:80]}"
            result.findings.append(Finding("date-impossible", "warning", message, pair.label))
        if group.is_block and not blank:
            result.extra.setdefault(pair.label, pair.value)
        return
    if group.is_block and first.setdefault(name, value) != value and name != "published_on":
        result.extra.setdefault(pair.label, pair.value)
    weak = pair.meaning.line_only or not group.is_block
    yield Candidate(name, value, "block", pair.value, pair.label, weak, node)


def _index_cell(pair: Pair, node: _Element, result: Metadata) -> Iterator[Candidate]:
    """The 索引号 cell, in which real pages also print a 文号 or the title (DESIGN §9)."""
    number = index_number(pair.value)
    if number is not None:
        yield Candidate("index_number", number, "block", pair.value, pair.label, node=node)
        if is_document_number(pair.value):
            value = normalised("document_number", pair.value) or number
            yield Candidate("document_number", value, "block", pair.value, pair.label, True, node)
            message = f"索引号 holds a document number: {pair.value}"
            result.findings.append(Finding("index-number-is-document-number", "info", message, pair.label))
        if holds_several(pair.value):
            message = f"索引号 holds several numbers, the first is taken: {pair.value[:80]}"
            result.findings.append(Finding("index-number-several", "warning", message, pair.label))
    elif pair.value and not is_placeholder(pair.value) and looks_like_title(pair.value):
        yield Candidate("title", pair.value, "block", pair.value, pair.label, True, node)
        message = f"索引号 holds a title: {pair.value[:80]}"
        result.findings.append(Finding("index-number-is-title", "warning", message, pair.label))
    elif pair.value and not is_placeholder(pair.value) and not lacks_serial(pair.value):
        message = f"索引号 holds no index number: {pair.value[:80]}"
        result.findings.append(Finding("index-number-implausible", "warning", message, pair.label))


def _settle(result: Metadata, candidates: list[Candidate]) -> None:
    chosen = best(candidates)
    result.findings += conflicts(chosen, candidates)
    title = chosen.get("title")
    if title is not None:
        others = [candidate for candidate in candidates if candidate.field == "title"]
        fuller = titles.fullest(title.value, (other.value for other in others))
        chosen["title"] = next((other for other in others if other.value == fuller), title)
    result.candidates, result.chosen = candidates, dict(chosen)
    keywords = chosen.pop("keywords", None)
    if keywords is not None:
        words = [word for word in _KEYWORDS.split(keywords.value) if word]
        result.keywords = list(dict.fromkeys(words))
        result.sources["keywords"] = keywords.source
    if "summary" in chosen and "title" in chosen and chosen["summary"].value == chosen["title"].value:
        del chosen["summary"]
    for name, candidate in chosen.items():
        result.values[name] = candidate.value
        result.sources[name] = candidate.source
    if "index_number" in chosen:
        result.index_number_raw = chosen["index_number"].raw
    for label in [label for label, value in result.extra.items() if _said(result, value)]:
        del result.extra[label]


def _said(result: Metadata, value: str) -> bool:
    """Whether a value in ``extra`` already stands in a field (a second block says it again)."""
    squeezed = squeeze(value)
    return any(
        squeezed == squeeze(known) or (name in DATES and parse_date(value) == known)
        for name, known in result.values.items()
    )
