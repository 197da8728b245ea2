"""An archive made ready for writing: its schema brought up to date, its search index rebuilt where this code needs it."""

from __future__ import annotations

from sqlite_utils import Database

from archive.migrations import migrate
from archive.search import SEARCH_VERSION, rebuild_index, search_version


def prepare(db: Database, at: str) -> None:
    """Create or migrate the archive in ``db``; raises ``NewerDatabase`` and ``NotAnArchive`` as :func:`migrate` does.

    A search index of another version is rebuilt: its tokens are others, and a row can only be taken out with the
    exact tokens that went in. One that was broken off is finished.
    """
    migrate(db, at)
    if search_version(db) != SEARCH_VERSION:
        rebuild_index(db)
