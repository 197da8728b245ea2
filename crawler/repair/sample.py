"""Pages that a repair learns from and is judged by: what they are made of, and what is known of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from archive.history.similarity import condense, resemblance, shingles
from archive.record import METADATA_FIELDS, UNHASHED_SOURCES, Record
from pipelines.bundle import Bundle
from pipelines.detail import Detail
from pipelines.extract import extract
from pipelines.metadata.title import key
from pipelines.page import Unreadable

FIELDS = (
    "title",
    *(name for name in METADATA_FIELDS if name != "index_number_raw"),
    "keywords",
    "body_text",
    "tables",
    "attachments",
)
"""What a repair must not lose, in the order of its table."""

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Sample:
    """A page and what is ``known`` of it: the record of the same address before the redesign, None for a new one;
    ``guessed``: it is only what the portal's other documents let one expect.

    ``day`` is the day of its capture; ``bundle.detail`` is how the portal's file reads it today.
    """

    bundle: Bundle
    known: Record | None
    day: date
    directory: str | None
    guessed: bool = False

    @property
    def url(self) -> str:
        """The page's address."""
        return self.bundle.page.url

    def read(self, detail: Detail | None = None) -> Record:
        """What ``detail`` reads on the page; a page that cannot be read says nothing."""
        bundle = self.bundle if detail is None else replace(self.bundle, detail=detail)
        try:
            return extract(bundle)
        except Unreadable:
            return Record(self.url)


def says(record: Record, name: str) -> bool:
    """Whether the page itself says the field: what a listing or an address says instead hides a loss."""
    return bool(getattr(record, name)) and record.field_sources.get(name) not in UNHASHED_SOURCES


def agrees(record: Record, known: Record, name: str) -> bool:
    """Whether two records say the same in a field; texts of two layouts may differ by a tenth."""
    mine, other = getattr(record, name), getattr(known, name)
    if name == "title":
        return key(mine or "") == key(other or "")
    if name == "body_text":
        return same_body(mine, other)
    if name == "attachments":
        return {item.url for item in mine} >= {item.url for item in other} or len(mine) >= len(other)
    if name == "tables":
        return len(mine) >= len(other)
    if isinstance(mine, str) and isinstance(other, str):
        return _SPACE.sub("", mine) == _SPACE.sub("", other)
    return bool(mine == other)


def same_body(mine: str, other: str) -> bool:
    """Whether two bodies are one text but for what a layout adds or takes at its ends."""
    if mine == other:
        return True
    return likeness(mine, other) >= BODY_ALIKE


BODY_ALIKE = 0.9
"""A new layout's print bar or sign-off line may differ; a paragraph that is missing is more than this."""


def likeness(mine: str, other: str) -> float:
    """How much two texts have in common, 0 to 1; short ones are the same or not."""
    left, right = _condensed(mine), _condensed(other)
    if left == right:
        return 1.0
    if len(left) < 80 or len(right) < 80:
        short, long = sorted((left, right), key=len)
        return len(short) / len(long) if short and short in long else 0.0
    shorter, longer = sorted((len(left), len(right)))
    return min(resemblance(_shingles(left), _shingles(right)), shorter / longer)


@lru_cache(maxsize=512)
def _condensed(text: str) -> str:
    return condense(text)


@lru_cache(maxsize=512)
def _shingles(text: str) -> frozenset[int]:
    return shingles(text)
