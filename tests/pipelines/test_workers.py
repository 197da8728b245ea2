"""Extraction in worker processes: what comes back, and what a page that kills its reader takes along."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.bundle import Bundle, Part
from pipelines.extract import extract, file_record
from pipelines.page import Unreadable
from pipelines.workers.pool import WorkerDied, WorkerPool

PAGE = "<html><title>关于防汛工作的通知</title><body><h1>关于防汛工作的通知</h1><p>各乡镇人民政府：请做好防汛。</p></body>"


def bundle(body: bytes = PAGE.encode()) -> Bundle:
    """A page as it comes from a crawl."""
    return Bundle(page=Part("http://example.invalid/t1.html", body, "text/html; charset=utf-8"))


class Poison:
    """Stands for a page that does something to the process that reads it."""

    page = Part("http://example.invalid/poison.html", b"")

    def __init__(self, function: Any, argument: Any):
        self.deed = (function, (argument,))

    def __reduce__(self) -> Any:
        return self.deed


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    """One worker, little patience."""
    workers = WorkerPool(1, patience=3)
    yield workers
    workers.close()


def test_the_record_is_the_one_that_extraction_gives_here(pool: WorkerPool) -> None:
    assert asyncio.run(pool.read(bundle())) == extract(bundle())
    pdf = bundle(b"%PDF-1.7 ...")
    assert asyncio.run(pool.read(pdf, is_file=True)) == file_record(pdf)


def test_what_extraction_raises_comes_back_and_the_worker_goes_on(pool: WorkerPool) -> None:
    with pytest.raises(Unreadable, match="empty"):
        asyncio.run(pool.read(bundle(b"")))
    assert asyncio.run(pool.read(bundle())).title == "关于防汛工作的通知"


def test_a_page_that_ends_its_reader_fails_alone(pool: WorkerPool) -> None:
    async def three() -> list[Any]:
        poison: Any = Poison(os._exit, 3)
        work = (pool.read(bundle()), pool.read(poison), pool.read(bundle()))
        return list(await asyncio.gather(*work, return_exceptions=True))

    first, second, third = asyncio.run(three())
    assert first == third == extract(bundle())
    assert isinstance(second, WorkerDied) and "exit code 3" in str(second)


def test_a_page_that_takes_too_long_is_given_up(pool: WorkerPool) -> None:
    poison: Any = Poison(time.sleep, 60)
    with pytest.raises(WorkerDied, match="longer than 3 s"):
        asyncio.run(pool.read(poison))
    assert asyncio.run(pool.read(bundle())) == extract(bundle())


def test_closing_ends_a_worker_that_is_busy() -> None:
    async def close_while_reading() -> None:
        pool = WorkerPool(1)
        poison: Any = Poison(time.sleep, 60)
        reading = asyncio.ensure_future(pool.read(poison))
        await asyncio.sleep(1)
        started = time.monotonic()
        pool.close()
        assert time.monotonic() - started < 10
        with pytest.raises(WorkerDied):
            await reading

    asyncio.run(close_while_reading())


def test_no_worker_outlives_a_killed_crawl() -> None:
    program = (
        "import asyncio, time\n"
        "from pipelines.workers.pool import WorkerPool\n"
        "from tests.pipelines.test_workers import bundle\n"
        "pool = WorkerPool(1)\n"
        "asyncio.run(pool.read(bundle()))\n"
        "print(*(worker.pid for worker in pool._all), flush=True)\n"
        "time.sleep(60)\n"
    )
    root = Path(__file__).resolve().parents[2]
    crawl = subprocess.Popen([sys.executable, "-c", program], cwd=root, stdout=subprocess.PIPE, text=True)
    assert crawl.stdout is not None
    worker = int(crawl.stdout.readline())
    crawl.kill()
    crawl.wait()
    deadline = time.monotonic() + 20
    while _runs(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(worker)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"
