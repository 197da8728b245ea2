"""Which documents are worth comparing: those that meet under one number, one body, or one title and a band of the text.

A pure function of the signatures, so that it does not matter when which of them came. The work is bounded: a bucket of
many is not compared all with all.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

from archive.mirrors.sketch import BAND_BYTES, BANDS

MOST = 64
"""Of a larger bucket each document is compared with the first so many (by uid): an instrument on 300 portals. Where
only title and text are alike, a larger bucket is a form (行政处罚决定书) and nothing in it is compared."""

FORM = 1_000
"""Under a number that so many documents have, or with a whole text that they share, nothing is compared: a number that a
portal prints on every page, a page of furniture."""

Signature = tuple[int, str | None, int | None, int | None, bytes | None]
"""Document, number key, title key, body key, bands."""

UidsOf = Callable[[Sequence[int]], dict[int, str]]


def candidates(signatures: Iterable[Signature], uids_of: UidsOf) -> set[tuple[int, int]]:
    """The pairs to judge, the lesser id first; ``uids_of`` is asked only for the documents of large buckets."""
    numbers: dict[object, list[int]] = {}
    bodies: dict[object, list[int]] = {}
    ids, titles, bands = array("q"), array("q"), bytearray()
    for document, number, title, body, marks in signatures:
        if number is not None:
            numbers.setdefault(number, []).append(document)
        if title is None or marks is None:
            continue
        bodies.setdefault((body, title), []).append(document)
        ids.append(document)
        titles.append(title)
        bands += marks
    found: set[tuple[int, int]] = set()
    for bucket in (*numbers.values(), *bodies.values()):
        found.update(_pairs(bucket, uids_of))
    del numbers, bodies
    for band in range(BANDS):
        for bucket in _alike(ids, titles, bands, band):
            if len(bucket) <= MOST:
                found.update(_pairs(bucket, uids_of))
    return found


def _alike(ids: array[int], titles: array[int], bands: bytearray, band: int) -> Iterator[list[int]]:
    """The documents that have title and band in common, where there are two; the first alone costs no list."""
    first: dict[int, int] = {}
    more: dict[int, list[int]] = {}
    width = BANDS * BAND_BYTES
    for place, document in enumerate(ids):
        start = place * width + band * BAND_BYTES
        # One number for both: a title's 64 bits above the band's 32.
        key = titles[place] << 32 | int.from_bytes(bands[start : start + BAND_BYTES], "little")
        known = first.setdefault(key, document)
        if known != document:
            more.setdefault(key, [known]).append(document)
    yield from more.values()


def _pairs(bucket: list[int], uids_of: UidsOf) -> Iterator[tuple[int, int]]:
    if not 2 <= len(bucket) <= FORM:
        return
    if len(bucket) <= MOST:
        yield from combinations(sorted(bucket), 2)
        return
    uids = uids_of(bucket)
    ordered = sorted(bucket, key=lambda document: uids[document])
    for place, one in enumerate(ordered[:MOST]):
        for other in ordered[place + 1 :]:
            yield (one, other) if one < other else (other, one)
