"""archive.transaction: several processes write at once and lose nothing; a failed block leaves nothing."""

from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from archive.transaction import NestedTransaction, connect, transaction


def _write(path: Path, worker: int, batches: int) -> None:
    db = connect(path)
    for batch in range(batches):
        with transaction(db):
            # Read first: in a deferred transaction this is what gets refused.
            seen = db.conn.execute("SELECT count(*) FROM t").fetchone()[0]
            db["t"].insert_all({"worker": worker, "batch": batch, "seen": seen} for _ in range(5))
    db.close()


def test_four_processes_write_at_once_and_lose_nothing(tmp_path):
    path = tmp_path / "a.db"
    db = connect(path)
    with transaction(db):
        db.conn.execute("CREATE TABLE t(worker INTEGER, batch INTEGER, seen INTEGER)")
    context = multiprocessing.get_context("fork")  # a spawned one would have to import this file
    workers = [context.Process(target=_write, args=(path, number, 40)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert db.conn.execute("SELECT count(*), count(DISTINCT worker || '/' || batch) FROM t").fetchone() == (
        800,
        160,
    )
    # Each batch saw a multiple of five: none was written inside another.
    assert db.conn.execute("SELECT count(*) FROM t WHERE seen % 5").fetchone() == (0,)


@pytest.fixture
def db(tmp_path):
    db = connect(tmp_path / "a.db")
    with transaction(db):
        db.conn.execute("CREATE TABLE t(x INTEGER PRIMARY KEY, parent INTEGER REFERENCES t(x))")
    return db


def test_settings(db):
    pragma = {name: db.conn.execute(f"PRAGMA {name}").fetchone()[0] for name in
              ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")}  # fmt: skip
    assert pragma == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 60_000, "synchronous": 2}


def test_a_failed_block_or_commit_leaves_nothing(db):
    with pytest.raises(ZeroDivisionError), transaction(db):
        db["t"].insert({"x": 1})
        raise ZeroDivisionError
    with pytest.raises(sqlite3.IntegrityError), transaction(db):
        db.conn.execute("PRAGMA defer_foreign_keys=ON")
        db["t"].insert({"x": 1, "parent": 9})
    assert not db.conn.in_transaction
    assert db["t"].count == 0


def test_nesting_is_refused_and_atomic_is_a_savepoint_inside(db):
    with transaction(db):
        with pytest.raises(NestedTransaction), transaction(db):
            pass
        db["t"].insert({"x": 1})
        with pytest.raises(ZeroDivisionError), db.atomic():
            db["t"].insert({"x": 2})
            raise ZeroDivisionError
    assert [row["x"] for row in db["t"].rows] == [1]


def test_readonly_reads_and_never_writes(db, tmp_path):
    reader = connect(tmp_path / "a.db", readonly=True)
    with transaction(db):
        db["t"].insert({"x": 1})
    assert reader["t"].count == 1
    with pytest.raises(sqlite3.OperationalError):
        reader.conn.execute("DELETE FROM t")
    with pytest.raises(sqlite3.OperationalError, match=r"none\.db"):
        connect(tmp_path / "none.db", readonly=True)
    assert not (tmp_path / "none.db").exists()


def test_what_is_no_database_is_refused_by_name(tmp_path):
    path = tmp_path / "a.db"
    path.write_bytes(b"<html>" * 1000)
    for readonly in (False, True):
        with pytest.raises(sqlite3.DatabaseError, match=r"a\.db: file is not a database"):
            connect(path, readonly=readonly)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        connect(tmp_path / "nowhere" / "a.db")


def test_a_full_disk_is_an_error_and_takes_the_batch_back(db):
    db.conn.execute(f"PRAGMA max_page_count={db.conn.execute('PRAGMA page_count').fetchone()[0] + 2}")
    with pytest.raises(sqlite3.OperationalError, match="full"), transaction(db):
        db["t"].insert_all({"x": number} for number in range(100_000))
    assert not db.conn.in_transaction
    assert db["t"].count == 0
