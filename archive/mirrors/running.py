"""Comparing texts at the end of another command, which has changed them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from sqlite_utils import Database

from archive.layout import DataDirectory
from archive.lock import PortalLocked, portal_lock
from archive.mirrors.update import Updated, update_mirrors

LOCK = "mirrors"
"""Held while texts are compared: two at once would do the same work."""


class _TimeIsUp(Exception):
    """The rest is the next run's."""


def bring_up_to_date(
    db: Database, data: DataDirectory, holder: str, stop: Callable[[], bool] = lambda: False
) -> Updated | None:
    """:func:`update_mirrors` unless another process does it; None then, and where ``stop`` ended it before its end.

    ``holder`` is the command. Raises ``sqlite3.OperationalError`` when the archive cannot be written.
    """

    def look(what: str, done: int, total: int | None) -> None:
        if stop():
            raise _TimeIsUp

    with suppress(PortalLocked, _TimeIsUp), portal_lock(data, LOCK, holder):
        return update_mirrors(db, progress=look)
    return None
