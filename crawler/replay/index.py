"""Everything that a portal's WARC files say, sorted by time: on disk, since it is as long as the portal is old."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.captures.model import Capture
from archive.captures.scan import Damage, Observation, Referred, SeenCapture, SeenEvent, scan_file
from archive.layout import DataDirectory
from archive.times import stamp_of

_SCHEMA = """
CREATE TABLE observations(at TEXT NOT NULL, key TEXT NOT NULL, file TEXT NOT NULL, offset INTEGER NOT NULL,
  kind TEXT NOT NULL, body TEXT NOT NULL, digest TEXT, is_whole INTEGER NOT NULL, PRIMARY KEY(file, offset)) WITHOUT ROWID;
CREATE TABLE parts(file TEXT NOT NULL, offset INTEGER NOT NULL, kind TEXT NOT NULL, ordinal INTEGER NOT NULL,
  body TEXT NOT NULL);
CREATE TABLE missing(file TEXT NOT NULL, offset INTEGER NOT NULL, kind TEXT NOT NULL, message TEXT NOT NULL);
CREATE TABLE named(key TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE damages(file TEXT NOT NULL, offset INTEGER NOT NULL, message TEXT NOT NULL);
CREATE TABLE files(file TEXT PRIMARY KEY, size INTEGER NOT NULL);
"""
_ORDER = (
    "CREATE INDEX observations_order ON observations(at, key, digest, file, offset)",
    "CREATE INDEX observations_digest ON observations(digest) WHERE is_whole",
    "CREATE INDEX named_of ON named(key, at)",
    "CREATE INDEX parts_of ON parts(file, offset)",
    "CREATE INDEX missing_of ON missing(file, offset)",
)
CAPTURE, EVENT = "capture", "event"


@dataclass(frozen=True, slots=True)
class Index:
    """The sorted observations of one portal in the SQLite file ``path``."""

    path: Path

    @classmethod
    def build(
        cls,
        data: DataDirectory,
        portal: str,
        path: Path,
        *,
        progress: Callable[[int], None] = lambda size: None,
    ) -> Index:
        """Read all WARC files of ``portal``; one that was built from the same files is used again.

        ``progress`` is told the size of each file that has been read.
        """
        files = warc_files(data, portal)
        if path.exists() and _files_of(path) == files:
            return cls(path)
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;" + _SCHEMA)
            for file, size in files.items():
                connection.executemany(
                    "INSERT INTO observations VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    _rows(connection, scan_file(data, file)),
                )
                progress(size)
            for statement in _ORDER:
                connection.execute(statement)
            connection.executemany("INSERT INTO files VALUES (?, ?)", files.items())
            connection.execute("COMMIT")
        finally:
            connection.close()
        return cls(path)

    def __iter__(self) -> Iterator[Observation]:
        return self.after(0)

    def after(self, count: int) -> Iterator[Observation]:
        """The observations in the order of (time, url_key), without the first ``count``.

        Other tools' times have whole seconds: two answers of one address in one second stand in the order of their
        bytes, since which file brought which is a matter of the order of imports.
        """
        query = "SELECT kind, body FROM observations ORDER BY at, key, digest, file, offset LIMIT -1 OFFSET ?"
        connection = sqlite3.connect(self.path)
        try:
            for kind, body in connection.execute(query, (count,)):
                yield _capture(json.loads(body)) if kind == CAPTURE else SeenEvent(**json.loads(body))
        finally:
            connection.close()

    def count(self) -> int:
        """How many observations there are."""
        return int(self._one("SELECT count(*) FROM observations")[0])

    def damages(self) -> list[str]:
        """What could not be read, a sentence each."""
        return [row[0] for row in self._rows("SELECT message FROM damages ORDER BY file, offset")]

    def capture(self, file: str, offset: int) -> SeenCapture | None:
        """The capture at this place; None when it is damaged or not there."""
        row = self._one(
            "SELECT body FROM observations WHERE file = ? AND offset = ? AND kind = 'capture'", file, offset
        )
        return _capture(json.loads(row[0])) if row else None

    def original(self, seen: SeenCapture) -> Capture | None:
        """The full response that a revisit refers to: of that address and time, else the last one of that digest."""
        if seen.refers_to is None:
            return None
        row = self._one(
            "SELECT body FROM observations WHERE kind = 'capture' AND at <= ? AND digest = ? AND is_whole"
            " ORDER BY at = ? DESC, key = ? DESC, at DESC LIMIT 1",
            _utc(seen.at),
            seen.refers_to.payload_digest,
            _utc(seen.refers_to.fetched_at),
            seen.facts.get("sighting") or seen.capture.request_key,
        )
        return _capture(json.loads(row[0])).capture if row else None

    def parts(self, capture: Capture) -> list[tuple[str, int, SeenCapture]]:
        """The further responses of a document page: kind, ordinal and capture."""
        rows = self._rows(
            "SELECT kind, ordinal, body FROM parts WHERE file = ? AND offset = ? ORDER BY ordinal",
            capture.file,
            capture.offset,
        )
        return [(kind, ordinal, _capture(json.loads(body))) for kind, ordinal, body in rows]

    def missing_parts(self, capture: Capture) -> list[tuple[str, str]]:
        """Kind and sentence of the further responses that did not come."""
        query = "SELECT kind, message FROM missing WHERE file = ? AND offset = ?"
        return [(kind, message) for kind, message in self._rows(query, capture.file, capture.offset)]

    def named(self, seen: SeenCapture) -> dict[str, Any]:
        """What the last listing page before it that another tool captured says of an address; empty where none does."""
        query = "SELECT body FROM named WHERE key = ? AND at <= ? ORDER BY at DESC, body LIMIT 1"
        row = self._one(query, seen.facts.get("sighting"), _utc(seen.at))
        found: dict[str, Any] = json.loads(row[0]) if row else {}
        return found

    def beginning(self, crawl_id: str) -> SeenEvent | None:
        """How a crawl began; an import begins later than its captures are."""
        row = self._one(
            "SELECT body FROM observations WHERE kind = 'event' AND json_extract(body, '$.kind') = 'crawl-started'"
            " AND json_extract(body, '$.crawl_id') = ? ORDER BY at LIMIT 1",
            crawl_id,
        )
        return SeenEvent(**json.loads(row[0])) if row else None

    def newest_config(self) -> dict[str, Any] | None:
        """What the portal's file said when its newest crawl began."""
        row = self._one(
            "SELECT json_extract(body, '$.data.config') FROM observations"
            " WHERE kind = 'event' AND json_extract(body, '$.kind') IN ('crawl-started', 'crawl-resumed')"
            " ORDER BY at DESC, file DESC LIMIT 1"
        )
        return json.loads(row[0]) if row and row[0] else None

    def _rows(self, query: str, *parameters: object) -> list[Any]:
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(query, parameters).fetchall()
        finally:
            connection.close()

    def _one(self, query: str, *parameters: object) -> Any:
        rows = self._rows(query, *parameters)
        return rows[0] if rows else None


def warc_files(data: DataDirectory, portal: str) -> dict[str, int]:
    """The portal's WARC files, relative to captures, with their sizes."""
    found = sorted((data.captures / portal).glob("*/*.warc.gz"))
    return {path.relative_to(data.captures).as_posix(): path.stat().st_size for path in found}


def _files_of(path: Path) -> dict[str, int]:
    connection = sqlite3.connect(path)
    try:
        return dict(connection.execute("SELECT file, size FROM files ORDER BY file"))
    except sqlite3.DatabaseError:  # a build that was killed
        return {}
    finally:
        connection.close()


def _rows(connection: sqlite3.Connection, scan: Iterator[Observation | Damage]) -> Iterator[tuple[Any, ...]]:
    for seen in scan:
        if isinstance(seen, Damage):
            connection.execute("INSERT INTO damages VALUES (?, ?, ?)", (seen.file, seen.offset, seen.message))
        elif isinstance(seen, SeenEvent):
            yield _utc(seen.at), "", seen.file, seen.offset, EVENT, _json(asdict(seen)), None, False
            if seen.kind == "sighted":
                connection.executemany(
                    "INSERT INTO named VALUES (?, ?, ?)",
                    [(entry["url_key"], _utc(seen.at), _json(entry)) for entry in seen.data["entries"]],
                )
            if seen.kind == "part-missing":
                connection.execute(
                    "INSERT INTO missing VALUES (?, ?, ?, ?)",
                    tuple(seen.data[name] for name in ("file", "offset", "kind", "message")),
                )
        else:
            capture, body = seen.capture, _json(asdict(seen))
            key = seen.facts.get("sighting") or capture.request_key
            whole = capture.record_type == "response"
            yield (
                _utc(seen.at), key, capture.file, capture.offset, CAPTURE, body, capture.payload_digest, whole
            )  # fmt: skip
            if part := seen.facts.get("part_of"):
                connection.execute(
                    "INSERT INTO parts VALUES (?, ?, ?, ?, ?)",
                    (part["file"], part["offset"], part["kind"], part["ordinal"], body),
                )


def _capture(body: dict[str, Any]) -> SeenCapture:
    refers_to = Referred(**body["refers_to"]) if body["refers_to"] else None
    return SeenCapture(Capture(**body["capture"]), body["facts"], refers_to)


def _utc(at: str) -> str:
    """Other tools' times have other precisions: one form, so that text sorts as time does."""
    return stamp_of(datetime.fromisoformat(at))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
