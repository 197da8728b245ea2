"""Long work in short transactions, so that other processes write in between (DESIGN §8: under 200 ms)."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlite_utils import Database

from archive.transaction import transaction

BATCH_SECONDS = 0.08
"""After this long no further step is begun in a transaction; what remains of the 200 ms is for the last step and the
commit's fsync."""

PAUSE_SECONDS = 0.025
"""Between two transactions. SQLite has no queue: who waits looks again after up to 100 ms, and would find the next
transaction begun."""


def in_batches(db: Database, step: Callable[[], bool]) -> None:
    """Call ``step`` until it returns False, in transactions of bounded length.

    Each step is whole in itself and says in the database where it is: after a kill the work goes on where the last
    commit was, and other writers may have changed anything between two steps. Raises what ``step`` raises; the steps
    of its transaction are undone then.
    """
    going_on = True
    while going_on:
        with transaction(db):
            ends = time.monotonic() + BATCH_SECONDS
            going_on = step()
            while going_on and time.monotonic() < ends:
                going_on = step()
        if going_on:
            time.sleep(PAUSE_SECONDS)
