"""Running the console script as a user would, and looking at the archive that it leaves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import forks

TIMEOUT = 120
TABLES = ("documents", "document_uids", "document_links", "revisions", "revision_captures", "sightings", "entries",
          "attachments", "findings", "events")  # fmt: skip
"""What a reader sees; captures, crawls and walks grow with every run."""

_FORKS = forks.Forks()


@dataclass(frozen=True)
class Ran:
    """A finished command."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """What ``--json`` printed."""
        return json.loads(self.out)

    @property
    def said(self) -> list[str]:
        """What it complained of: the lines on stderr that are meant for a person."""
        return [line for line in self.err.splitlines() if line.startswith("gongkai:")]

    def complained(self, code: int) -> str:
        """The one sentence of a failed command; fails for another code, more sentences or a traceback."""
        end = "\n".join(line[:300] for line in self.err.splitlines()[-30:])
        assert self.code == code, f"exit {self.code}, not {code}:\n{end}"
        assert "Traceback" not in self.err and "Traceback" not in self.out, end
        assert len(self.said) == 1, f"not one sentence:\n{end}"
        return self.said[0]


class Gongkai:
    """Runs ``gongkai`` on one data directory."""

    def __init__(self, data: Path):
        self.data = data

    def __call__(
        self,
        *words: str,
        now: str | None = None,
        before: Callable[[], None] | None = None,
        **environment: str,
    ) -> Ran:
        """Run a verb to its end; ``before`` is called in the new process, which then begins with nothing imported."""
        env = self.environment(now, **environment)
        if before is not None or not forks.WANTED:
            done = subprocess.run(
                self.command(*words),
                env=env,
                capture_output=True,
                text=True,
                timeout=TIMEOUT,
                preexec_fn=before,
            )
            return Ran(done.returncode, done.stdout, done.stderr)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            code = _FORKS.run(words, env, out.fileno(), err.fileno(), TIMEOUT)
            said = [(stream.seek(0), stream.read().decode())[1] for stream in (out, err)]
        return Ran(code, *said)

    def start(self, *words: str, now: str | None = None) -> forks.Forked | subprocess.Popen[bytes]:
        """Start it and go on; the caller ends it."""
        with Path(os.devnull).open("wb") as nowhere:
            if forks.WANTED:
                return _FORKS.start(words, self.environment(now), nowhere.fileno(), nowhere.fileno())
            return subprocess.Popen(
                self.command(*words), env=self.environment(now), stdout=nowhere, stderr=nowhere
            )

    def command(self, *words: str) -> list[str]:
        """The words that start it."""
        return [sys.executable, "-m", "crawler.cli", *words]

    def environment(self, now: str | None = None, **more: str) -> dict[str, str]:
        """Nothing of the caller's shell but the path, the data directory and the time."""
        clean = {"PATH": os.environ["PATH"], "GONGKAI_DATA": str(self.data), "LANG": "C.UTF-8", **more}
        return clean | ({"GONGKAI_NOW": now} if now else {})

    def kill_when(
        self, sql: str, *words: str, by: signal.Signals = signal.SIGKILL, wait: float = 30
    ) -> tuple[int, float]:
        """Start a verb, end it by a signal as soon as ``sql`` finds a true value; exit code and seconds to the end."""
        process = self.start(*words)
        try:
            self.wait_for(sql, wait)
            assert process.poll() is None, "it was over before it could be interrupted"
            process.send_signal(by)
            sent = time.monotonic()
            return process.wait(timeout=30), time.monotonic() - sent
        finally:
            process.kill()
            process.wait()

    def wait_for(self, sql: str, wait: float = 30) -> None:
        """Wait until ``sql`` finds a true value in the archive, which may not be there yet."""
        ends = time.monotonic() + wait
        while time.monotonic() < ends:
            try:
                if self.query(sql)[0][0]:
                    return
            except (sqlite3.Error, IndexError):
                pass  # not made yet, or not migrated
            time.sleep(0.002)
        raise AssertionError(f"the archive did not come to: {sql}")

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of the archive."""
        connection = sqlite3.connect(f"{(self.data / 'gongkai.db').as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(sql, parameters).fetchall()
        finally:
            connection.close()

    def change(self, sql: str, *parameters: Any) -> None:
        """Do to the archive what no command does."""
        with sqlite3.connect(self.data / "gongkai.db") as connection:
            connection.execute(sql, parameters)
        connection.close()

    def count(self, table: str, where: str = "1") -> int:
        """How many rows."""
        return int(self.query(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])

    def rows(self, table: str, *, without: Iterable[str] = ()) -> list[dict[str, Any]]:
        """All rows of a table as dictionaries, some columns left out."""
        connection = sqlite3.connect(f"{(self.data / 'gongkai.db').as_uri()}?mode=ro", uri=True)
        connection.row_factory = sqlite3.Row
        found = [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2")]
        connection.close()
        hidden = set(without)
        return [{key: value for key, value in row.items() if key not in hidden} for row in found]

    def dump(self) -> str:
        """The whole database as SQL, the search index's own tables included."""
        connection = sqlite3.connect(f"{(self.data / 'gongkai.db').as_uri()}?mode=ro", uri=True)
        try:
            return "\n".join(connection.iterdump())
        finally:
            connection.close()

    def portal(self, id_: str, text: str) -> None:
        """Write a portal file of the user's own."""
        folder = self.data / "portals"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{id_}.toml").write_text(text, encoding="utf-8")

    def copy_to(self, folder: Path) -> Gongkai:
        """The same archive elsewhere, to be changed."""
        shutil.copytree(self.data, folder)
        return Gongkai(folder)


def portal_text(base_url: str, family: str, *directories: str, http: str = "", more: str = "") -> str:
    """A portal file for a local server; each directory is the inside of a ``[[directories]]`` table."""
    tables = "".join(f"[[directories]]\n{directory}\n" for directory in directories)
    return (
        f'schema = 1\nname = "本机"\nfamily = "{family}"\nbase_url = "{base_url}"\n{more}\n'
        f"[http]\ndelay = 0\ntimeout = 10\n{http}\n{tables}"
    )
