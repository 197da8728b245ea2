"""One command run with the processes that it starts: wall time, processor time, and memory at its largest moment."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Measured:
    """``seconds`` on the wall, ``cpu`` seconds of the process, ``peak_mb`` the largest resident sets together.

    Both count the processes that it started; what two share is counted twice.
    """

    seconds: float
    cpu: float
    peak_mb: float


class CommandFailed(RuntimeError):
    """The measured command did not end well; its last output is in the message."""


def measure(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Measured:
    """Run ``command`` to its end; raises :class:`CommandFailed` unless it exits 0.

    The operating system accounts for the finished process and its children (``wait4``), so nothing inside is trusted;
    the memory of several processes at one moment is looked at ten times a second (Linux).
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    memory = _Memory(process.pid)
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    peak_mb = max(memory.stop(), usage.ru_maxrss / 1024)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise CommandFailed(f"{' '.join(command)} exited {process.returncode}: {complaint[-2000:]}")
    return Measured(seconds, usage.ru_utime + usage.ru_stime, peak_mb)


class _Memory(threading.Thread):
    """Watches the resident sets of a process and its children until told to stop."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self._pid = pid
        self._peak = 0.0
        self._over = threading.Event()
        self.start()

    def run(self) -> None:
        """Look, and keep the largest sum."""
        while not self._over.wait(_LOOK_SECONDS):
            self._peak = max(self._peak, _resident_mb(self._pid))

    def stop(self) -> float:
        """End; the largest sum in MB, 0 where the system does not tell."""
        self._over.set()
        self.join()
        return self._peak


def _resident_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):  # it is over, or this is not Linux
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20 + sum(map(_resident_mb, children))
