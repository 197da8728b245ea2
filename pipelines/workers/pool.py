"""The crawl's end of the worker processes: hand a bundle over, wait for its record off the event loop."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from archive.record import Record
from pipelines.bundle import Bundle

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 60.0
"""Hostile pages end by the pipelines' own limits in a few seconds; this holds where those should fail."""
MOST_WORKERS = 2
"""Two keep pages coming while one waits for its next: more only take memory, 50 MB each."""
_START = "import sys; sys.path[:] = {path!r}; from pipelines.workers.child import serve; serve({pipe})"


class WorkerDied(RuntimeError):
    """A page ended the process that read it, or was given up; one sentence."""


class Worker:
    """One process and the pipe to it. Not thread-safe: each of the pool's threads has its own."""

    def __init__(self) -> None:
        self._ending = threading.Lock()
        self._pipe, theirs = multiprocessing.Pipe()
        # Not a fork: the portal's lock, the database and the sockets stay with the crawl.
        code = _START.format(path=sys.path, pipe=theirs.fileno())
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", code],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()  # so that either side sees the other's death

    @property
    def pid(self) -> int:
        """The process, for whoever watches it."""
        return self._process.pid

    def read(self, bundle: Bundle, is_file: bool, patience: float) -> Record:
        """The record; raises what extraction raised, or :class:`WorkerDied`, after which this worker is of no use."""
        try:
            self._pipe.send((bundle, is_file))
            if not self._pipe.poll(patience):
                raise WorkerDied(f"extraction took longer than {patience:.0f} s and was given up")
            answer: Record | Exception = self._pipe.recv()
        except (EOFError, OSError) as error:
            code = self._process.wait()
            raise WorkerDied(f"extraction ended its process ({_ended(code)})") from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def end(self) -> None:
        """End the process, whatever it is doing; may be called by two threads at once."""
        with self._ending:
            self._process.kill()
            self._process.wait()
            if not self._pipe.closed:
                self._pipe.close()


def _ended(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


class WorkerPool:
    """Up to ``size`` workers, each started at the latest with its first page and replaced when a page ends it."""

    def __init__(self, size: int = 1, patience: float = PATIENCE_SECONDS):
        self._size = size
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="extraction")
        self._own = threading.local()
        self._all: set[Worker] = set()
        self._patience = patience
        self._closed = False

    def start(self) -> None:
        """Start the workers now rather than with their first pages."""
        for _ in range(self._size):
            self._threads.submit(self._worker)

    async def read(self, bundle: Bundle, is_file: bool = False) -> Record:
        """The record of ``bundle``; raises what extraction raises, or :class:`WorkerDied` for this page alone."""
        return await asyncio.wrap_future(self.submit(bundle, is_file))

    def submit(self, bundle: Bundle, is_file: bool = False) -> Future[Record]:
        """The same for whoever has no event loop: a future of the record."""
        return self._threads.submit(self._read, bundle, is_file)

    def close(self) -> None:
        """End the workers; pages still with them fail."""
        self._closed = True
        for worker in list(self._all):
            worker.end()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _read(self, bundle: Bundle, is_file: bool) -> Record:
        if self._closed:
            raise WorkerDied("extraction is over")
        worker = self._worker()
        try:
            return worker.read(bundle, is_file, self._patience)
        except WorkerDied as error:
            self._own.worker = None
            self._all.discard(worker)
            worker.end()
            logger.warning("%s: %s", bundle.page.url, error)
            raise

    def _worker(self) -> Worker:
        """This thread's own."""
        worker: Worker | None = getattr(self._own, "worker", None)
        if worker is None:
            worker = self._own.worker = Worker()
            self._all.add(worker)
        return worker


_shared: WorkerPool | None = None


def shared_pool() -> WorkerPool:
    """The pool of this process: portals that are crawled side by side use one."""
    global _shared
    if _shared is None:
        _shared = WorkerPool(min(MOST_WORKERS, os.cpu_count() or 1))
    return _shared


def close_shared_pool() -> None:
    """End the workers of this process, if any began."""
    global _shared
    if _shared is not None:
        _shared.close()
        _shared = None
