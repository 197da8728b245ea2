"""Remembering what a pure function says of a text: the pages of a portal share most of theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

_Answer = TypeVar("_Answer")
_MOST, _LONGEST = 8192, 300


class _Memory(dict[str, _Answer], Generic[_Answer]):
    """Answers by text; when it is full it begins anew. Asked a thousand times a page, it is a dict: a hit costs no call."""

    def __init__(self, function: Callable[[str], _Answer]) -> None:
        super().__init__()
        self.function = function

    def __missing__(self, text: str) -> _Answer:
        answer = self.function(text)
        if len(text) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[text] = answer
        return answer


def remembered(function: Callable[[str], _Answer]) -> Callable[[str], _Answer]:
    """``function`` with a bounded memory: 8,192 texts of up to 300 characters; longer ones are asked anew."""
    return _Memory(function).__getitem__
