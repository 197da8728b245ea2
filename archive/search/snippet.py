"""The piece of a text around a hit, made here: a contentless index has no text to cut it from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.search.fold import fold, fold_with_origins

BEFORE, LENGTH = 24, 90
"""Characters shown before the first hit, and in all."""

PART, OVERLAP = 2_000, 200
"""Characters of a file's text that are looked through at a time."""

MAX_SEARCHED = 200_000
"""Characters of a body that are looked through for the hit; a longer one may be shown from its beginning."""

# Control characters move a terminal's cursor; directional ones turn a line around.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Snippet:
    """One line of text and the ``(start, end)`` places of the hits in it."""

    text: str
    hits: tuple[tuple[int, int], ...] = ()

    def marked(self, left: str = "【", right: str = "】") -> str:
        """The text with every hit between ``left`` and ``right``."""
        pieces, done = [], 0
        for start, end in self.hits:
            pieces += [self.text[done:start], left, self.text[start:end], right]
            done = end
        return "".join([*pieces, self.text[done:]])


def printable(text: str) -> str:
    """``text`` in one line that is safe on a terminal: control and directional characters become one
    space."""
    return _UNPRINTABLE.sub(" ", text)


def find_hits(text: str, terms: Sequence[str]) -> list[tuple[int, int]]:
    """Where the folded ``terms`` stand in ``text``, in order, overlapping ones joined."""
    folded, origins = fold_with_origins(text)
    found = []
    for term in terms:
        start = folded.find(term)
        while start >= 0:
            end = start + len(term)
            found.append((origins[start], origins[end - 1] + 1))
            start = folded.find(term, end)
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def part_with(text: str, terms: Sequence[str]) -> str | None:
    """The part of a long ``text`` in which one of the folded ``terms`` stands first; None: nowhere."""
    for start in range(0, len(text), PART):
        part = text[start : start + PART + OVERLAP]
        folded = fold(part)
        if any(term in folded for term in terms):
            return part
    return None


def mark_all(text: str, terms: Sequence[str]) -> Snippet:
    """The whole of a short ``text`` (a title, a number, a name) in one line, with the folded ``terms`` in it."""
    line = printable(text)
    return Snippet(line, tuple(find_hits(line, terms)))


def make_snippet(text: str, terms: Sequence[str]) -> Snippet:
    """One line of ``text`` (a body) around the first hit of the folded ``terms``; its beginning when none
    is in it."""
    head = text[:MAX_SEARCHED]
    hits = find_hits(head, terms)
    start = max(0, hits[0][0] - BEFORE) if hits else 0
    line = printable(head[start : start + LENGTH])
    if len(line) < len(head[start : start + LENGTH]):  # runs of line feeds became one space: look again
        hits = find_hits(line, terms)
        start_of_line = 0
    else:
        start_of_line = start
    inside = [(max(0, a - start_of_line), min(len(line), b - start_of_line)) for a, b in hits]
    shown = [(a, b) for a, b in inside if a < b]
    left, right = "…" if start else "", "…" if start + LENGTH < len(text) else ""
    return Snippet(left + line + right, tuple((a + len(left), b + len(left)) for a, b in shown))
