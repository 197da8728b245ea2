"""What identity compares of a page, and when two contents are one text (DESIGN §4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from archive.history.similarity import condense, resemblance, shingles
from archive.record import UNHASHED_SOURCES, Record

SHORT_BODY = 80
"""Characters (letters and digits) under which a body, such as 见附件, says nothing: then the titles decide."""

NEAR = 0.8
"""Two bodies that share this part of their shingles are one text, whatever their titles. Different pages of
one portal, of 50 measured, stayed under 0.46 where their bodies were not short."""

ALIKE = 0.6
"""Two bodies under one title need only this: an edit of every fourth sentence stays above it."""

_UNFINISHED = re.compile(r"[-/_.,:—–]$")
_DIGIT = re.compile(r"[0-9]")


@dataclass(frozen=True)
class Content:
    """What identity compares: of a visit, or of what a document or an address said last. Texts as masked.

    ``number`` is an :func:`index_key`; ``content_hash`` that of the unmasked record. ``own_title``: the page
    itself says the title, not its listing or its address.
    """

    content_hash: str
    number: str | None
    title: str
    body: str
    document_number: str | None = None
    own_title: bool = True

    @classmethod
    def of(cls, record: Record, content_hash: str) -> Content:
        """The content of a masked record whose unmasked form has ``content_hash``."""
        return cls(
            content_hash, index_key(record.index_number), record.title or "", record.body_text,
            record.document_number, says_title(record.field_sources),
        )  # fmt: skip

    @property
    def said_title(self) -> str:
        """The title, empty where the page says none: a listing's stands in for it, and is no proof of the
        page."""
        return self.title.strip() if self.own_title else ""

    @cached_property
    def plain_title(self) -> str:
        """The title without spaces, punctuation, case."""
        return condense(self.title)

    @cached_property
    def shingles(self) -> frozenset[int]:
        """Those of the body."""
        return shingles(self.body)

    @cached_property
    def short(self) -> bool:
        """Whether the body says too little to be compared."""
        return len(self.body) < 4 * SHORT_BODY and len(condense(self.body)) < SHORT_BODY


def same_text(left: Content, right: Content) -> bool:
    """Whether two contents are one text in two states: equal, alike, or one of them too short under one
    title.

    Two different 文号 make two documents however alike: templates of decisions differ in little else.
    """
    if left.content_hash == right.content_hash:
        return True
    if left.document_number and right.document_number and left.document_number != right.document_number:
        return False
    same_title = bool(left.plain_title) and left.plain_title == right.plain_title
    if left.short or right.short:
        return same_title
    return resemblance(left.shingles, right.shingles) >= (ALIKE if same_title else NEAR)


def says_title(field_sources: Mapping[str, str]) -> bool:
    """Whether a record's title, by its ``field_sources``, is the page's own."""
    return field_sources.get("title") not in UNHASHED_SOURCES


def index_key(number: str | None) -> str | None:
    """The form in which index numbers are compared; None for what can name nothing (no digit, no serial)."""
    key = re.sub(r"\s+", "", number or "").casefold()
    return key if _DIGIT.search(key) and not _UNFINISHED.search(key) else None
