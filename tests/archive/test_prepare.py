"""An archive with an index of another version is made searchable again."""

from __future__ import annotations

import pytest
from sqlite_utils import Database

from archive.prepare import prepare
from archive.search import IndexOutdated, search, search_version
from archive.transaction import transaction

AT = "2026-11-23T00:00:00Z"


def test_an_index_of_another_version_is_rebuilt(db: Database) -> None:
    prepare(db, AT)
    version = search_version(db)
    with transaction(db):
        db.execute("UPDATE archive_info SET value = 'older' WHERE key = 'search_version'")
    with pytest.raises(IndexOutdated):
        search(db, "公开")
    prepare(db, AT)
    assert search_version(db) == version
    assert search(db, "公开").total == 0
