"""What a killed process left is told to the captures again before it is finished."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.captures.observation import SeenEvent
from archive.captures.scan import scan_file
from archive.crawling.beginning import begin_crawl
from archive.crawling.crawls import beat, finish_crawl, pages_so_far, start_crawl
from archive.crawling.portals import save_portal
from archive.history.quarantine import marks
from archive.history.quarantine.crawl import mark_quarantine
from archive.history.quarantine.release import mark_release
from archive.layout import DataDirectory
from archive.migrations import migrate
from archive.transaction import connect, transaction
from crawler.portals.model import Portal
from crawler.quarantines import finish_left_over, overlooked

CRAWL, AT = "20261123T021500Z-00000001", "2026-11-23T02:15:00.000Z"
LATER = "2026-11-24T02:15:00.000Z"


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path)


@pytest.fixture
def db(data: DataDirectory) -> Database:
    db = connect(data.database)
    migrate(db, AT)
    with transaction(db):
        save_portal(
            db, id="p", name="样例", family="trs-static", base_url="http://x.gov.cn/", region_code=None, site_code=None,
            enabled=True, verified_on=None, config={}, config_hash="0", at=AT,
        )  # fmt: skip
        start_crawl(
            db,
            id=CRAWL,
            portal="p",
            command="crawl",
            options={},
            config_hash="0",
            software="t",
            vantage=None,
            at=AT,
        )
    return db


def events(data: DataDirectory) -> list[tuple[str, str, str, dict[str, object]]]:
    files = sorted(path.relative_to(data.captures).as_posix() for path in data.captures.rglob("*.warc.gz"))
    seen = [one for file in files for one in scan_file(data, file)]
    return [(one.kind, one.crawl_id, one.at, one.data) for one in seen if isinstance(one, SeenEvent)]


def test_a_mark_without_an_end_is_recorded_and_finished(data: DataDirectory, db: Database) -> None:
    with transaction(db):
        mark_quarantine(db, CRAWL, "索引号 …", AT)
    finish_left_over(db, data, "p")
    assert events(data) == [("quarantine", CRAWL, AT, {"reason": "索引号 …"})]
    assert marks.mark(db, CRAWL, "quarantine")["finished_at"] == AT
    with transaction(db):
        mark_release(db, [CRAWL], LATER)
    finish_left_over(db, data, "p")
    assert events(data)[1:] == [("release", CRAWL, LATER, {"portal": "p", "crawls": [CRAWL]})]
    assert marks.mark(db, CRAWL, "release")["finished_at"] == LATER
    assert marks.mark(db, CRAWL, "quarantine")["released_at"] == LATER


def test_a_crawl_that_died_is_judged_by_what_was_kept_of_its_pages(data: DataDirectory, db: Database) -> None:
    def begin(night: int) -> str:
        crawl_id, at = f"202611{night}T021500Z-00000001", f"2026-11-{night}T02:15:00.000Z"
        with transaction(db):
            begin_crawl(
                db, crawl_id, portal="p", command="crawl", options={}, config_hash="0", software="t", vantage=None, at=at
            )  # fmt: skip
        return crawl_id

    def keep(crawl_id: str, titles: int) -> None:
        with transaction(db):
            beat(db, crawl_id, AT, {"a": {"new": {"read": 30, "title": titles, "anything": 30}}})

    directory = {"key": "a", "name": "公告", "url": "/a/"}
    values = {"id": "p", "schema": 1, "name": "样例", "family": "trs-static", "base_url": "http://x.gov.cn/"}
    portal = Portal.model_validate({**values, "directories": [directory]})
    good = begin(24)
    keep(good, 30)
    with transaction(db):
        finish_crawl(
            db,
            good,
            completeness="complete",
            verdict="ok",
            reasons=[],
            stats={"pages": pages_so_far(db, good)},
            at=AT,
        )
    fine = begin(25)
    assert overlooked(db, portal, fine) is None
    keep(fine, 29)
    dead = begin(26)
    assert overlooked(db, portal, dead) is None
    keep(dead, 0)
    assert overlooked(db, portal, begin(27)) == (
        dead,
        "标题 filled on 0 % of 30 pages, 100 % over the last 1 crawls",
    )


def test_nothing_left_over_writes_nothing(data: DataDirectory, db: Database) -> None:
    finish_left_over(db, data, "p")
    assert not data.captures.exists()
