"""A reader in a process of its own: a file that kills it, fills it or never ends costs that file alone."""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from pipelines.files import ocr
from pipelines.files.model import SECONDS, FileText
from pipelines.files.read import file_text

MOST_GROWTH = 200 << 20
"""Bytes of memory that reading one file may take beyond the process and the file."""
GRACE = 30.0
"""Seconds beyond the reader's own limit: for one page, row or program that does not look at the clock."""
_START = "import sys; sys.path[:] = {path!r}; from pipelines.files.process import serve; serve({pipe})"


class FileReader:
    """One process and the pipe to it, begun with the first file and replaced when a file ends it."""

    def __init__(self, patience: float | None = None):
        """``patience``: seconds for one file; None: the reader's own limits and :data:`GRACE`."""
        longest = SECONDS
        if ocr.recogniser() is not None:
            longest += ocr.SECONDS + ocr.PAGE_SECONDS
        self._patience = longest + GRACE if patience is None else patience
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._folder: TemporaryDirectory[str] | None = None

    def __enter__(self) -> FileReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @property
    def pid(self) -> int | None:
        """The process, for whoever watches it."""
        return self._process.pid if self._process else None

    def read(self, body: bytes, media_type: str | None = None, name: str = "") -> FileText:
        """:func:`pipelines.files.file_text`, or ``failed`` where the file ended the process or its time."""
        pipe = self._pipe or self._begin()
        try:
            pipe.send((body, media_type, name))
            if not pipe.poll(self._patience):
                self.end()
                return FileText(
                    "", "failed", f"reading took longer than {self._patience:.0f} s and was given up"
                )
            found = pipe.recv()
        except (EOFError, OSError):
            code = self._process.wait() if self._process else 0
            self.end()
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            return FileText("", "failed", f"reading it ended the reader's process ({how})")
        assert isinstance(found, FileText)
        return found

    def end(self) -> None:
        """End the process and the programs that it started, and take away what they left."""
        if self._process is not None:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._pipe is not None:
            self._pipe.close()
        if self._folder is not None:
            self._folder.cleanup()
        self._process = self._pipe = self._folder = None

    def _begin(self) -> Connection:
        ours, theirs = multiprocessing.Pipe()
        self._folder = TemporaryDirectory(prefix="gongkai-files-")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START.format(path=sys.path, pipe=theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "TMPDIR": self._folder.name},
        )
        theirs.close()  # so that either side sees the other's death
        self._pipe = ours
        return ours


def serve(pipe: int) -> None:
    """Answer each file on the connection of that descriptor; ends when the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    with Connection(pipe) as connection:
        while True:
            try:
                body, media_type, name = connection.recv()
            except EOFError:
                return
            bound(MOST_GROWTH)
            found = file_text(body, media_type, name)
            del body
            bound(None)
            try:
                connection.send(found)
            except BrokenPipeError:
                return


def bound(growth: int | None) -> None:
    """Let this process's memory grow by so many bytes from now on; None: as the system allows."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    soft = hard
    statm = Path("/proc/self/statm")
    if growth is not None and statm.exists():  # Linux: elsewhere only time is bounded
        soft = int(statm.read_text().split()[0]) * resource.getpagesize() + growth
        if hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
