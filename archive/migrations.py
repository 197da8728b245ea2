"""The archive's schema, step by step; a database of a newer version is refused."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from importlib import resources

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive.search import SEARCH_VERSION
from archive.transaction import transaction

migrations = Migrations("gongkai")
"""Every step ever released, in order; steps are only added, never changed."""

MASKING_VERSION = "1"
"""``archive_info.masking``: which rules of ``archive.privacy`` the records were masked with."""


class NewerDatabase(Exception):
    """The database went through migrations that this code does not know."""


class NotAnArchive(sqlite3.DatabaseError):
    """A SQLite database, but not one of ours."""


@migrations(name="0001_schema")
def create_schema(db: Database) -> None:
    """The tables of ``schema.sql``."""
    for statement in _statements(resources.files("archive").joinpath("schema.sql").read_text("utf-8")):
        db.conn.execute(statement)


@migrations(name="0002_file_texts")
def add_file_texts(db: Database) -> None:
    """What ``schema.sql`` has since files are read: to archives that were made before."""
    if "text_note" in db["files"].columns_dict:
        return
    for statement in _FILE_TEXTS:
        db.conn.execute(statement)


_FILE_TEXTS = (
    "ALTER TABLE files ADD COLUMN text_note TEXT",
    "CREATE INDEX files_text ON files(digest, text_status, extractor_version)",
    "ALTER TABLE attachments ADD COLUMN text_digest TEXT REFERENCES files(digest)",
    "CREATE INDEX attachments_digest ON attachments(digest) WHERE digest IS NOT NULL",
    "CREATE INDEX attachments_text ON attachments(text_digest) WHERE text_digest IS NOT NULL",
    "CREATE INDEX attachments_behind ON attachments(id) WHERE text_digest IS NOT digest",
)


@migrations(name="0003_mirrors")
def add_mirrors(db: Database) -> None:
    """The tables of republications, as ``schema.sql`` has them: to archives that were made before."""
    if "signatures" in db.table_names():
        return
    for statement in _statements(resources.files("archive").joinpath("schema.sql").read_text("utf-8")):
        if any(f" {name}" in statement.partition("(")[0].partition(" AS ")[0] for name in _MIRRORS):
            db.conn.execute(statement)


_MIRRORS = ("signatures", "mirror_pairs", "mirror_groups", "mirrors")


def _statements(script: str) -> Iterator[str]:
    """The statements of an SQL script; ``executescript`` would commit the transaction around it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def check_version(db: Database) -> None:
    """Refuse a database that this code must not touch; reads only.

    ``Migrations.apply`` ignores names that it does not know, hence our own check. Raises
    :class:`NewerDatabase`, or :class:`NotAnArchive` when no migration of ours was ever applied; an older
    one passes, see :func:`migrate`.
    """
    applied = [migration.name for migration in migrations.applied(db)]
    if not applied:
        raise NotAnArchive("not a Gongkai archive: it lacks the archive's tables")
    known = {migration.name for migration in migrations._migrations}
    unknown = [name for name in applied if name not in known]
    if unknown:
        file = db.execute("PRAGMA database_list").fetchone()[2] or "the archive"
        raise NewerDatabase(
            f"{file} was written by a newer gongkai (its migration {unknown[0]} is unknown here): "
            "upgrade gongkai"
        )


def migrate(db: Database, at: str) -> None:
    """Bring an empty or older database to this version's schema, in one transaction; does nothing when it
    is there.

    ``at`` is the time of creation (UTC, ``…Z``) of a new archive. Raises :class:`NewerDatabase`, or
    :class:`NotAnArchive` rather than add tables to somebody else's database.
    """
    if migrations.applied(db):
        check_version(db)
        if not migrations.pending(db):
            return
    with transaction(db):
        tables = set(db.table_names())
        if tables and not migrations.applied(db):
            raise NotAnArchive(f"not a Gongkai archive: it has tables of another program ({min(tables)})")
        migrations.apply(db)
        db.conn.executemany(
            "INSERT OR IGNORE INTO archive_info(key, value) VALUES (?, ?)",
            [
                ("archive_id", str(uuid.uuid4())),
                ("created_at", at),
                ("search_version", str(SEARCH_VERSION)),
                ("masking", MASKING_VERSION),
            ],
        )
