"""The date of a listing row, from one text or from two (`05` over `2024-03`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipelines.dates import first_date

_DAY = r"(0?[1-9]|[12]\d|3[01])"
_MONTH = r"((?:19|20)\d\d)\s?[-./年]\s?(0?[1-9]|1[0-2])(?:\s?月)?"
_SPLIT = re.compile(rf"^{_DAY}\s?日?\s+{_MONTH}$")
# Texts of a row among which two may be the halves of a date: it stands first or behind the title.
_MOST = 12
_SPLIT_LAST = re.compile(rf"^{_MONTH}\s+{_DAY}\s?日?$")


def row_date(candidates: Iterable[Sequence[str]]) -> str | None:
    """The first date (YYYY-MM-DD) in the texts of each selector; without a year there is none (platforms.md
    §27).
    """
    for texts in candidates:
        for text in texts:
            if found := first_date(text) or _split(text):
                return found
        pieces = [piece for text in texts[:_MOST] if (piece := " ".join(text.split()))]
        for pair in pairwise(pieces):
            if found := _split(" ".join(pair)):
                return found
    return None


def _split(text: str) -> str | None:
    """A date whose day stands apart from its year and month."""
    if match := _SPLIT.match(text):
        return first_date(f"{match[2]}-{match[3]}-{match[1]}")
    if match := _SPLIT_LAST.match(text):
        return first_date(f"{match[1]}-{match[2]}-{match[3]}")
    return None
