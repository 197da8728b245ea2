"""The table ``archive_info``: facts about this archive as a whole (id, contact, vantage, versions)."""

from __future__ import annotations

from sqlite_utils import Database


def get_info(db: Database, key: str) -> str | None:
    """The value, or None."""
    row = db.conn.execute("SELECT value FROM archive_info WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def set_info(db: Database, key: str, value: str) -> None:
    """Insert or replace, inside the caller's transaction."""
    db.conn.execute(
        "INSERT INTO archive_info(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
        (key, value),
    )
