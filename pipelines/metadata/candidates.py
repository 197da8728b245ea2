"""What the sources say of each field, and which of them is believed (DESIGN §3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml.etree import _Element

from archive.record import Finding
from pipelines.dates import all_dates, parse_date
from pipelines.metadata.title import is_cut, same
from pipelines.numbers import document_number, index_number, is_placeholder

DATES = frozenset(("published_on", "written_on", "effective_on", "expires_on"))
PRECEDENCE = {"block": 0, "meta": 1, "text": 2, "listing": 3, "url": 4}
"""Sources, the most believed first; ``text`` is what stands on the page without a label (headings, a bare date)."""

_COMPARED = {"index_number": "索引号", "title": "标题", "published_on": "公开日期"}
_BODIES = frozenset(("source", "agency", "issuing_body"))
_MOMENT = re.compile(r"[\s|(（]+(?:19|20)\d\d[-/.年].{1,30}$")
_RANGE = "-—–~～至到"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One source's value for one field, normalised; ``raw`` is how it stands there, ``label`` under which label.

    ``node`` is the element it was read from, None where it is not of the page.
    """

    field: str
    value: str
    source: str
    raw: str
    label: str | None = None
    weak: bool = False
    node: _Element | None = None


def normalised(field: str, raw: str) -> str | None:
    """The field's value as the record has it, None for placeholders and for what is no such value."""
    if is_placeholder(raw):
        return None
    if field in DATES:
        return field_date(raw)
    if field == "index_number":
        return index_number(raw)
    if field == "document_number":
        number = document_number(raw)
        return number if number and (any(sign.isdigit() for sign in number) or number[-1] in "号令") else None
    return _without_moment(raw) if field in _BODIES else raw


def _without_moment(raw: str) -> str:
    """A source or agency without the date that an info line prints right behind it."""
    match = _MOMENT.search(raw)
    return raw[: match.start()] if match and match.start() and parse_date(match.group()) else raw


def field_date(raw: str) -> str | None:
    """The date of a labelled value: alone, or the only one in a short phrase (自2019年3月1日起施行), not a span."""
    whole = parse_date(raw)
    if whole or len(raw) > 60:
        return whole
    dates = set(all_dates(raw))
    if len(dates) != 1 or any(
        f"日{sign}" in raw or f"{sign}2" in raw.replace("-2", "") for sign in _RANGE[1:]
    ):
        return None
    return dates.pop()


def best(candidates: Iterable[Candidate]) -> dict[str, Candidate]:
    """The believed candidate of each field: by source, strong before weak, then the first met."""
    chosen: dict[str, Candidate] = {}
    for candidate in candidates:
        known = chosen.get(candidate.field)
        if known is None or _rank(candidate) < _rank(known):
            chosen[candidate.field] = candidate
    return chosen


def _rank(candidate: Candidate) -> tuple[float, bool]:
    if candidate.weak and candidate.source == "text" and candidate.field == "title":
        # <title> alone is often the column's name: what the listing calls the page comes before it.
        return PRECEDENCE["listing"] + 0.5, True
    return PRECEDENCE[candidate.source], candidate.weak


def conflicts(chosen: dict[str, Candidate], candidates: Iterable[Candidate]) -> list[Finding]:
    """Findings where another source names another index number, title or publication date than the chosen one.

    What stands on the page without a label, and a date in the address, is a guess and is not compared. A META date that differs from a
    visible one is often the moment the page was regenerated: info, not a warning.
    """
    found: dict[tuple[str, str], Finding] = {}
    for other in candidates:
        mine = chosen.get(other.field)
        if mine is None or other.field not in _COMPARED or other.source in ("url", "text") or other.weak:
            continue
        if mine.value == other.value or (other.field == "title" and same(mine.value, other.value)):
            continue
        if other.field == "title" and is_cut(other.value):
            continue
        severity = "info" if other.field == "published_on" and other.source == "meta" else "warning"
        message = (
            f"{_COMPARED[other.field]}: {mine.source} says {mine.value}, "
            f"{other.source}{f' ({other.label})' if other.label else ''} says {other.value}"
        )
        rule = f"{other.field.replace('_', '-').removesuffix('-on')}-conflict"
        found.setdefault((other.field, other.value), Finding(rule, severity, message, other.label))
    return list(found.values())
