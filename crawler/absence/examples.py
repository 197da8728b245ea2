"""Pages of the archive to lay beside an answer: documents as they were, and tonight's listings."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from archive.captures.reader import DamagedCapture, read_capture
from archive.layout import DataDirectory
from crawler.absence.said import Said, said

EXAMPLES = 3

_LAST_GOOD = """
    SELECT file, offset, length FROM captures WHERE portal = ? AND request_key = ? AND role = 'document'
      AND outcome = 'content' AND record_type = 'response' AND status BETWEEN 200 AND 299
    ORDER BY fetched_at DESC LIMIT 1
"""
_BESIDE = f"""
    SELECT s.url_key FROM entries AS e JOIN directories AS d ON d.id = e.directory_id
    JOIN sightings AS s ON s.id = e.sighting_id
    WHERE d.portal = ? AND d.key = ? AND s.state = 'ok' AND s.kind = 'page' AND s.revision_id IS NOT NULL
    ORDER BY s.url_key LIMIT {EXAMPLES}
"""
_LISTINGS = f"""
    SELECT DISTINCT c.file, c.offset, c.length FROM walks AS w
    JOIN entries AS e ON e.directory_id = w.directory_id AND e.last_walk_id = w.id
    JOIN captures AS c ON c.id = e.capture_id AND c.record_type = 'response'
    WHERE w.crawl_id = ? AND coalesce(w.directory_id = ?, 1) LIMIT {EXAMPLES}
"""

Place = tuple[str, int, int]


class Examples:
    """Reads them; what is damaged is left out, ``verify`` tells of it."""

    def __init__(self, reader: Database, data: DataDirectory, portal: str, encoding: str | None):
        self._reader = reader
        self._data = data
        self._portal = portal
        self._encoding = encoding

    def last_good(self, url_key: str) -> list[Said]:
        """What the address answered when it was last there; empty when it never was."""
        return self._read(self._reader.execute(_LAST_GOOD, [self._portal, f"GET {url_key}"]).fetchall())

    def beside(self, directory: str) -> list[Said]:
        """Some documents of a directory."""
        keys = self._reader.execute(_BESIDE, [self._portal, directory]).fetchall()
        return [one for (key,) in keys for one in self.last_good(key)]

    def listings(self, crawl_id: str, directory_id: int | None) -> list[Said]:
        """Some pages of a crawl's listings, of one directory or of any."""
        return self._read(self._reader.execute(_LISTINGS, [crawl_id, directory_id]).fetchall())

    def _read(self, places: Sequence[Place]) -> list[Said]:
        found = []
        for file, offset, length in places:
            try:
                stored = read_capture(self._data, file, offset, length)
            except DamagedCapture:
                continue
            one = said(stored.body, stored.content_type, self._encoding)
            if one is not None:
                found.append(one)
        return found
