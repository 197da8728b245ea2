"""What reading a file gives, how much of it is read, and how reading ends early."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "needs_ocr", "unsupported", "failed", "too_large"]

MOST_TEXT = 1_000_000
"""Characters of a file's text that are kept: a report of a thousand pages."""
SECONDS = 40.0
"""After this long no further page, row or entry is begun; what was read by then is kept."""

# SQLite ends a text at NUL for many readers, and cannot take half of a surrogate pair at all.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BLANKS = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class FileText:
    """``text`` in lines, rows of tables as ``a | b``; empty unless ``status`` is ``ok``.

    ``finding``: one sentence: why there is no text, or what of it was left out; None where there is nothing to say.
    """

    text: str
    status: Status
    finding: str | None = None


class NoText(Exception):
    """The file gives no text; ``status`` says in which way, the message why, in one sentence."""

    def __init__(self, status: Status, reason: str):
        super().__init__(reason)
        self.status: Status = status
        self.reason = reason


class Full(Exception):
    """Enough was read; the message says what was left out."""


class Text:
    """The lines of a file as they are read; raises :class:`Full` where the limits are reached.

    ``notes``: sentences about what was left out on the way.
    """

    def __init__(self, seconds: float = SECONDS, most: int = MOST_TEXT):
        self._lines: list[str] = []
        self._left = most
        self._most = most
        self._ends = time.monotonic() + seconds
        self._seconds = seconds
        self.notes: list[str] = []

    def add(self, line: str) -> None:
        """A line, or several with line feeds in them; runs of blanks become one space."""
        self.look_at_the_clock()
        line = "\n".join(part.strip() for part in _BLANKS.sub(" ", _UNWANTED.sub("", line)).split("\n"))
        if len(line) > self._left:
            self._lines.append(line[: self._left])
            self._left = 0
            raise Full(f"only the first {self._most:,} characters were read")
        self._left -= len(line) + 1
        self._lines.append(line)

    def look_at_the_clock(self) -> None:
        """Raise :class:`Full` where the file's time is over."""
        if time.monotonic() > self._ends:
            raise Full(f"reading took more than {self._seconds:.0f} s; the rest was left out")

    @property
    def left(self) -> int:
        """Characters that may still come."""
        return self._left

    @property
    def seconds_left(self) -> float:
        """Seconds until the time is over."""
        return max(0.0, self._ends - time.monotonic())

    def restart(self, seconds: float) -> None:
        """Forget what was read: it is to be read in another way, which takes another time."""
        self._lines.clear()
        self._left = self._most
        self._ends, self._seconds = time.monotonic() + seconds, seconds

    def __str__(self) -> str:
        """All lines, never more than one empty one between two."""
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip()
