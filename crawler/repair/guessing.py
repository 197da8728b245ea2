"""What a new document probably says, by what the portal's other documents say: where no page is known from before.

Portals often leave their old pages in the old layout. Then only new documents show the new one, and of those the archive
knows the listing's words. But a portal's index numbers have one form, its agencies are few, and a metadata block stands in
short pieces of text, whatever it is called there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.record import Record
from crawler.repair.sample import Sample, says
from pipelines.dates import all_dates
from pipelines.metadata.cells import cells
from pipelines.numbers import document_number, is_document_number
from pipelines.page import Page, Unreadable

FEW = 30
"""A field with more different values than this has no vocabulary."""

_CHOICES = (
    "agency", "issuing_body", "catalog", "disclosure_form", "validity", "topic", "genre", "audience", "source",
)  # fmt: skip
_SHORT = 80
_DIGITS = re.compile(r"\d+")
_COVERED = 0.8
_EDGES = " \t\r\n\u00a0\u3000\u2028:：﹕】］])）|｜"


@dataclass(frozen=True)
class Habits:
    """What a portal's documents have in common: the form of their index numbers, the values of fields with few."""

    number: re.Pattern[str] | None
    choices: dict[str, frozenset[str]]
    numbered: bool
    written: bool

    @classmethod
    def of(cls, records: Sequence[Record]) -> Habits:
        """From records that were read well."""
        choices = {}
        for name in _CHOICES:
            values = Counter(getattr(record, name) for record in records if says(record, name))
            if values and len(values) <= FEW:
                choices[name] = frozenset(values)
        share = sum(says(record, "document_number") for record in records)
        written = sum(says(record, "written_on") for record in records)
        numbers = [record.index_number for record in records if record.index_number]
        return cls(_form(numbers), choices, 2 * share > len(records), 2 * written > len(records))


def guess(sample: Sample, habits: Habits) -> Sample:
    """The sample with what it probably says as ``known``; fields of which several values stand on it are left out."""
    try:
        page = Page.parse(sample.bundle)
    except Unreadable:
        return sample
    pieces = [cell.text for cell in cells(page.root).items if len(cell.text) <= _SHORT]
    listing = sample.bundle.listing
    said: dict[str, str] = {}
    if listing is not None:
        said |= {name: value for name, value in listing.fields.items() if name in Record.__dataclass_fields__}
        said |= {"title": listing.title} if listing.title else {}
        said |= {"published_on": listing.published_on} if listing.published_on else {}
    found = {
        "index_number": [match for text in pieces for match in habits.number.findall(text)]
        if habits.number
        else [],
        "document_number": _numbers(pieces) if habits.numbered else [],
        "written_on": _other_dates(pieces, said.get("published_on")) if habits.written else [],
    }
    for name, values in habits.choices.items():
        found[name] = [value for text in pieces for value in values if _ends_with(text, value)]
    for name, values_found in found.items():
        if len(set(values_found)) == 1:
            said.setdefault(name, values_found[0])
    known = Record(sample.url, **said, field_sources=dict.fromkeys(said, "block"))  # type: ignore[arg-type]
    return replace(sample, known=known, guessed=True)


def _form(numbers: Sequence[str]) -> re.Pattern[str] | None:
    """The pattern of most of the numbers: their signs, and digits in runs of the lengths that occur."""
    forms: dict[str, list[str]] = {}
    for number in numbers:
        forms.setdefault(_DIGITS.sub("0", number), []).append(number)
    covered = 0
    patterns: list[str] = []
    for group in sorted(forms.values(), key=len, reverse=True)[:3]:
        covered += len(group)
        lengths = zip(*(map(len, _DIGITS.findall(number)) for number in group), strict=True)
        runs = iter([f"\\d{{{min(run)},{max(run)}}}" for run in lengths])
        parts = [part for part in re.split(r"(\d+)", group[0]) if part]
        patterns.append("".join(next(runs) if part.isdigit() else re.escape(part) for part in parts))
    if not numbers or covered < _COVERED * len(numbers) or not all(map(_DIGITS.search, numbers)):
        return None
    return re.compile(rf"(?<![\w/-])(?:{'|'.join(patterns)})(?![\w/-])")


def _numbers(pieces: Sequence[str]) -> list[str]:
    found = []
    for text in pieces:
        last = re.split("[：:\\s]", text.strip())[-1]
        if is_document_number(last) and (number := document_number(last)):
            found.append(number)
    return found


def _other_dates(pieces: Sequence[str], published: str | None) -> list[str]:
    dates = [day for text in pieces if len(text) < 40 for day in all_dates(text)]
    return [day for day in dates if day != published]


def _ends_with(text: str, value: str) -> bool:
    """Whether a piece of text is the value, alone or behind a label."""
    text = text.strip(_EDGES)
    return text == value or (
        text.endswith(value) and len(text) <= len(value) + 14 and text[: -len(value)][-1] in _EDGES
    )
