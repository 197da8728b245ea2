"""Runs ``gongkai`` and notes how long its writing transactions last: ``python -m tests.proof.timed FILE -- crawl a``.

FILE gets a line a transaction: seconds waited for the write lock, seconds it was held.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import Any


def put_clock(lines: list[str]) -> None:
    """Patch ``sqlite3.connect``; before the program's modules are imported."""
    held = threading.local()

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
            word = sql.split(None, 1)[0].upper() if sql.strip() else ""
            began = time.perf_counter()
            result = super().execute(sql, *parameters)
            ended = time.perf_counter()
            if sql.upper().startswith("BEGIN IMMEDIATE"):
                held.since, held.waited = ended, ended - began
            elif word in ("COMMIT", "ROLLBACK") and getattr(held, "since", None) is not None:
                lines.append(f"{held.waited:.4f} {ended - held.since:.4f}\n")
                held.since = None
            return result

    connect = sqlite3.connect

    def connect_timed(*arguments: Any, **named: Any) -> sqlite3.Connection:
        named.setdefault("factory", Connection)
        return connect(*arguments, **named)  # type: ignore[no-any-return]

    sqlite3.connect = connect_timed  # type: ignore[assignment]


def main(words: list[str]) -> None:
    """See the module's text."""
    report, separator, *arguments = words
    assert separator == "--", "usage: python -m tests.proof.timed FILE -- VERB …"
    lines: list[str] = []
    put_clock(lines)
    from crawler.cli import main as gongkai

    try:
        gongkai(arguments, prog_name="gongkai")
    finally:
        with Path(report).open("a", encoding="utf-8") as stream:
            stream.writelines(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
