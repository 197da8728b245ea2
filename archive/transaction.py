"""Opening the archive's file and writing to it: one connection set-up, one kind of transaction (DESIGN
§8).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

BUSY_SECONDS = 60
"""How long a writer waits for another process's transaction; batches stay under 200 ms."""


class NestedTransaction(RuntimeError):
    """A transaction was begun inside another: its COMMIT would end the outer one half-way."""


def connect(path: Path, *, readonly: bool = False) -> Database:
    """Open the SQLite file at ``path``, creating it unless ``readonly``; the directory must exist.

    WAL, so that readers and the writer do not wait for each other; ``foreign_keys`` on; ``synchronous``
    FULL: a commit survives a power cut. In WAL that is one fsync a batch, beside the one that the captures
    cost anyway, and NORMAL would let a cut take back visits whose events a feed has already told.

    ``isolation_level`` None: only :func:`transaction` begins one. The connection may be handed to another
    thread, never used by two at once. Raises ``sqlite3.DatabaseError`` naming the path (not a database,
    cannot be opened).
    """
    try:
        connection = _open_readonly(path) if readonly else _open(str(path))
        try:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
            # WAL is written into the file: not into another program's, which is refused later.
            if not readonly and (not tables or "_sqlite_migrations" in tables):
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
        except sqlite3.Error:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise type(error)(f"{path}: {error}") from error
    return Database(connection, execute_plugins=False)


def _open(target: str, *, uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(
        target, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=uri
    )


def _open_readonly(path: Path) -> sqlite3.Connection:
    """Read only; also where SQLite cannot make the -shm file that WAL wants (read-only directory or
    medium).
    """
    address = path.absolute().as_uri()
    connection = _open(f"{address}?mode=ro", uri=True)
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if path.with_name(path.name + "-wal").exists():
            raise
        # No WAL beside it: nobody is writing, and nothing that is committed lies outside the file.
        return _open(f"{address}?mode=ro&immutable=1", uri=True)
    return connection


@contextmanager
def transaction(db: Database) -> Iterator[Database]:
    """``BEGIN IMMEDIATE`` … ``COMMIT``, or ``ROLLBACK`` when the block or the commit fails.

    Immediate, because a deferred transaction that reads first and then writes is refused at once, whatever
    the busy time-out, when another process wrote in between. sqlite-utils' ``atomic()`` nests inside as a
    savepoint. Raises :class:`NestedTransaction` inside another transaction, ``sqlite3.OperationalError``
    when the file stayed locked for ``BUSY_SECONDS`` or cannot be written.
    """
    connection = db.conn
    if connection.in_transaction:
        raise NestedTransaction("a transaction is open already: write inside it instead of beginning another")
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield db
        connection.execute("COMMIT")
    except BaseException:
        # A full disk may have rolled it back already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
