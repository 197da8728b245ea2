"""One child process of a night: started, listened to, ended in time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable

from archive.layout import DataDirectory
from crawler import clock
from crawler.nightly.outcome import PortalNight, outcome_of
from crawler.portals.model import Portal

GRACE_SECONDS = 7.0
"""From SIGTERM to SIGKILL; a crawl gives what is on the wire four seconds."""
STALLED_SECONDS = 900.0
"""A crawl says something every half minute; one that is silent for so long hangs in itself."""
LINE_BYTES = 64 * 1024
OUT_BYTES = 8 * 1024 * 1024


class ChildProcess:
    """Crawls ``portal`` for the night; ``say`` gets each line of its stderr."""

    def __init__(
        self, portal: Portal, data: DataDirectory, words: list[str], say: Callable[[str, str], None]
    ):
        self.portal = portal
        self._words = [
            sys.executable, "-m", "crawler.nightly.child", portal.id, "--data", str(data.root), *words
        ]  # fmt: skip
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._ended: str | None = None
        self._last_line = ""
        self._heard = clock.monotonic()

    async def run(self, limit: float) -> PortalNight:
        """Run it to its end, at the most ``limit`` seconds."""
        began = self._heard = clock.monotonic()
        environment = dict(os.environ)
        if environment.get("GONGKAI_NOW"):
            environment["GONGKAI_NOW"] = clock.now().isoformat()  # it has gone on since
        process = self._process = await asyncio.create_subprocess_exec(
            *self._words,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LINE_BYTES,
            start_new_session=True,  # Ctrl-C is the parent's to pass on, and its workers end with it
        )
        if self._ended is not None:
            self._signal(signal.SIGTERM)
        watch = asyncio.ensure_future(self._watch(began + limit))
        try:
            out, _, code = await asyncio.gather(self._output(process), self._listen(process), process.wait())
        finally:
            watch.cancel()
            self._signal(signal.SIGKILL)  # whoever is left of its group
        return outcome_of(
            self.portal.id, self.portal.name, code=code, out=out, last_line=self._last_line, ended=self._ended,
            seconds=clock.monotonic() - began,
        )  # fmt: skip

    def end(self, why: str) -> None:
        """Tell it to end, and see to it that it does."""
        if self._ended is not None:
            return
        self._ended = why
        self._signal(signal.SIGTERM)
        asyncio.get_running_loop().call_later(GRACE_SECONDS, self._signal, signal.SIGKILL)

    async def _watch(self, ends: float) -> None:
        while True:
            await asyncio.sleep(0.5)
            if clock.monotonic() > ends:
                self.end("limit")
            elif clock.monotonic() - self._heard > STALLED_SECONDS:
                self.end("stalled")

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        while True:
            try:
                line = await process.stderr.readline()
            except ValueError:  # longer than LINE_BYTES: nothing for a person
                continue
            if not line:
                return
            self._heard = clock.monotonic()
            text = "".join(char for char in line.decode("utf-8", "replace").strip() if char.isprintable())
            if text:
                self._last_line = text
                self._say(self.portal.id, text)

    async def _output(self, process: asyncio.subprocess.Process) -> str:
        assert process.stdout is not None
        kept = b""
        while chunk := await process.stdout.read(LINE_BYTES):
            kept = (kept + chunk)[-OUT_BYTES:]
        return kept.decode("utf-8", "replace")

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if number == signal.SIGTERM:
                self._process.send_signal(number)  # its workers end with it
            else:
                os.killpg(self._process.pid, number)
