"""An archive with one portal, one directory and one crawl, and small makers for what goes in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from archive.captures.model import Capture
from archive.crawling.crawls import start_crawl
from archive.crawling.portals import save_directory, save_portal
from archive.layout import DataDirectory
from archive.migrations import migrate
from archive.transaction import connect, transaction

T0 = "2026-11-23T02:15:00Z"
CRAWL = "20261123T021500Z-00000001"


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path)


def add_portal(db: Database, portal: str = "sample") -> None:
    save_portal(
        db, id=portal, name="样例市人民政府", family="trs-static", base_url="http://x.gov.cn/",
        region_code=None, site_code=None, enabled=True, verified_on=None, config={}, config_hash="0", at=T0,
    )  # fmt: skip


def add_crawl(db: Database, crawl_id: str = CRAWL, command: str = "crawl", at: str = T0) -> None:
    start_crawl(
        db, id=crawl_id, portal="sample", command=command, options={}, config_hash="0", software="test",
        vantage=None, at=at,
    )  # fmt: skip


@pytest.fixture(name="add_crawl")
def add_crawl_fixture(db: Database) -> Callable[..., None]:
    """A maker of further crawls: ``add_crawl(id, command, at)``."""

    def make(crawl_id: str, command: str = "crawl", at: str = T0) -> None:
        with transaction(db):
            add_crawl(db, crawl_id, command, at)

    return make


@pytest.fixture
def db(data: DataDirectory) -> Iterator[Database]:
    db = connect(data.database)
    migrate(db, T0)
    with transaction(db):
        add_portal(db)
        add_crawl(db)
        save_directory(db, "sample", "reports", "年度报告", "http://x.gov.cn/nb/", "entries")
    yield db
    db.close()


@pytest.fixture
def capture() -> Callable[..., Capture]:
    """A maker of captures; each lies at another offset."""
    offset = 0

    def make(**values: Any) -> Capture:
        nonlocal offset
        offset += 100
        defaults: dict[str, Any] = {
            "crawl_id": CRAWL, "portal": "sample", "role": "listing", "url": "http://x.gov.cn/nb/",
            "request_key": "GET x.gov.cn/nb/", "fetched_at": T0, "status": 200, "outcome": "content",
            "payload_digest": "sha256:00", "file": "sample/2026/a-00001.warc.gz", "offset": offset,
            "length": 100,
        }  # fmt: skip
        return Capture(**defaults | values)

    return make
