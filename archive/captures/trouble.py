"""What may be wrong with a file of captures, in the words of ``gongkai verify``."""

from __future__ import annotations

from typing import NamedTuple


class Trouble(NamedTuple):
    """One sentence; ``harmless`` when nothing that the database names is touched. ``captures``: the ids of the rows
    whose bytes are in question."""

    file: str
    offset: int
    message: str
    harmless: bool = False
    captures: tuple[int, ...] = ()


def orphans(file: str, first: int, count: int) -> Trouble:
    """``count`` whole captures, the first of them at offset ``first``, that no row names."""
    message = (
        f"{file} has {count} captures from offset {first} on that are not in the database, left by a run that was"
        " killed or is still going on: they are fetched again, and `gongkai verify --repair` gives them their rows"
    )
    return Trouble(file, first, message, harmless=True)
