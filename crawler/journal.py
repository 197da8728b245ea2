"""The one way into the archive during a crawl: steps in order, in short transactions, on one thread.

A step is a function of the database. Steps are gathered and committed together; the captures they refer to are
fsynced first, so a committed row never points at bytes that a crash can lose. The event loop never waits for the
disk, and one failing step does not take its neighbours along.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlite_utils import Database

from archive.captures.writer import CaptureWriter
from archive.transaction import transaction

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
Step = Callable[[Database], Any]

BATCH_STEPS = 64
BATCH_SECONDS = 0.15
"""A transaction keeps other writers out: it ends after this long (DESIGN §8: under 200 ms)."""
LINGER_SECONDS = 0.03
"""How long a step may wait for company."""


class Journal:
    """Commits steps of one portal's crawl. Not thread-safe: used from the event loop only."""

    def __init__(self, db: Database, captures: CaptureWriter):
        self._db = db
        self._captures = captures
        self._queue: deque[tuple[Step, asyncio.Future[Any]]] = deque()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._wake = asyncio.Event()
        self._urgent = asyncio.Event()
        self._closing = False
        self._failure: BaseException | None = None
        self._task = asyncio.ensure_future(self._run())

    def add(self, step: Callable[[Database], Result]) -> asyncio.Future[Result]:
        """Queue ``step``; the future holds its result once it is committed, or its exception.

        Raises the failure that stopped the journal (a full disk) once there was one.
        """
        if self._failure is not None:
            raise self._failure
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.append((step, future))
        if len(self._queue) >= BATCH_STEPS:
            self._urgent.set()
        self._wake.set()
        return future

    async def commit(self, step: Callable[[Database], Result]) -> Result:
        """Queue ``step`` and wait until it is on disk, without lingering."""
        future = self.add(step)
        self._urgent.set()
        return await future

    @property
    def failure(self) -> BaseException | None:
        """What stopped the journal (a full disk), after which nothing is archived any more."""
        return self._failure

    @property
    def waiting(self) -> int:
        """Steps that are not committed yet."""
        return len(self._queue)

    async def close(self) -> None:
        """Commit what is queued and stop the thread; raises what stopped the journal before, if anything did."""
        self._closing = True
        self._urgent.set()
        self._wake.set()
        await self._task
        self._thread.shutdown(wait=True)
        if self._failure is not None:
            raise self._failure

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while not (self._closing and not self._queue):
            await self._wake.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._urgent.wait(), LINGER_SECONDS)
            if not self._closing:
                self._urgent.clear()
            self._wake.clear()
            batch = [self._queue.popleft() for _ in range(min(len(self._queue), BATCH_STEPS))]
            if self._queue or self._closing:
                self._wake.set()
            if not batch:
                continue
            try:
                outcomes = await loop.run_in_executor(self._thread, self._write, [step for step, _ in batch])
            except Exception as error:  # the disk, not a step
                self._stop(error, batch)
                return
            for (_, future), (result, failure) in zip(batch, outcomes, strict=True):
                if future.cancelled():
                    continue
                if failure is None:
                    future.set_result(result)
                else:
                    future.set_exception(failure)

    def _stop(self, error: BaseException, batch: list[tuple[Step, asyncio.Future[Any]]]) -> None:
        self._failure = error
        for _, future in [*batch, *self._queue]:
            if not future.done():
                future.set_exception(error)
                future.exception()  # the failure is reported once, by close()
        self._queue.clear()

    def _write(self, steps: list[Step]) -> list[tuple[Any, Exception | None]]:
        """On the journal's thread: captures first, then the steps in transactions of bounded length."""
        self._captures.sync()
        outcomes: list[tuple[Any, Exception | None]] = []
        while len(outcomes) < len(steps):
            outcomes += self._write_some(steps[len(outcomes) :])
        return outcomes

    def _write_some(self, steps: list[Step]) -> list[tuple[Any, Exception | None]]:
        done: list[tuple[Any, Exception | None]] = []
        ends = time.monotonic() + BATCH_SECONDS
        try:
            with transaction(self._db):
                for step in steps:
                    done.append((step(self._db), None))
                    if time.monotonic() > ends:
                        break
        except OSError:
            raise
        except Exception as error:
            if _is_disk(error):
                raise
            if not done and len(steps) >= 1:
                logger.error("a step could not be archived: %s", error, exc_info=error)
                return [(None, error)]
            # The step after the good ones failed and took their transaction along: commit them alone.
            return self._write_some(steps[: len(done)])
        return done


def _is_disk(error: Exception) -> bool:
    """Whether SQLite failed for the disk's sake (full, read-only, I/O), which no other step would survive."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and (code & 0xFF) in (
        8,
        10,
        13,
        14,
        11,
        26,
    )  # READONLY, IOERR, FULL, CANTOPEN, CORRUPT, NOTADB
