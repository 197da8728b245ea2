"""The rows of a capture file made to say what its records say, where the records are whole."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from archive.batches import in_batches
from archive.captures.check import rows_of
from archive.captures.compare import differing
from archive.captures.model import Capture
from archive.captures.observation import SeenCapture
from archive.captures.scan import scan_file
from archive.captures.table import COLUMNS, add_capture
from archive.layout import DataDirectory

_UPDATE = f"UPDATE captures SET {', '.join(f'{name} = ?' for name in COLUMNS)} WHERE id = ?"
_KNOWN = "SELECT EXISTS(SELECT 1 FROM crawls WHERE id = ? AND portal = ?)"
_HELD = "SELECT 1 FROM captures WHERE id = ? AND record_type = 'response' AND payload_digest = ?"
_LOST = """
SELECT capture_id FROM (
  SELECT capture_id FROM revisions UNION SELECT capture_id FROM revision_captures UNION SELECT capture_id FROM entries
  UNION SELECT capture_id FROM files UNION SELECT capture_id FROM attachment_versions
  UNION SELECT refers_to_id FROM captures)
WHERE capture_id IS NOT NULL AND capture_id NOT IN (SELECT id FROM captures)
"""
_AROUND = """
SELECT coalesce((SELECT id FROM captures WHERE file = :file AND offset < :offset ORDER BY offset DESC LIMIT 1), 0),
       coalesce((SELECT id FROM captures WHERE file = :file AND offset > :offset ORDER BY offset LIMIT 1), 1 << 62)
"""
_REFERRED = """
SELECT id FROM captures WHERE payload_digest = ? AND portal = ? AND record_type = 'response'
ORDER BY fetched_at = ? DESC, request_key = ? DESC, id LIMIT 1
"""


@dataclass
class Reconciled:
    """How many rows came back and were mended; how many whole captures could get none."""

    added: int = 0
    mended: int = 0
    homeless: int = 0


def reconcile_file(db: Database, data: DataDirectory, file: str) -> Reconciled:
    """Give each whole capture of ``file`` its row, and mend the rows that say something else than their record.

    A capture without a row is one that a killed run had written and not committed. Its row comes back without what the
    run would have made of it: the next crawl asks for the page again, and a rebuild reads it. Where its crawl is not
    known, or a revisit's body is not there, it stays without one. Only with the portal's lock. No file is changed.
    """
    done = Reconciled()
    rows = rows_of(db, file)
    at = {row.offset: id_ for id_, row in rows.items()}
    seen = [one for one in scan_file(data, file) if isinstance(one, SeenCapture)]
    found = {one.capture.offset for one in seen}
    strays = {_name(row): id_ for id_, row in rows.items() if row.offset not in found}
    waiting = deque((at.get(one.capture.offset) or strays.get(_name(one.capture)), one) for one in seen)

    def step() -> bool:
        if waiting:
            _settle(db, rows, *waiting.popleft(), done, lost_captures(db) if len(seen) > len(rows) else ())
        return bool(waiting)

    in_batches(db, step)
    return done


def _name(capture: Capture) -> tuple[str, str, str]:
    """What tells a capture from every other one of its file, wherever it lies in it."""
    return capture.request_key, capture.fetched_at, capture.payload_digest


def _settle(
    db: Database,
    rows: dict[int, Capture],
    id_: int | None,
    one: SeenCapture,
    done: Reconciled,
    lost: Sequence[int],
) -> None:
    row = None if id_ is None else rows[id_]
    refers_to = None if row is None else row.refers_to_id
    known = db.conn.execute(_KNOWN, (one.capture.crawl_id, one.capture.portal)).fetchone()[0]
    if (
        one.refers_to is not None
        and not db.conn.execute(_HELD, (refers_to, one.capture.payload_digest)).fetchone()
    ):
        refers_to = _referred(db, one)
        known = known and refers_to is not None
    if not known:
        done.homeless += 1
        return
    wanted = replace(one.capture, refers_to_id=refers_to)
    if row is None:
        _add(db, wanted, lost)
        done.added += 1
    elif row.refers_to_id != refers_to or differing(row, wanted):
        db.conn.execute(_UPDATE, (*(getattr(wanted, name) for name in COLUMNS), id_))
        done.mended += 1


def _add(db: Database, capture: Capture, lost: Sequence[int]) -> None:
    """Insert a row: with the id that others still refer to, where its place among the rows of its file tells which."""
    before, behind = db.conn.execute(_AROUND, {"file": capture.file, "offset": capture.offset}).fetchone()
    fitting = [id_ for id_ in lost if before < id_ < behind]
    id_ = add_capture(db, capture)
    if len(fitting) == 1:
        db.conn.execute("UPDATE captures SET id = ? WHERE id = ?", (fitting[0], id_))


def lost_captures(db: Database) -> list[int]:
    """Ids of captures that revisions, entries, files or revisits refer to and that have no row."""
    return [row[0] for row in db.conn.execute(_LOST)]


def _referred(db: Database, one: SeenCapture) -> int | None:
    """The response whose body a revisit has: the one it names, else any with the same digest."""
    at = one.refers_to.fetched_at if one.refers_to else ""
    found = db.conn.execute(
        _REFERRED, (one.capture.payload_digest, one.capture.portal, at, one.capture.request_key)
    ).fetchone()
    return int(found[0]) if found else None
