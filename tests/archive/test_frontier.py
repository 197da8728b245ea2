"""archive.crawling.frontier: what is due, when failing addresses come again, nothing twice in a crawl."""

from __future__ import annotations

import pytest

from archive.crawling.entries import ListedEntry, record_listing
from archive.crawling.frontier import _DUE, _DUE_OF_MANY, counts, due, due_revisits, fetch_failed, next_try
from archive.crawling.portals import save_directory
from archive.crawling.walks import start_walk
from archive.transaction import transaction

CRAWL, T0 = "20261123T021500Z-00000001", "2026-11-23T02:15:00Z"

LATER = "2026-11-24T02:15:00Z"
NIGHTLY = "20261124T021500Z-00000002"


@pytest.fixture
def five(db, capture):
    """Five pending pages, one file, one offsite, all listed by one directory."""
    with transaction(db):
        walk = start_walk(db, 1, CRAWL, "sweep", T0)
        entries = [
            ListedEntry(
                f"http://x.gov.cn/{n}", f"x.gov.cn/{n}", title=f"标题{n}", fields={"agency": "市政府办"}
            )
            for n in range(5)
        ]
        entries.append(ListedEntry("http://x.gov.cn/f.pdf", "x.gov.cn/f.pdf", kind="file"))
        entries.append(ListedEntry("http://y.gov.cn/", "y.gov.cn/", kind="offsite"))
        record_listing(db, walk["id"], capture(), entries, announced_total=7, cursor=None, position=0, at=T0)
    return db


def ids(found):
    return [item.sighting_id for item in found]


def test_pending_ones_come_in_order_with_what_the_listing_says(five):
    found = due(five, "sample", at=T0, crawl_id=CRAWL, limit=4)
    assert ids(found) == [1, 2, 3, 4]
    assert (found[0].url, found[0].title, found[0].fields) == (
        "http://x.gov.cn/0",
        "标题0",
        {"agency": "市政府办"},
    )
    assert (found[0].directory_key, found[0].listing_capture_id) == ("reports", 1)
    assert ids(due(five, "sample", at=T0, crawl_id=CRAWL, after="x.gov.cn/3", limit=4)) == [5, 6]
    assert ids(due(five, "sample", at=T0, crawl_id=CRAWL, limit=9, kinds=("file",))) == [6]
    assert due(five, "other", at=T0, crawl_id=CRAWL, limit=9) == []


def test_a_failed_one_waits_longer_each_time(five, capture):
    assert [next_try(T0, failures) for failures in (0, 1, 7, 50)] == [
        "2026-11-23T03:15:00.000Z", "2026-11-23T04:15:00.000Z", "2026-11-28T10:15:00.000Z", "2026-11-30T02:15:00.000Z",
    ]  # fmt: skip
    with transaction(five):
        fetch_failed(
            five, 1, state="error", error="HTTP 500", at=T0, capture=capture(outcome="error", status=500)
        )
        fetch_failed(five, 2, state="blocked", error="challenge", at=T0, capture=None)
    row = next(five.query("SELECT state, failures, last_error, visited_at, next_visit_at FROM sightings"))
    assert row == {
        "state": "error", "failures": 1, "last_error": "HTTP 500", "visited_at": T0,
        "next_visit_at": "2026-11-23T03:15:00.000Z",
    }  # fmt: skip
    assert five["captures"].count == 2
    assert counts(five, "sample") == {
        "pending": 4,
        "ok": 0,
        "error": 1,
        "blocked": 1,
        "gone": 0,
        "offsite": 1,
    }
    with pytest.raises(KeyError), transaction(five):
        fetch_failed(five, 99, state="error", error="", at=T0, capture=None)


