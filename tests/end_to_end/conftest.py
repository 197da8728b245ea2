"""Running the console script as a user would, against real local servers."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.samples.portal_files import write_portal_files
from crawler.samples.server import SampleServer

TIMEOUT = 120


@dataclass(frozen=True)
class Ran:
    """A finished command."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """What ``--json`` printed."""
        return json.loads(self.out)


class Gongkai:
    """Runs ``gongkai`` on one data directory."""

    def __init__(self, data: Path):
        self.data = data

    def __call__(self, *words: str, now: str | None = None, **environment: str) -> Ran:
        done = subprocess.run(
            self.command(*words),
            env=self.environment(now, **environment),
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str, now: str | None = None) -> subprocess.Popen[bytes]:
        """Start it and go on; the caller ends it."""
        return subprocess.Popen(
            self.command(*words),
            env=self.environment(now),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def command(self, *words: str) -> list[str]:
        """The words that start it."""
        return [sys.executable, "-m", "crawler.cli", *words]

    def environment(self, now: str | None = None, **more: str) -> dict[str, str]:
        """Nothing of the caller's shell but the path, the data directory and the time."""
        clean = {"PATH": os.environ["PATH"], "GONGKAI_DATA": str(self.data), "LANG": "C.UTF-8", **more}
        return clean | ({"GONGKAI_NOW": now} if now else {})

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of the archive."""
        connection = sqlite3.connect(self.data / "gongkai.db")
        try:
            return connection.execute(sql, parameters).fetchall()
        finally:
            connection.close()

    def count(self, table: str, where: str = "1") -> int:
        """How many rows."""
        return int(self.query(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])

    def portal(self, id_: str, text: str) -> None:
        """Write a portal file of the user's own."""
        folder = self.data / "portals"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{id_}.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def gongkai(tmp_path: Path) -> Gongkai:
    """The command on a fresh data directory."""
    return Gongkai(tmp_path / "data")


@pytest.fixture
def samples(gongkai: Gongkai) -> Iterator[SampleServer]:
    """The sample portals, running, their portal files in place."""
    with SampleServer(crawl_delay=0.01) as server:
        write_portal_files(server, gongkai.data / "portals")
        yield server


@pytest.fixture
def dump(gongkai: Gongkai) -> Callable[[], dict[str, list[tuple[Any, ...]]]]:
    """All rows of the tables that a reader sees, to compare before and after."""
    tables = ("documents", "revisions", "revision_captures", "sightings", "entries", "attachments", "events",
              "findings", "document_links", "document_uids", "captures")  # fmt: skip

    def rows() -> dict[str, list[tuple[Any, ...]]]:
        return {table: gongkai.query(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}

    return rows
