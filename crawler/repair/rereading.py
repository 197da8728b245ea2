"""After a repair: what is held back is read again, so that only what really changed is left of it."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from datetime import date, datetime, time
from typing import NamedTuple

from sqlite_utils import Database

from archive.batches import in_batches
from archive.captures.reader import DamagedCapture
from archive.history.quarantine.pairs import held_back_count, revisions_to_read
from archive.layout import DataDirectory
from archive.writer import WouldLose, replace_record
from crawler import clock
from crawler.portals.model import Portal
from crawler.reextraction import NoPage, archived_record
from pipelines.page import Unreadable


class Reread(NamedTuple):
    """How many revisions were ``held`` back, and how many are ``left``: of new documents, and of real edits."""

    held: int
    left: int


def read_again(db: Database, data: DataDirectory, portal: Portal, since: date, at: str) -> Reread:
    """Read every revision of the portal that is held back, or was seen from ``since`` on, with its file as it is now.

    The caller holds the lock. A held back one that says what its address said before the redesign is deleted (DESIGN
    §4); the next good visit settles the rest.
    """
    begins = clock.stamp(datetime.combine(since, time(), clock.SHANGHAI))
    held = held_back_count(db, portal.id)
    waiting = deque(revisions_to_read(db, portal.id, begins))

    def step() -> bool:
        if waiting:
            revision_id = waiting.popleft()
            # One that cannot be read stays as it is; `gongkai verify` and `gongkai reextract` say why.
            with suppress(DamagedCapture, NoPage, Unreadable, WouldLose):
                replace_record(db, revision_id, archived_record(db, data, portal, revision_id), at=at)
        return bool(waiting)

    in_batches(db, step)
    return Reread(held, held_back_count(db, portal.id))
