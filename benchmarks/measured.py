"""One command run as a whole process: its wall time, processor time and the memory of its largest moment."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """``seconds`` on the wall, ``cpu`` seconds of the process, ``peak_mb`` its largest resident set."""

    seconds: float
    cpu: float
    peak_mb: float


class CommandFailed(RuntimeError):
    """The measured command did not end well; its last output is in the message."""


def measure(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Measured:
    """Run ``command`` to its end; raises :class:`CommandFailed` unless it exits 0.

    The operating system accounts for the finished process (``wait4``), so nothing inside it is trusted.
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
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise CommandFailed(f"{' '.join(command)} exited {process.returncode}: {complaint[-2000:]}")
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
