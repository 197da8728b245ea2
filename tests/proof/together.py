"""Several processes on one archive at once: crawling, re-extracting, serving, searching, verifying, backing up."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

from tests.end_to_end.runner import TIMEOUT, Gongkai

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Together:
    """What ran how often; ``failures`` are a text each; ``waited`` and ``held`` seconds of the writers' transactions."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    held: list[float] = field(default_factory=list)

    def summary(self) -> str:
        """One line for a report."""
        held, waited = sorted(self.held), sorted(self.waited)
        place = len(held) * 99 // 100
        return (
            f"{dict(self.counts)}; {len(held)} transactions, held {held[place] * 1000:.0f} ms (99 %),"
            f" {held[-1] * 1000:.0f} ms at most; waited {waited[place] * 1000:.0f} ms (99 %), {waited[-1] * 1000:.0f} ms"
            " at most"
        )


class _Users:
    """Runs verbs in threads until ``ends``."""

    def __init__(self, gongkai: Gongkai, seconds: float, folder: Path):
        self.gongkai, self.found = gongkai, Together()
        self._ends = time.monotonic() + seconds
        self._folder = folder
        self._lock = threading.Lock()

    def goes_on(self) -> bool:
        return time.monotonic() < self._ends and not self.found.failures

    def run(
        self, *words: str, codes: tuple[int, ...] = (0,), name: str = "", data: Path | None = None
    ) -> None:
        """One verb to its end, timed; a code that is not expected, or the words "is locked", is a failure."""
        report = self._folder / f"{threading.get_ident()}.times"
        command = [sys.executable, "-m", "tests.proof.timed", str(report), "--", *words]
        environment = Gongkai(data or self.gongkai.data).environment(PYTHONPATH=str(ROOT))
        done = subprocess.run(
            command,
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=4 * TIMEOUT,
            check=False,
        )
        said = f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        with self._lock:
            self.found.counts[name or words[0]] += 1
            if done.returncode not in codes or "is locked" in said or "Traceback" in said:
                self.found.failures.append(f"{' '.join(words)}: exit {done.returncode}\n{said}")

    def add_times(self) -> None:
        for path in self._folder.glob("*.times"):
            for line in path.read_text(encoding="utf-8").splitlines():
                waited, held = map(float, line.split())
                self.found.waited.append(waited)
                self.found.held.append(held)


def run_together(gongkai: Gongkai, portals: list[str], seconds: float, folder: Path) -> Together:
    """One writer a portal, a searcher, a verifier, a reader of the pages and a backup, for so many seconds each.

    The archive must be there. The backup, in ``folder / "backup"``, is verified after each time.
    """
    users = _Users(gongkai, seconds, folder)
    backup = folder / "backup"

    def write(portal: str) -> None:
        for words in cycle(
            (
                ["backfill", portal, "--limit", "40"],
                ["reextract", "--portal", portal],
                ["crawl", portal, "--revisit", "40"],
            )
        ):
            if not users.goes_on():
                return
            users.run(*words)

    def search() -> None:
        while users.goes_on():
            users.run("search", "公开", "--json")

    def check() -> None:
        while users.goes_on():
            users.run("verify", "--json")

    def back_up() -> None:
        while users.goes_on():
            users.run("backup", str(backup))
            users.run("verify", "--json", name="verify the backup", data=backup)

    def read(url: str) -> None:
        while users.goes_on():
            for path in ("", "gongkai", "gongkai/documents"):
                with urllib.request.urlopen(url + path, timeout=60) as answer:
                    assert answer.status == 200
            users.found.counts["pages"] += 3

    tasks: list[Callable[[], None]] = [search, check, back_up]
    tasks += [lambda portal=portal: write(portal) for portal in portals]  # type: ignore[misc]
    with served(gongkai) as url:
        tasks.append(lambda: read(url))
        threads = [threading.Thread(target=_noting(task, users.found)) for task in tasks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    users.add_times()
    return users.found


def _noting(task: Callable[[], None], found: Together) -> Callable[[], None]:
    def run() -> None:
        try:
            task()
        except Exception as error:  # a thread's own exception would be lost
            found.failures.append(repr(error))

    return run


@contextmanager
def served(gongkai: Gongkai) -> Iterator[str]:
    """``gongkai serve`` while the block runs; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = gongkai.start("serve", "--port", str(port))
    url = f"http://127.0.0.1:{port}/"
    try:
        ends = time.monotonic() + 30
        while True:
            try:
                with urllib.request.urlopen(f"{url}-/versions.json", timeout=5) as answer:
                    json.loads(answer.read())
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < ends, "gongkai serve did not start"
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)
