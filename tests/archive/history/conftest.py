"""A portal whose pages are visited in a test: each call of ``site.visit`` is one page, one minute later."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from archive.captures.model import Capture
from archive.migrations import migrate
from archive.record import Record
from archive.transaction import connect, transaction
from archive.writer import Visit, VisitResult, write_gone, write_visit

CRAWL = "20261123T021500Z-00000001"
START = datetime.fromisoformat("2026-11-23T02:15:00Z")


def prose(seed: int, sentences: int = 30) -> str:
    """A body of its own: two seeds share next to nothing, one seed always gives the same."""
    chance = random.Random(seed)
    words = ["".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(chance.randrange(6, 14)))
             for _ in range(sentences)]  # fmt: skip
    return "\n\n".join("，".join(words[start : start + 3]) + "。" for start in range(0, sentences, 3))


class Site:
    """Visits in time order over one archive, and what the archive then says."""

    def __init__(self, db: Database, capture: Callable[..., Capture]) -> None:
        self.db = db
        self._capture = capture
        self.minutes = 0

    @property
    def at(self) -> str:
        return (START + timedelta(minutes=self.minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def record(self, path: str = "/a.html", **fields: Any) -> Record:
        values: dict[str, Any] = {"title": "关于公开的通知", "body_text": prose(1), "extractor_version": "1"}
        return Record(url=f"http://x.gov.cn{path}", portal="sample", **values | fields)

    def sighting(self, path: str) -> int:
        key = f"x.gov.cn{path}"
        self.db.execute(
            "INSERT OR IGNORE INTO sightings(portal, url_key, url, first_seen_at) VALUES ('sample', ?, ?, ?)",
            [key, f"http://{key}", self.at],
        )
        return int(self.value("SELECT id FROM sightings WHERE portal = 'sample' AND url_key = ?", key))

    def capture(self, path: str, **fields: Any) -> Capture:
        values = {"role": "document", "url": f"http://x.gov.cn{path}", "request_key": f"GET x.gov.cn{path}"}
        return self._capture(fetched_at=self.at, **values | fields)

    def visit(self, path: str = "/a.html", *, baseline: Record | None = None, **fields: Any) -> VisitResult:
        return self.write(self.record(path, **fields), path, baseline=baseline)

    def write(self, record: Record, path: str = "/a.html", *, baseline: Record | None = None) -> VisitResult:
        self.minutes += 1
        with transaction(self.db):
            visit = Visit(
                self.sighting(path), self.at, CRAWL, record, [(self.capture(path), "page", 0)], "sha256:00",
                baseline=baseline,
            )  # fmt: skip
            return write_visit(self.db, visit)

    def gone(self, path: str, *, days: int = 0, hours: int = 0) -> bool:
        """The address answers 404 so much later."""
        self.minutes += 1 + days * 24 * 60 + hours * 60
        with transaction(self.db):
            capture = replace(self.capture(path), status=404, outcome="gone")
            return write_gone(self.db, self.sighting(path), capture, self.at, CRAWL)

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        """The rows of a query; single values where it has one column."""
        return [row[0] if len(row) == 1 else tuple(row) for row in self.db.execute(sql, list(parameters))]

    def value(self, sql: str, *parameters: Any) -> Any:
        return self.rows(sql, *parameters)[0]

    def events(self) -> list[str]:
        return self.rows("SELECT kind FROM events ORDER BY seq")

    def count(self, table: str) -> int:
        return int(self.value(f"SELECT count(*) FROM {table}"))

    def role(self, path: str) -> str | None:
        return self.value("SELECT role FROM sightings WHERE url_key = ?", f"x.gov.cn{path}")

    def document_of(self, path: str) -> str:
        """The uid of the document that an address stands for."""
        return str(self.value(
            "SELECT uid FROM documents JOIN sightings ON documents.id = document_id WHERE url_key = ?",
            f"x.gov.cn{path}",
        ))  # fmt: skip


@pytest.fixture
def site(db: Database, capture: Callable[..., Capture]) -> Site:
    return Site(db, capture)


@pytest.fixture(name="prose")
def prose_fixture() -> Callable[..., str]:
    return prose


@pytest.fixture
def fresh(site: Site, tmp_path: Path, capture: Callable[..., Any]) -> Callable[[], Any]:
    """A maker of sites over archives of their own."""
    count = 0

    def make() -> Any:
        nonlocal count
        count += 1
        db = connect(tmp_path / f"{count}.db")
        migrate(db, site.at)
        for table in ("portals", "crawls"):
            rows = list(site.db.query(f"SELECT * FROM {table}"))
            db[table].insert_all(rows)
        return type(site)(db, capture)

    return make
