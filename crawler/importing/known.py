"""What the archive has already: the captures of its database, of files that no row names yet, and of this import."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

from sqlite_utils import Database

from archive.captures.model import Capture
from archive.captures.observation import SeenCapture
from archive.captures.scan import scan_file
from archive.captures.table import COLUMNS
from archive.layout import DataDirectory

MAX_ORIGINALS = 50_000
"""Captures of this import that a revisit may refer to; the database has those of earlier ones."""


class Known:
    """Answers of one portal, by request key, time and payload digest."""

    def __init__(self, db: Database, data: DataDirectory, portal: str):
        self._db = db
        self._portal = portal
        self._new: set[bytes] = set()
        self._originals: OrderedDict[str, Capture] = OrderedDict()
        self.unreplayed = False  # captures that a run left which died before they became visits
        for path in sorted((data.captures / portal).glob("*/*.warc.gz")):
            file = path.relative_to(data.captures).as_posix()
            row = db.conn.execute("SELECT 1 FROM captures WHERE file = ? LIMIT 1", (file,)).fetchone()
            if row is None:
                for seen in scan_file(data, file):
                    if isinstance(seen, SeenCapture) and seen.capture.portal == portal:
                        self.add(seen.capture)
                        self.unreplayed = True

    def has(self, request_key: str, at: str, digest: str) -> bool:
        """Whether this answer is there."""
        if _mark(request_key, at, digest) in self._new:
            return True
        return any(known.payload_digest == digest for known in self._rows(request_key, at))

    def original(self, request_key: str, at: str, label: str | None) -> Capture | None:
        """The full response that a revisit refers to: by the request and time that it names, else by ``label``, the
        digest that its tool gave it."""
        for name in (f"{request_key} {at}", label):
            if name is not None and (found := self._originals.get(name)) is not None:
                return found
        return next((row for row in self._rows(request_key, at) if row.record_type == "response"), None)

    def add(self, capture: Capture, label: str | None = None) -> None:
        """Note a capture that is not in the database yet."""
        self._new.add(_mark(capture.request_key, capture.fetched_at, capture.payload_digest))
        self.refer(capture, label)

    def refer(self, capture: Capture, label: str | None) -> None:
        """Let revisits that follow refer to ``capture``."""
        if capture.record_type != "response":
            return
        for name in (f"{capture.request_key} {capture.fetched_at}", label):
            if name is not None:
                self._originals[name] = capture
        while len(self._originals) > 2 * MAX_ORIGINALS:
            self._originals.popitem(last=False)

    def row(self, request_key: str, at: str, digest: str) -> Capture | None:
        """The capture in the database that is this answer."""
        rows = (row for row in self._rows(request_key, at) if row.payload_digest == digest)
        return next(rows, None)

    def _rows(self, request_key: str, at: str) -> list[Capture]:
        rows = self._db.conn.execute(
            f"SELECT {', '.join(COLUMNS)} FROM captures WHERE portal = ? AND request_key = ? AND fetched_at = ?",
            (self._portal, request_key, at),
        )
        return [Capture(**dict(zip(COLUMNS, row, strict=True))) for row in rows]


def _mark(*parts: str) -> bytes:
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
