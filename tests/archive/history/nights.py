"""Several crawls over one archive: what each visits, and what readers see afterwards."""

from __future__ import annotations

from typing import Any

from archive.search import check_index, search
from archive.transaction import transaction
from archive.writer import Visit, VisitResult, write_visit


class Nights:
    """Visits of different crawls; ``crawl`` is made when it is first named."""

    def __init__(self, site: Any, add_crawl: Any) -> None:
        self.site = site
        self.db = site.db
        self._add_crawl = add_crawl
        self._crawls: set[str] = set()

    def crawl(self, night: int) -> str:
        """The id of a night's crawl."""
        id_ = f"202612{night:02d}T021500Z-0000000{night}"
        if id_ not in self._crawls:
            self._crawls.add(id_)
            self._add_crawl(id_, at=self.site.at)
        return id_

    def visit(self, night: int, path: str, **fields: Any) -> VisitResult:
        """One page, one minute later."""
        crawl_id, site = self.crawl(night), self.site
        site.minutes += 1
        record = site.record(path, **fields)
        with transaction(self.db):
            capture = site.capture(path, crawl_id=crawl_id)
            visit = Visit(
                site.sighting(path),
                site.at,
                crawl_id,
                record,
                [(capture, "page", 0)],
                "sha256:00",
                etag='"1"',
            )
            return write_visit(self.db, visit)

    def readers(self) -> dict[str, Any]:
        """What readers see: documents, events, findings; and that the index is that of the documents."""
        assert list(check_index(self.db)) == []
        assert self.site.rows("PRAGMA foreign_key_check") == []
        shown = (
            "SELECT uid, url, title, index_number, index_key, agency_id, body_text, content_hash, simhash, revision_id,"
            " withdrawn_at, last_changed_at FROM documents WHERE revision_id IS NOT NULL ORDER BY uid"
        )
        addresses = (
            "SELECT url_key, uid, role, s.revision_id FROM sightings s JOIN documents d ON d.id = document_id"
            " WHERE s.revision_id IS NOT NULL ORDER BY url_key"
        )
        files = (
            "SELECT uid, name, ordinal FROM attachments JOIN documents d ON d.id = document_id"
            " WHERE d.revision_id IS NOT NULL ORDER BY uid, ordinal, name"
        )
        return {
            "files": self.site.rows(files),
            "documents": self.site.rows(shown),
            "addresses": self.site.rows(addresses),
            "links": self.site.rows(
                "SELECT document_id, other_id, relation FROM document_links ORDER BY 1, 2, 3"
            ),
            "events": self.site.rows("SELECT kind, document_id, revision_id FROM events ORDER BY seq"),
        }

    def found(self, word: str) -> int:
        """How many documents search finds."""
        return search(self.db, word).total
