"""The search index is rebuilt in short transactions: broken off, gone on with, and written to by others meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlite_utils import Database

from archive import batches
from archive.prepare import prepare
from archive.search import (
    IndexOutdated,
    check_index,
    fts_row,
    index_document,
    index_later,
    rebuild_index,
    search,
)
from archive.search.index import rebuilt_to
from archive.transaction import NestedTransaction, connect, transaction

AT = "2026-11-23T00:00:00Z"


class Killed(Exception):
    """As good as SIGKILL to a transaction: what was not committed is gone."""


@pytest.fixture
def db(make: SimpleNamespace, tmp_path: Path) -> Iterator[Database]:
    db = make.archive(tmp_path / "gongkai.db")
    yield db
    db.close()


@pytest.fixture
def half(db: Database, make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Six documents; the rebuilding of the index was killed when it had committed two and begun the third."""
    documents = [make.document(db, title=f"第{name}号公告") for name in "一二三四五六"]
    monkeypatch.setattr(batches, "BATCH_SECONDS", 0)  # a transaction each
    monkeypatch.setattr(batches, "PAUSE_SECONDS", 0)

    def kill(count: int) -> None:
        if count == 3:
            raise Killed

    with pytest.raises(Killed):
        rebuild_index(db, kill)
    return documents


def test_an_index_that_is_not_whole_says_so(db: Database, half: list[int]) -> None:
    assert rebuilt_to(db) == half[1]
    with pytest.raises(IndexOutdated, match="verify --repair"):
        search(db, "公告")
    assert "verify --repair" in check_index(db)[0]


def test_it_goes_on_where_it_was(db: Database, half: list[int]) -> None:
    assert rebuild_index(db) == 4
    assert check_index(db) == []
    assert search(db, "公告").total == 6


def test_any_writer_finishes_it(db: Database, half: list[int]) -> None:
    prepare(db, AT)
    assert check_index(db) == []


def test_others_write_meanwhile(db: Database, half: list[int]) -> None:
    """A change to a document that was indexed already, and to one that was not."""
    for document in (half[0], half[4]):
        with transaction(db):
            old = fts_row(db, document)
            db["documents"].update(document, {"title": "另一个标题"})
            index_document(db, document, fts_row(db, document), old)
    with transaction(db):
        old = fts_row(db, half[5])
        db["documents"].update(half[5], {"revision_id": None})
        index_document(db, half[5], None, old)
    assert rebuild_index(db) == 3
    assert check_index(db) == []
    assert search(db, "另一").total == 2


def test_one_that_another_process_finishes_is_finished(db: Database, half: list[int]) -> None:
    other = connect(db.conn.execute("PRAGMA database_list").fetchone()[2])
    pauses = iter([lambda: rebuild_index(other)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("archive.batches.time.sleep", lambda seconds: next(pauses, int)())
        assert rebuild_index(db) == 1
    assert check_index(db) == check_index(other) == []
    assert rebuild_index(other) == 6, "a whole index is made anew when that is asked for"
    other.close()


def test_many_at_once_are_indexed_after_their_transaction(db: Database, make: SimpleNamespace) -> None:
    first = make.document(db, title="第一号公告")
    with transaction(db):
        index_later(db, first)
    for name in "二三":
        make.document(db, title=f"第{name}号公告")
    with pytest.raises(IndexOutdated):
        search(db, "公告")
    assert rebuild_index(db) == 2, "only those that were left"
    assert check_index(db) == []
    assert search(db, "公告").total == 3


def test_not_inside_a_transaction(db: Database) -> None:
    with transaction(db), pytest.raises(NestedTransaction):
        rebuild_index(db)
