"""Remembering what a pure function says of a text: the pages of a portal share most of theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

_Answer = TypeVar("_Answer")
MOST_REMEMBERED = 8192
_LONGEST = 300


def remembered(function: Callable[[str], _Answer]) -> Callable[[str], _Answer]:
    """``function`` with a bounded memory: 8,192 texts of up to 300 characters; longer ones are asked anew."""
    cached = lru_cache(maxsize=MOST_REMEMBERED)(function)

    def answer(text: str) -> _Answer:
        return cached(text) if len(text) <= _LONGEST else function(text)

    answer.__doc__ = function.__doc__
    return answer
