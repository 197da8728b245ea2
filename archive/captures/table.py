"""The table ``captures``: rows in and out."""

from __future__ import annotations

from dataclasses import astuple, fields

from sqlite_utils import Database

from archive.captures.model import Capture

COLUMNS = tuple(field.name for field in fields(Capture))

_INSERT = f"INSERT INTO captures({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM captures"


def add_capture(db: Database, capture: Capture) -> int:
    """The id of ``capture``'s row, which is made unless the table has one at this file and offset.

    Asked for before inserting, so that a batch may hand in one capture more than once (its listing for every
    entry, its page for several parts). Raises ``sqlite3.IntegrityError`` for an unknown portal or crawl.
    """
    known = capture_at(db, capture.file, capture.offset)
    if known is not None:
        return known
    cursor = db.conn.execute(_INSERT, astuple(capture))
    if cursor.lastrowid is None:
        raise RuntimeError("SQLite gave no row id for an inserted capture")
    return cursor.lastrowid


def capture_at(db: Database, file: str, offset: int) -> int | None:
    """The id of the capture at this place; None when the table has none."""
    row = db.conn.execute("SELECT id FROM captures WHERE file = ? AND offset = ?", (file, offset)).fetchone()
    return int(row[0]) if row else None


def get_capture(db: Database, capture_id: int) -> Capture:
    """The capture with this id; raises ``KeyError`` when there is none."""
    row = db.conn.execute(f"{_SELECT} WHERE id = ?", (capture_id,)).fetchone()
    if row is None:
        raise KeyError(f"no capture {capture_id}")
    return Capture(**dict(zip(COLUMNS, row, strict=True)))


def last_capture(db: Database, portal: str, request_key: str) -> tuple[int, Capture] | None:
    """The newest full response to this request, to which a revisit may refer; None when there is none."""
    row = db.conn.execute(
        f"SELECT id, {', '.join(COLUMNS)} FROM captures WHERE portal = ? AND request_key = ?"
        " AND record_type = 'response' AND outcome = 'content' ORDER BY fetched_at DESC, id DESC LIMIT 1",
        (portal, request_key),
    ).fetchone()
    return None if row is None else (row[0], Capture(**dict(zip(COLUMNS, row[1:], strict=True))))
