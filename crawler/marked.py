"""A set of row ids that takes a bit for each: a crawl of 300,000 documents must not remember them one object a piece."""

from __future__ import annotations

from collections.abc import Iterable


class Marked:
    """Ids that were met; ``len`` counts them. An id is a row's, so not negative and about as large as its table."""

    def __init__(self) -> None:
        self._bits = bytearray()
        self._count = 0

    def add(self, number: int) -> None:
        """Mark one; again is nothing."""
        place, bit = number >> 3, 1 << (number & 7)
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits)))
        if not self._bits[place] & bit:
            self._bits[place] |= bit
            self._count += 1

    def update(self, numbers: Iterable[int]) -> None:
        """Mark several."""
        for number in numbers:
            self.add(number)

    def __contains__(self, number: int) -> bool:
        place = number >> 3
        return place < len(self._bits) and bool(self._bits[place] & 1 << (number & 7))

    def __len__(self) -> int:
        return self._count
