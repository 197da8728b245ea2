"""How alike two bodies are, at a bounded cost: shingles for comparing two, a simhash for finding one again.

A shingle is four characters of the folded text, which is one 64-bit number of its UTF-16 form: a set of them
is made at the speed of ``memoryview.cast``, without a Python step for each. Characters, because an edit in
Chinese has no word boundaries; four, because shorter ones are shared by any two official texts. Only the
beginning and the end of a long text count: a text that keeps both is the same document whatever was exchanged
between them, and 200 KB cost no more than 36.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

SHINGLE = 4
"""Characters in one shingle: exactly 64 bits of UTF-16."""

WINDOW = 6_000
"""Characters compared at each end of a body; a whole annual report fits into the two."""

SAMPLE = 128
"""Shingles in the simhash: those with the least hashes, so an edit changes few of them."""

_NOT_TEXT = re.compile(r"[\W_]+")
_MASK = (1 << 64) - 1
# Fibonacci hashing: spreads neighbouring code points over all 64 bits.
_SPREAD = 0x9E3779B97F4A7C15
_LANE = 8


def condense(text: str) -> str:
    """``text`` without anything that a change of layout may change: NFKC, no case, letters and digits
    only."""
    # Full-width punctuation would make the normalisation of every Chinese text slow: drop it first.
    bare = _NOT_TEXT.sub("", text)
    normal = unicodedata.normalize("NFKC", bare)
    return (bare if normal == bare else _NOT_TEXT.sub("", normal)).casefold()


@lru_cache(maxsize=4)
def shingles(text: str) -> frozenset[int]:
    """The shingles of both ends of ``text``; empty when it has fewer than four characters."""
    if len(text) > 2 * WINDOW:
        text = text[:WINDOW] + text[-WINDOW:]
    data = condense(text).encode("utf-16-le", "surrogatepass")
    found: set[int] = set()
    for start in range(0, 2 * SHINGLE, 2):
        aligned = len(data) - (len(data) - start) % 8
        if aligned > start:
            found.update(memoryview(data)[start:aligned].cast("Q"))
    return frozenset(found)


def resemblance(left: frozenset[int], right: frozenset[int]) -> float:
    """Jaccard's share of common shingles, 0 to 1; 0 when one is empty.

    Not containment: a template that is contained in every decision of a court must not make them one.
    """
    common = len(left & right)
    return common / (len(left) + len(right) - common) if common else 0.0


@lru_cache(maxsize=4)
def simhash(found: frozenset[int]) -> int | None:
    """A signed 64-bit sketch of a set of shingles (SQLite's integer); None of an empty set.

    Equal bodies have equal ones, and alike bodies differ in few bits.
    """
    if not found:
        return None
    # Only hashes that can be among the least are worth sorting; they are spread evenly.
    limit = _MASK // len(found) * 2 * SAMPLE
    mixed = [shingle * _SPREAD & _MASK for shingle in found]
    low = [value for value in mixed if value <= limit]
    sample = sorted(low if len(low) >= SAMPLE else mixed)[:SAMPLE]
    lanes = _lanes()
    # The least hashes have few bits in their upper half: spread them anew.
    spread = b"".join([((value ^ value >> 29) * _SPREAD & _MASK).to_bytes(8, "little") for value in sample])
    half = len(sample) / 2
    sketch = 0
    for position in range(8):
        # One integer counts the eight bits of a byte at once, eight bits a lane: 128 votes fit.
        votes = sum([lanes[byte] for byte in spread[position::8]])
        for bit in range(8):
            sketch |= ((votes >> bit * _LANE & 255) > half) << (8 * position + bit)
    return sketch - (1 << 64) if sketch >> 63 else sketch


@cache
def _lanes() -> tuple[int, ...]:
    """For each byte, its bits moved apart to one lane each."""
    return tuple(sum((byte >> bit & 1) << bit * _LANE for bit in range(8)) for byte in range(256))
