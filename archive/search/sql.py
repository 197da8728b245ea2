"""The SQL functions of search, for queries by hand and for Datasette."""

from __future__ import annotations

import sqlite3

from archive.search.fold import fold
from archive.search.tokens import EmptyQuery, match_expression

NOTHING = '""'
"""The FTS5 expression that matches no document."""


def _fold(value: object) -> str | None:
    return None if value is None else fold(str(value))


def escape_fts(value: object) -> str:
    """The FTS5 expression for a query; nothing to look for matches nothing."""
    try:
        return match_expression("" if value is None else str(value))
    except EmptyQuery:
        return NOTHING


def register(connection: sqlite3.Connection) -> None:
    """Add ``gongkai_fold(text)`` (the folded text) and ``gongkai_match(query)`` (the FTS5 expression;
    nothing to look for matches nothing) to a connection."""
    connection.create_function("gongkai_fold", 1, _fold, deterministic=True)
    connection.create_function("gongkai_match", 1, escape_fts, deterministic=True)
