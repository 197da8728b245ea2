"""Work on many rows in pieces: each step is short, whole in itself, and what is left can be found again."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlite_utils import Database

from archive.batches import in_batches

Step = Callable[[Database], None]
"""Writes, inside a transaction. The next one is worked out when it is done."""

BATCH = 4
"""Revisions in one step. Measured, one costs 5 to 8 ms, nearly all of it the search index (DESIGN §8: under 200 ms)."""


def run(db: Database, steps: Iterable[Step]) -> None:
    """Do the steps in transactions of bounded length, or in the caller's where he has one open."""
    following = iter(steps)

    def step() -> bool:
        one = next(following, None)
        if one is not None:
            one(db)
        return one is not None

    if not db.conn.in_transaction:
        in_batches(db, step)
        return
    while step():
        pass
