"""The explanation of a record, as plain data: for each field and the body what was taken, from where, and what was not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml.etree import _Element

from pipelines.explain.places import selector_of
from pipelines.explain.trace import BodyTrace, Trace
from pipelines.markup import collapse
from pipelines.metadata.blocks.groups import Group
from pipelines.metadata.candidates import PRECEDENCE, Candidate
from pipelines.metadata.read import Metadata
from pipelines.metadata.vocabulary import IGNORED

_MOST_PASSED_OVER = 60
_EXCERPT = 120
SOURCES = {
    "block": "label block",
    "meta": "meta tag",
    "text": "page, without a label",
    "listing": "listing",
    "url": "address",
}
"""What each source of a field is called."""
_TAGS = {
    "title": "ArticleTitle",
    "published_on": "PubDate",
    "source": "ContentSource",
    "catalog": "ColumnName",
}


def explanation(trace: Trace) -> dict[str, Any]:
    """JSON-ready: ``fields``, ``extra``, ``passed_over`` (labels that were met and not believed), ``bodies``."""
    metadata = trace.metadata or Metadata()
    return {
        "fields": {name: _field(metadata, name, chosen) for name, chosen in metadata.chosen.items()},
        "extra": list(_extra(metadata)),
        "passed_over": list(_passed_over(metadata))[:_MOST_PASSED_OVER],
        "bodies": [_body(body) for body in trace.bodies],
    }


def _field(metadata: Metadata, name: str, chosen: Candidate) -> dict[str, Any]:
    others = [
        {**_said(other), "why_not": _why_not(chosen, other)}
        for other in metadata.candidates
        if other.field == name and other is not chosen
    ]
    return {**_said(chosen), "others": others}


def _said(candidate: Candidate) -> dict[str, Any]:
    return {
        "value": candidate.value,
        "raw": candidate.raw,
        "source": candidate.source,
        "label": _TAGS.get(candidate.field) if candidate.source == "meta" else candidate.label,
        **_place(candidate.node),
    }


def _place(node: _Element | None) -> dict[str, Any]:
    if node is None:
        return {"place": None, "line": None}
    return {"place": selector_of(node), "line": node.sourceline}


def _why_not(chosen: Candidate, other: Candidate) -> str:
    mine, theirs = PRECEDENCE[chosen.source], PRECEDENCE[other.source]
    if chosen.value == other.value:
        return "says the same"
    if theirs > mine:
        return f"a {SOURCES[chosen.source]} is believed before a {SOURCES[other.source]}"
    if theirs < mine:
        return "cut off by an ellipsis, or the mere <title>"
    if other.weak and not chosen.weak:
        return "not from a metadata block, or under a label of info lines"
    return "another of the same kind came first"


def _extra(metadata: Metadata) -> Iterator[dict[str, Any]]:
    """Labels without a meaning whose value went to ``extra``, with the place of the label."""
    seen: set[str] = set()
    for group in metadata.believed:
        for pair in group.pairs:
            if pair.label in metadata.extra and pair.label not in seen:
                seen.add(pair.label)
                yield {
                    "label": pair.label,
                    "value": metadata.extra[pair.label],
                    **_place(metadata.owner(pair)),
                }


def _passed_over(metadata: Metadata) -> Iterator[dict[str, Any]]:
    believed = {id(group) for group in metadata.believed}
    for group in metadata.groups:
        if id(group) in believed:
            continue
        for pair in group.known:
            if pair.meaning is None or pair.meaning.field == IGNORED or not pair.value:
                continue
            yield {
                "label": pair.label,
                "field": pair.meaning.field,
                "value": pair.value,
                **_place(metadata.owner(pair)),
                "why_not": _why_not_group(group),
            }


def _why_not_group(group: Group) -> str:
    if group.is_block:
        return "stands in the text, or beside the page's own block: it speaks of something else"
    return "too few labels together for a block, and no info line under the title"


def _body(trace: BodyTrace) -> dict[str, Any]:
    body = trace.body
    origin = None if body is None else body.origin
    return {
        "url": trace.url,
        "found_by": None if body is None else body.found_by,
        **_place(origin),
        "characters": 0 if body is None else len(body.text),
        "selectors": [
            {"selector": selector, "matched": matched, "taken": taken}
            for selector, matched, taken in trace.selectors
        ],
        "candidates": [
            {
                **_place(block.element),
                "score": round(block.score, 4),
                "running_text": block.mass,
                "characters": block.chars,
                "relation": _relation(block.element, origin),
            }
            for block in trace.weighed
        ],
        "trimmed": [{"text": collapse(text)[:_EXCERPT], "why": why} for text, why in trace.trimmed],
    }


def _relation(element: _Element, origin: _Element | None) -> str:
    """How a block that was weighed stands to the body that was taken."""
    if origin is None:
        return "not taken"
    if element is origin:
        return "taken"
    if origin in element.iterancestors():
        return "inside the body: the block around it adds only clean text"
    if element in origin.iterancestors():
        return "around the body"
    return "elsewhere"
