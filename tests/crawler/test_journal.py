"""The journal: steps in order, captures first, one failing step alone, a full disk for all."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from archive.transaction import connect
from crawler import journal
from crawler.journal import Journal


class Captures:
    """Stands where the WARC writer does; notes what had been committed at each fsync."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.committed_at_sync: list[int] = []

    def sync(self) -> None:
        rows = sqlite3.connect(self.path).execute("SELECT count(*) FROM t").fetchone()[0]
        self.committed_at_sync.append(rows)


def run(path: Path, work: Any) -> tuple[list[int], Captures]:
    db = connect(path)
    db.execute("CREATE TABLE t(n INTEGER PRIMARY KEY)")
    captures = Captures(path)

    async def main() -> None:
        await work(Journal(db, captures))  # type: ignore[arg-type]

    asyncio.run(main())
    return [row[0] for row in sqlite3.connect(path).execute("SELECT n FROM t ORDER BY rowid")], captures


def insert(n: int) -> Any:
    def step(db: Database) -> int:
        db.execute("INSERT INTO t VALUES (?)", [n])
        return n

    return step


def test_steps_are_committed_in_order_and_give_their_results(tmp_path: Path) -> None:
    results: list[int] = []

    async def work(book: Journal) -> None:
        futures = [book.add(insert(n)) for n in range(200)]
        results.extend(await asyncio.gather(*futures))
        await book.close()

    rows, _ = run(tmp_path / "a.db", work)
    assert rows == results == list(range(200))


def test_captures_reach_the_disk_before_the_rows_that_refer_to_them(tmp_path: Path) -> None:
    async def work(book: Journal) -> None:
        await book.commit(insert(1))
        await book.commit(insert(2))
        await book.close()

    _, captures = run(tmp_path / "a.db", work)
    assert captures.committed_at_sync == [0, 1]


def test_one_failing_step_takes_no_other_along(tmp_path: Path) -> None:
    async def work(book: Journal) -> None:
        good, twice, after = book.add(insert(1)), book.add(insert(1)), book.add(insert(2))
        assert await good == 1
        with pytest.raises(sqlite3.IntegrityError):
            await twice
        assert await after == 2
        await book.close()

    rows, _ = run(tmp_path / "a.db", work)
    assert rows == [1, 2]


def test_closing_commits_what_is_queued(tmp_path: Path) -> None:
    async def work(book: Journal) -> None:
        book.add(insert(7))
        await book.close()

    rows, _ = run(tmp_path / "a.db", work)
    assert rows == [7]


def test_a_full_disk_stops_it_and_is_reported_by_all_who_wait(tmp_path: Path) -> None:
    def full(db: Database) -> None:
        db.execute("PRAGMA max_page_count=1")
        db.execute("CREATE TABLE big AS SELECT randomblob(100000) AS b")

    async def work(book: Journal) -> None:
        await book.commit(insert(1))
        failing, waiting = book.add(full), book.add(insert(2))
        for future in (failing, waiting):
            with pytest.raises(sqlite3.OperationalError, match="full"):
                await future
        with pytest.raises(sqlite3.OperationalError, match="full"):
            book.add(insert(3))
        with pytest.raises(sqlite3.OperationalError, match="full"):
            await book.close()

    rows, _ = run(tmp_path / "a.db", work)
    assert rows == [1]


def test_a_transaction_ends_before_it_keeps_others_out_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "BATCH_SECONDS", 0.0)
    seen: list[int] = []

    def look(db: Database) -> None:
        seen.append(sqlite3.connect(tmp_path / "a.db").execute("SELECT count(*) FROM t").fetchone()[0])

    async def work(book: Journal) -> None:
        await asyncio.gather(book.add(insert(1)), book.add(insert(2)), book.add(look))
        await book.close()

    run(tmp_path / "a.db", work)
    assert seen == [2]  # both were committed before the third step began
