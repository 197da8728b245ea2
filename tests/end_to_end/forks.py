"""A process that has imported the whole project and forks a command at a time: half a second saved for each.

A command so started is a process of its own, with its own pid, environment, files and exit code; what it lacks is the
time that ``import scrapy`` takes. With ``GONGKAI_TEST_FORKS=0``, and where a test says so, commands are started anew.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

WANTED: Final = os.environ.get("GONGKAI_TEST_FORKS") != "0"
_MODULE = "tests.end_to_end.forks"
_LONGEST = 1 << 20


class Forked:
    """A command that runs: as much of :class:`subprocess.Popen` as the tests use."""

    def __init__(self, status: int, pid: int):
        self.pid = pid
        self.returncode: int | None = None
        self._status = status

    def poll(self) -> int | None:
        """Its exit code, the negative number of the signal that ended it, or nothing yet."""
        try:
            return self.wait(timeout=0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises :class:`subprocess.TimeoutExpired`."""
        if self.returncode is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("gongkai", timeout or 0)
            (self.returncode,) = struct.unpack("i", os.read(self._status, 4))
            os.close(self._status)
        return self.returncode

    def send_signal(self, by: int) -> None:
        """Signal it, if it is still there."""
        if self.poll() is None:
            os.kill(self.pid, by)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class Forks:
    """The test's end: starts the process with the first command."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None

    def start(self, words: Sequence[str], environment: Mapping[str, str], out: int, err: int) -> Forked:
        """Run ``gongkai`` with these words; its output goes to the two descriptors."""
        ours, theirs = os.pipe()
        asked = json.dumps(
            {"words": list(words), "environment": dict(environment), "cwd": str(Path.cwd())}
        ).encode()
        assert len(asked) < _LONGEST
        socket.send_fds(self._server(), [asked], [out, err, theirs])
        os.close(theirs)
        (pid,) = struct.unpack("i", os.read(ours, 4))
        return Forked(ours, pid)

    def run(
        self, words: Sequence[str], environment: Mapping[str, str], out: int, err: int, timeout: float
    ) -> int:
        """Run it to its end; the exit code."""
        command = self.start(words, environment, out, err)
        try:
            return command.wait(timeout)
        finally:
            command.kill()

    def _server(self) -> socket.socket:
        if self._socket is None:
            self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            subprocess.Popen(
                [sys.executable, "-c", f"from {_MODULE} import serve; serve({theirs.fileno()})"],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "LANG": "C.UTF-8"},
            )
            theirs.close()  # so that its end is the end of the other
        return self._socket


def serve(descriptor: int) -> None:
    """Fork for each message until the test process is gone; in the fork, run the command and end."""
    import crawler.cli

    for package in ("crawler", "pipelines", "archive"):
        for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)
    assert "twisted.internet.reactor" not in sys.modules
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    control = socket.socket(fileno=descriptor)
    while True:
        message, received, _, _ = socket.recv_fds(control, _LONGEST, 3)
        if not message:
            return
        if os.fork() == 0 and _command(control, json.loads(message), received):
            sys.exit(crawler.cli.main())
        for one in received:
            os.close(one)


def _command(control: socket.socket, asked: dict[str, object], received: list[int]) -> bool:
    """In a fork: fork again, tell the pid and, at its end, the exit code. True in the inner one, made ready."""
    out, err, status = received
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    control.close()
    if pid := os.fork():
        os.close(out)
        os.close(err)
        os.write(status, struct.pack("i", pid))
        os.write(status, struct.pack("i", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
        os._exit(0)
    os.close(status)
    for target, source in ((1, out), (2, err)):
        os.dup2(source, target)
        os.close(source)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    environment, words = asked["environment"], asked["words"]
    assert isinstance(environment, dict) and isinstance(words, list)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(str(asked["cwd"]))
    sys.argv = ["gongkai", *words]
    return True
