"""Whether the index is what a fresh one over the same documents would be."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from sqlite_utils import Database

from archive.search.index import COLUMNS, IndexOutdated, all_rows, replace_entry, require_current

_CREATE = (
    f"CREATE VIRTUAL TABLE documents_fts USING fts5({', '.join(COLUMNS)}, content='', "
    'tokenize="unicode61 remove_diacritics 0")'
)

# Every place of a token, condensed to one number a token that depends on document, column and place together.
_SUMMARY = f"""
SELECT term, count(*),
  sum(((doc % 1000003 + 1) * (offset + 1) * 31 + instr('{" ".join(COLUMNS)}', col)) % 2147483647)
FROM temp.gongkai_places GROUP BY term ORDER BY term
"""
_VOCABULARY = "CREATE VIRTUAL TABLE temp.gongkai_places USING fts5vocab(main, documents_fts, instance)"
_NAMED = 5


def _places(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TABLE IF EXISTS temp.gongkai_places")
    connection.execute(_VOCABULARY)


def _documents(connection: sqlite3.Connection) -> set[int]:
    return {row[0] for row in connection.execute("SELECT id FROM documents_fts_docsize")}


def _differing(left: Iterator[Any], right: Iterator[Any]) -> int:
    """How many tokens have other places in one of two summaries, both sorted by token."""
    differing = 0
    one, other = next(left, None), next(right, None)
    while one or other:
        if one == other:
            one, other = next(left, None), next(right, None)
            continue
        differing += 1
        first = min(row[0] for row in (one, other) if row)
        if one and one[0] == first:
            one = next(left, None)
        if other and other[0] == first:
            other = next(right, None)
    return differing


def _named(db: Database, ids: set[int]) -> str:
    names = []
    for document_id in sorted(ids)[:_NAMED]:
        found = db.execute("SELECT uid FROM documents WHERE id = ?", [document_id]).fetchone()
        names.append(str(found[0]) if found else f"row {document_id}")
    return ", ".join(names) + (" …" if len(ids) > _NAMED else "")


def check_index(db: Database, progress: Callable[[int], None] | None = None) -> list[str]:
    """One sentence for each way in which the index differs from a fresh one; none when it is right.

    Builds the fresh one in a temporary file, so it costs what :func:`rebuild_index` costs; it writes
    nothing to the archive and works on a read-only connection. ``progress`` is told the number of documents so far.
    """
    try:
        require_current(db)
    except IndexOutdated as error:
        return [str(error)]
    connection = db.conn
    # An empty name is SQLite's private temporary database, which spills to disk when it grows.
    fresh = Database(sqlite3.connect("", isolation_level=None))
    try:
        fresh.execute(_CREATE)
        fresh.execute("BEGIN")
        for count, (document_id, row) in enumerate(all_rows(db), 1):
            replace_entry(fresh, document_id, row, None)
            if progress is not None:
                progress(count)
        fresh.execute("COMMIT")
        problems = []
        expected, present = _documents(fresh.conn), _documents(connection)
        if missing := expected - present:
            problems.append(f"{len(missing)} documents are not in the search index: {_named(db, missing)}")
        if extra := present - expected:
            problems.append(f"{len(extra)} rows of the search index have no document: {_named(db, extra)}")
        _places(fresh.conn)
        _places(connection)
        differing = _differing(connection.execute(_SUMMARY), fresh.conn.execute(_SUMMARY))
        if differing:
            problems.append(f"{differing} tokens of the search index stand elsewhere in the documents")
        connection.execute("DROP TABLE temp.gongkai_places")
    finally:
        fresh.close()
    return problems
