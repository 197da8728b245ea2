"""archive.crawling.portals, crawls, findings, events, info: rows in and out."""

from __future__ import annotations

import sqlite3

import pytest

from archive.crawling.crawls import beat, finish_crawl, open_crawl
from archive.crawling.portals import retire_missing, save_directory, save_portal, set_enabled
from archive.events import add_event
from archive.findings import fingerprint, save_finding
from archive.info import get_info, set_info
from archive.transaction import transaction

CRAWL, T0, T1 = "20261123T021500Z-00000001", "2026-11-23T02:15:00Z", "2026-11-24T02:15:00Z"


def save(db, at=T1, **values):
    defaults = {
        "id": "sample", "name": "样例市人民政府", "family": "trs-static", "base_url": "http://x.gov.cn/",
        "region_code": None, "site_code": None, "enabled": True, "verified_on": None, "config": {}, "config_hash": "0",
    }  # fmt: skip
    with transaction(db):
        save_portal(db, at=at, **defaults | values)
    return next(db.query("SELECT * FROM portals"))


def test_an_unchanged_portal_file_changes_nothing(db):
    assert save(db)["updated_at"] == T0
    row = save(db, name="新名", config={"schema": 1})
    assert (row["name"], row["config"], row["updated_at"]) == ("新名", '{"schema": 1}', T1)


def test_on_and_off_is_the_users_choice(db):
    with transaction(db):
        assert set_enabled(db, "sample", False, at=T1)
        assert not set_enabled(db, "unknown", False, at=T1)
    assert save(db, name="新名", enabled=True)["enabled"] == 0


def test_directories_retire_and_come_back(db):
    with transaction(db):
        parent = save_directory(db, "sample", "top", "公开", "http://x.gov.cn/", "empty")
        child = save_directory(db, "sample", "reports", "新名", "http://x.gov.cn/nb/", "entries", parent)
        assert child == 1
        assert retire_missing(db, "sample", ["top"], T1) == 1
        assert retire_missing(db, "sample", ["top"], T1) == 0
    rows = {row["key"]: row for row in db.query("SELECT * FROM directories")}
    assert (rows["reports"]["name"], rows["reports"]["parent_id"], rows["reports"]["retired_at"]) == (
        "新名",
        parent,
        T1,
    )
    assert rows["top"]["retired_at"] is None
    with transaction(db):
        assert save_directory(db, "sample", "reports", "名", "http://x.gov.cn/nb/", "entries") == 1
    assert next(db.query("SELECT retired_at FROM directories WHERE key = 'reports'")) == {"retired_at": None}


def test_an_unfinished_crawl_is_found_until_it_is_finished(db, add_crawl):
    add_crawl("20261124T021500Z-00000002", "backfill", T1)
    assert open_crawl(db, "sample", "crawl")["id"] == CRAWL
    found = open_crawl(db, "sample", "backfill")
    assert (found["id"], found["options"], found["stats"]) == ("20261124T021500Z-00000002", {}, {})
    assert open_crawl(db, "sample", "nightly") is None
    with transaction(db):
        beat(db, CRAWL, T1)
        assert next(db.query("SELECT heartbeat_at FROM crawls WHERE id = ?", [CRAWL])) == {"heartbeat_at": T1}
        finish_crawl(
            db, CRAWL, completeness="complete", verdict="ok", reasons=["一"], stats={"pages": 2}, at=T1
        )
    assert open_crawl(db, "sample", "crawl") is None
    row = next(db.query("SELECT * FROM crawls WHERE id = ?", [CRAWL]))
    assert (row["finished_at"], row["reasons"], row["stats"]) == (T1, '["一"]', '{"pages": 2}')
    with pytest.raises(sqlite3.IntegrityError), transaction(db):
        finish_crawl(db, CRAWL, completeness="great", verdict="ok", reasons=[], stats={}, at=T1)


def document(db, uid="aaaaaaaaaaaaaaaa"):
    db.conn.execute(
        "INSERT INTO documents(uid, portal, url, first_seen_at, last_seen_at) VALUES (?, 'sample', 'u', ?, ?)",
        (uid, T0, T0),
    )
    return db.conn.execute("SELECT id FROM documents WHERE uid = ?", (uid,)).fetchone()[0]


def test_a_finding_is_one_row_however_often_it_is_seen(db):
    with transaction(db):
        one = document(db)
        first = save_finding(
            db, "index-number-reused", "warning", "两件", at=T1, portal="sample", document_id=one
        )
        assert (
            save_finding(db, "index-number-reused", "error", "三件", at=T0, portal="sample", document_id=one)
            == first
        )
        other = save_finding(
            db, "index-number-reused", "warning", "x", at=T0, portal="sample", document_id=one, location="b"
        )
        third = save_finding(db, "listing-capped", "info", "x", at=T0, portal="sample", data={"found": 1})
    rows = {row["id"]: row for row in db.query("SELECT * FROM findings")}
    assert set(rows) == {first, other, third}
    assert (rows[first]["message"], rows[first]["severity"]) == ("三件", "error")
    assert (rows[first]["first_seen_at"], rows[first]["last_seen_at"]) == (T0, T1)
    assert rows[first]["fingerprint"] == fingerprint("index-number-reused", "aaaaaaaaaaaaaaaa", None)
    with transaction(db):
        db.conn.execute("UPDATE findings SET resolved_at = ?", (T1,))
        save_finding(db, "index-number-reused", "error", "又", at=T1, portal="sample", document_id=one)
    assert next(db.query("SELECT resolved_at FROM findings WHERE id = ?", [first])) == {"resolved_at": None}
    with pytest.raises(sqlite3.IntegrityError), transaction(db):
        save_finding(db, "r", "awful", "m", at=T0, portal="sample")
    with pytest.raises(KeyError), transaction(db):
        save_finding(db, "r", "info", "m", at=T0, portal="sample", document_id=99)


def test_events_never_reuse_a_number(db):
    with transaction(db):
        one = document(db)
        assert add_event(db, "new", one, at=T0, crawl_id=CRAWL) == 1
        db.conn.execute("DELETE FROM events")
        assert add_event(db, "renumbered", one, at=T0, data={"old": "甲"}) == 2
    assert next(db.query("SELECT data, crawl_id FROM events")) == {"data": '{"old": "甲"}', "crawl_id": None}
    with pytest.raises(sqlite3.IntegrityError), transaction(db):
        add_event(db, "vanished", one, at=T0)


def test_info(db):
    assert get_info(db, "contact") is None
    with transaction(db):
        set_info(db, "contact", "a@example.org")
        set_info(db, "contact", "b@example.org")
    assert get_info(db, "contact") == "b@example.org"
