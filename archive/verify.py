"""Whether the archive holds together: database, captures, uids, search index; it reads and repairs
nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlite_utils import Database

from archive.captures.check import check_captures
from archive.history.check import check_content
from archive.layout import DataDirectory
from archive.search import check_index

RESTORE = "restore the database from a backup"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in one sentence that names file and offset, or table and row, and what to do.

    ``severity`` ``info`` is no fault: bytes that nothing refers to. ``check`` names the check that found it.
    """

    check: str
    severity: Literal["error", "info"]
    message: str
    file: str | None = None
    offset: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """As ``gongkai verify --json`` prints it."""
        return asdict(self)


def verify(db: Database, data: DataDirectory, *, deep: bool = False) -> list[Problem]:
    """Everything that is wrong with the archive; empty or only ``info`` when it is sound.

    Reads the database once (``PRAGMA quick_check``; ``integrity_check`` with ``deep``) and of every capture
    its head and end; ``deep`` also unpacks and hashes every capture and compares what is stored twice, which
    takes the time to read all files and records. A database that cannot be read to the end is a problem, not an exception. Raises ``OSError`` for a
    directory of captures that cannot be listed.
    """
    problems: list[Problem] = []
    checks = (_database(db, deep), _foreign_keys(db), _uids(db), _revisions(db), _revisits(db), _index(db))
    for check in (*checks, _content(db, deep), _captures(db, data, deep)):
        try:
            problems.extend(check)
        except sqlite3.DatabaseError as error:
            problems.append(Problem("database", "error", f"the database cannot be read ({error}): {RESTORE}"))
    return list(dict.fromkeys(problems))


def _database(db: Database, deep: bool) -> Iterator[Problem]:
    for (line,) in db.conn.execute("PRAGMA integrity_check" if deep else "PRAGMA quick_check"):
        if line != "ok":
            yield Problem("database", "error", f"the database is damaged ({line}): {RESTORE}")


def _foreign_keys(db: Database) -> Iterator[Problem]:
    for table, row, parent, _ in db.conn.execute("PRAGMA foreign_key_check"):
        which = "a row" if row is None else f"row {row}"  # None: a table without rowid
        message = f"{which} of {table} refers to no row of {parent}: {RESTORE}"
        yield Problem("foreign-keys", "error", message)


def _uids(db: Database) -> Iterator[Problem]:
    """Each document is found by its own uid; that the other uids lead somewhere is for the foreign keys."""
    query = """
        SELECT d.uid, u.document_id FROM documents AS d LEFT JOIN document_uids AS u ON u.uid = d.uid
        WHERE u.document_id IS NOT d.id
    """
    for uid, other in db.conn.execute(query):
        leads = "nowhere" if other is None else f"to row {other} of documents"
        yield Problem(
            "uids", "error", f"the uid {uid} of a document leads {leads} in document_uids: {RESTORE}"
        )


def _revisions(db: Database) -> Iterator[Problem]:
    """A document shows an accepted revision of its own; that every revision has its capture, the foreign
    keys."""
    query = """
        SELECT d.uid, r.id, r.document_id IS NOT d.id FROM documents AS d JOIN revisions AS r ON r.id = d.revision_id
        WHERE r.document_id IS NOT d.id OR r.status <> 'accepted'
    """
    for uid, revision, foreign in db.conn.execute(query):
        what = "another document's" if foreign else "quarantined"
        yield Problem(
            "revisions", "error", f"document {uid} shows revision {revision}, which is {what}: {RESTORE}"
        )
    query = """
        SELECT r.id FROM revisions AS r WHERE NOT EXISTS (
          SELECT 1 FROM revision_captures AS c
          WHERE c.revision_id = r.id AND c.part = 'page' AND c.capture_id = r.capture_id)
    """
    for (revision,) in db.conn.execute(query):
        message = f"revision {revision} does not name its page in revision_captures: {RESTORE}"
        yield Problem("revisions", "error", message)


def _revisits(db: Database) -> Iterator[Problem]:
    query = """
        SELECT c.id FROM captures AS c LEFT JOIN captures AS o ON o.id = c.refers_to_id
        WHERE c.record_type <> 'response' AND (o.record_type IS NOT 'response' OR o.payload_digest <> c.payload_digest)
    """
    for (row,) in db.conn.execute(query):
        message = (
            f"row {row} of captures is a revisit that does not refer to a response with its digest: {RESTORE}"
        )
        yield Problem("captures", "error", message)


def _index(db: Database) -> Iterator[Problem]:
    for message in check_index(db):
        yield Problem("search", "error", message)


def _content(db: Database, deep: bool) -> Iterator[Problem]:
    for message in check_content(db) if deep else ():
        yield Problem("content", "error", f"{message}: {RESTORE}, or read the captures again by reextract")


def _captures(db: Database, data: DataDirectory, deep: bool) -> Iterator[Problem]:
    for trouble in check_captures(db, data, deep=deep):
        severity: Literal["error", "info"] = "info" if trouble.harmless else "error"
        yield Problem("captures", severity, trouble.message, trouble.file, trouble.offset)
