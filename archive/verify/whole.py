"""All checks, one after the other; it writes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from sqlite_utils import Database

from archive.captures.check import check_captures
from archive.captures.observation import SeenEvent
from archive.captures.trouble import Trouble
from archive.history.check import check_columns, check_content
from archive.layout import DataDirectory
from archive.mirrors.check import check_groups, check_signatures
from archive.search import check_index
from archive.verify.concerned import documents_of
from archive.verify.events import check_events
from archive.verify.files import check_files
from archive.verify.problem import RESTORE, Problem, Progress, silent
from archive.verify.rows import REPAIR, check_foreign_keys, check_rows, check_uids
from archive.verify.sample import Reread, check_sample

NAMED = 5
"""Documents that a sentence names; ``Problem.documents`` has them all."""


def verify(
    db: Database,
    data: DataDirectory,
    *,
    deep: bool = False,
    sample: int = 0,
    reread: Reread | None = None,
    progress: Progress = silent,
) -> list[Problem]:
    """Everything that is wrong with the archive; empty or only ``info`` when it is sound.

    Reads the database once, as it stood at one moment (``PRAGMA quick_check``; ``integrity_check`` with ``deep``), and
    of every capture its head and end. ``deep`` also unpacks and hashes every record of the files, compares rows with
    records and what is stored twice, and reads ``sample`` revisions again by ``reread``. What is damaged is told and
    contained: the rest is checked all the same. A database that cannot be read to the end is a problem, not an
    exception. Raises ``OSError`` for a directory of captures that cannot be listed.
    """
    problems: list[Problem] = []
    with _one_moment(db):
        checks = (_database(db, deep, progress), check_foreign_keys(db), check_uids(db), check_rows(db))
        for check in (
            *checks,
            _content(db, deep, progress),
            _index(db, progress),
            _mirrors(db, deep, progress),
        ):
            problems += _collected(check)
    events: list[SeenEvent] = []
    problems += _collected(_captures(db, data, deep, progress, events))
    if deep:
        problems += _collected(check_events(db, events))
        problems += _collected(check_files(db, data, progress))
    if deep and sample and reread is not None:
        told = {uid for problem in problems for uid in problem.documents}
        problems += _collected(check_sample(db, sample, reread, progress, told))
    return list(dict.fromkeys(problems))


@contextmanager
def _one_moment(db: Database) -> Iterator[None]:
    """What others commit meanwhile is not seen; in WAL they are not kept from it."""
    begun = not db.conn.in_transaction
    if begun:
        db.conn.execute("BEGIN")
    try:
        yield
    finally:
        if begun and db.conn.in_transaction:
            db.conn.execute("ROLLBACK")


def _collected(check: Iterator[Problem]) -> list[Problem]:
    found: list[Problem] = []
    try:
        for problem in check:
            found.append(problem)
    except sqlite3.DatabaseError as error:
        found.append(Problem("database", "error", f"the database cannot be read ({error}): {RESTORE}"))
    return found


def _database(db: Database, deep: bool, progress: Progress) -> Iterator[Problem]:
    progress("database", 0, None)
    for (line,) in db.conn.execute("PRAGMA integrity_check" if deep else "PRAGMA quick_check"):
        if line != "ok":
            yield Problem("database", "error", f"the database is damaged ({line}): {RESTORE}")


def _index(db: Database, progress: Progress) -> Iterator[Problem]:
    total = db.conn.execute("SELECT count(*) FROM documents").fetchone()[0]
    for message in check_index(db, lambda count: progress("search index", count, total)):
        told = message if "`gongkai" in message else f"{message}: {REPAIR}"
        yield Problem("search", "error", told)


def _content(db: Database, deep: bool, progress: Progress) -> Iterator[Problem]:
    progress("records", 0, None)
    for message in check_content(db) if deep else check_columns(db):
        what_to_do = (
            REPAIR if "shows another" in message else f"{RESTORE}, or read the captures again by reextract"
        )
        yield Problem("content", "error", f"{message}: {what_to_do}")


def _mirrors(db: Database, deep: bool, progress: Progress) -> Iterator[Problem]:
    progress("republications", 0, None)
    for check in (check_groups, check_signatures) if deep else (check_groups,):
        for message in check(db):
            yield Problem("mirrors", "error", f"{message}: run `gongkai mirrors --again`")


def _captures(
    db: Database, data: DataDirectory, deep: bool, progress: Progress, events: list[SeenEvent]
) -> Iterator[Problem]:
    troubles = list(check_captures(db, data, deep=deep, progress=progress, events=events))
    known = documents_of(db, {row for trouble in troubles for row in trouble.captures})
    for trouble in troubles:
        yield _told(trouble, sorted({uid for row in trouble.captures for uid in known.get(row, ())}))


def _told(trouble: Trouble, uids: list[str]) -> Problem:
    message = trouble.message
    if uids:
        more = f" and {len(uids) - NAMED} more" if len(uids) > NAMED else ""
        message += f"; it holds what document {', '.join(uids[:NAMED])}{more} was read from"
    severity: Literal["error", "info"] = "info" if trouble.harmless else "error"
    return Problem("captures", severity, message, trouble.file, trouble.offset, tuple(uids))