def test_never_twice_in_one_crawl_but_in_the_next(five, add_crawl):
    with transaction(five):
        fetch_failed(five, 1, state="error", error="HTTP 500", at=LATER, capture=None)
    far = "2026-12-24T02:15:00Z"
    assert 1 not in ids(due(five, "sample", at=far, crawl_id=CRAWL, limit=9))
    add_crawl(NIGHTLY, "nightly", "2026-11-24T02:20:00Z")
    add_crawl("20261124T022000Z-00000003", "crawl", "2026-11-24T02:20:00Z")
    waiting, ready = "2026-11-24T02:30:00Z", "2026-11-24T03:15:00Z"
    assert 1 not in ids(due(five, "sample", at=waiting, crawl_id=NIGHTLY, limit=9))
    assert ids(due(five, "sample", at=ready, crawl_id=NIGHTLY, limit=9)) == [1, 2, 3, 4, 5, 6]
    # `crawl` was typed by somebody who wants it now
    assert 1 in ids(due(five, "sample", at=waiting, crawl_id="20261124T022000Z-00000003", limit=9))


def test_revisits_take_the_vanishing_then_the_delisted_then_the_oldest(five):
    states = [
        ("ok", "2026-11-01T00:00:00Z", None, 0),
        ("gone", "2026-11-05T00:00:00Z", None, 1),
        ("ok", "2026-11-04T00:00:00Z", "2026-11-20T00:00:00Z", 0),
        ("gone", "2026-11-02T00:00:00Z", None, 3),
        ("ok", "2026-11-23T02:15:00Z", None, 0),
        ("error", "2026-11-01T00:00:00Z", None, 0),
    ]
    with transaction(five):
        five.conn.executemany(
            "UPDATE sightings SET state = ?, visited_at = ?, next_visit_at = ?, gone_days = ? WHERE id = ?",
            [(*state, number) for number, state in enumerate(states, 1)],
        )
    assert ids(due_revisits(five, "sample", before=T0, limit=9)) == [2, 3, 1, 4]
    assert ids(due_revisits(five, "sample", before=T0, limit=2)) == [2, 3]


def test_the_entry_shown_is_listed_and_of_the_first_directory(five, capture):
    with transaction(five):
        other = save_directory(five, "sample", "a-first", "概况", "http://x.gov.cn/gk/", "entries")
        walk = start_walk(five, other, CRAWL, "sweep", T0)
        entry = ListedEntry("http://x.gov.cn/0", "x.gov.cn/0", title="另一名")
        record_listing(
            five, walk["id"], capture(), [entry], announced_total=1, cursor=None, position=0, at=T0
        )
    assert due(five, "sample", at=T0, crawl_id=CRAWL, limit=1)[0].directory_key == "a-first"
    with transaction(five):
        five.conn.execute("UPDATE entries SET delisted_at = ? WHERE directory_id = ?", (T0, other))
    assert due(five, "sample", at=T0, crawl_id=CRAWL, limit=1)[0].directory_key == "reports"


def test_it_reads_the_index_not_the_table(five):
    parameters = {"portal": "sample", "at": T0, "crawl_id": CRAWL, "after": "", "limit": 9, "kinds": "[]"}
    plan = [row[3] for row in five.conn.execute(f"EXPLAIN QUERY PLAN {_DUE}", parameters)]
    assert not [line for line in plan if line.startswith("SCAN sightings")]
    assert sum("INDEX sightings_due (portal=? AND state=?" in line for line in plan) == 2
    plan = [row[3] for row in five.conn.execute(f"EXPLAIN QUERY PLAN {_DUE_OF_MANY}", parameters)]
    assert any("INDEX sqlite_autoindex_sightings_1 (portal=? AND url_key>?)" in line for line in plan)


def test_the_order_is_that_of_addresses_however_many_are_pending(five, monkeypatch):
    few = due(five, "sample", at=T0, crawl_id=CRAWL, limit=9)
    assert [one.url_key for one in few] == sorted(one.url_key for one in few)
    monkeypatch.setattr("archive.crawling.frontier._FEW", 6)
    assert due(five, "sample", at=T0, crawl_id=CRAWL, limit=9) == few
