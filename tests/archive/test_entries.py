"""archive.crawling.entries: listing pages into sightings, entries, walk counts and cursor."""

from __future__ import annotations

from typing import Any

import pytest

from archive.crawling.entries import _KNOWN, ListedEntry, ListingResult, record_listing
from archive.crawling.walks import finish_walk, start_walk
from archive.transaction import transaction

CRAWL, T0 = "20261123T021500Z-00000001", "2026-11-23T02:15:00Z"

T1 = "2026-11-24T02:15:00Z"
SECOND = "20261124T021500Z-00000002"


def listed(name: str, **values: Any) -> ListedEntry:
    defaults = {"title": f"标题{name}", "published_on": "2026-01-02", "fields": {"agency": "市政府办"}}
    return ListedEntry(url=f"http://x.gov.cn/{name}", url_key=f"x.gov.cn/{name}", **defaults | values)


@pytest.fixture
def page(db, capture):
    """Record one page of a walk; gives the result."""

    def record(walk, *names, position=0, cursor=None, total=None, at=T0):
        entries = [name if isinstance(name, ListedEntry) else listed(name) for name in names]
        with transaction(db):
            return record_listing(
                db,
                walk["id"],
                capture(),
                entries,
                announced_total=total,
                cursor=cursor,
                position=position,
                at=at,
            )

    return record


def walk_of(db, crawl=CRAWL, mode="sweep", at=T0):
    with transaction(db):
        return start_walk(db, 1, crawl, mode, at)


def rows(db, sql):
    return [tuple(row) for row in db.conn.execute(sql)]


def test_a_walk_counts_distinct_entries_and_knows_repeated_ones(db, page):
    walk = walk_of(db)
    assert page(walk, "a", "b", "a", total=7, cursor={"page": 2}) == ListingResult(2, 0, 0)
    assert page(walk, "b", "c", position=2, cursor=None) == ListingResult(1, 1, 1)
    row = next(db.query("SELECT pages, entries_seen, entries_new, announced_total FROM walks"))
    assert row == {"pages": 2, "entries_seen": 3, "entries_new": 3, "announced_total": 7}
    entries = rows(db, "SELECT url_key, position FROM entries JOIN sightings ON id = sighting_id ORDER BY 1")
    assert entries == [("x.gov.cn/a", 0), ("x.gov.cn/b", 2), ("x.gov.cn/c", 3)]
    assert rows(db, "SELECT DISTINCT state, kind, first_seen_at FROM sightings") == [("pending", "page", T0)]


def test_the_next_walk_knows_what_the_first_listed_and_takes_its_words(db, page, add_crawl):
    first = walk_of(db)
    page(first, "a", "b")
    add_crawl(SECOND, at=T1)
    second = walk_of(db, SECOND, at=T1)
    assert page(second, listed("a", title="新标题"), "n", at=T1) == ListingResult(1, 1, 0)
    found = rows(
        db,
        "SELECT s.url_key, e.title, first_walk_id, last_walk_id"
        " FROM entries e JOIN sightings s ON s.id = sighting_id",
    )
    assert set(found) == {
        ("x.gov.cn/a", "新标题", first["id"], second["id"]),
        ("x.gov.cn/b", "标题b", first["id"], first["id"]),
        ("x.gov.cn/n", "标题n", second["id"], second["id"]),
    }


def test_an_entry_that_is_back_is_no_longer_delisted(db, page):
    walk = walk_of(db)
    page(walk, "a")
    with transaction(db):
        db.conn.execute("UPDATE entries SET delisted_at = ?", (T0,))
    page(walk, "a")
    assert rows(db, "SELECT delisted_at FROM entries") == [(None,)]


def test_a_pinned_entry_that_stands_twice_in_a_walk_stays_pinned(db, page, add_crawl):
    walk = walk_of(db)
    page(walk, listed("a", pinned=True), "b")
    page(walk, "a", "b", position=2)
    assert rows(db, "SELECT pinned FROM entries ORDER BY sighting_id") == [(1,), (0,)]
    add_crawl(SECOND, at=T1)
    page(walk_of(db, SECOND), "a")
    assert rows(db, "SELECT pinned FROM entries ORDER BY sighting_id") == [(0,), (0,)]


def test_offsite_is_kept_but_not_due_until_the_portal_takes_the_host_in(db, page):
    walk = walk_of(db)
    page(walk, listed("a", kind="offsite"), listed("f.pdf", kind="file"))
    assert rows(db, "SELECT kind, state FROM sightings ORDER BY id") == [
        ("offsite", "offsite"),
        ("file", "pending"),
    ]
    page(walk, "a")
    assert rows(db, "SELECT kind, state FROM sightings ORDER BY id")[0] == ("page", "pending")


def test_a_visited_sighting_keeps_its_state_and_follows_the_listed_address(db, page):
    walk = walk_of(db)
    page(walk, "a")
    with transaction(db):
        db.conn.execute("UPDATE sightings SET state = 'ok'")
    page(walk, listed("a", kind="offsite"))
    with transaction(db):
        pass
    moved = ListedEntry(url="https://x.gov.cn/a", url_key="x.gov.cn/a")
    page(walk, moved)
    assert rows(db, "SELECT url, kind, state FROM sightings") == [("https://x.gov.cn/a", "page", "ok")]


def test_an_interrupted_walk_goes_on_with_its_own_cursor(db, page, add_crawl):
    sweep = walk_of(db, mode="backfill")
    page(sweep, "a", cursor={"url": "http://x.gov.cn/nb/index_1.html", "page": 2})
    add_crawl(SECOND, at=T1)
    head = walk_of(db, SECOND, "head", T1)
    assert head["cursor"] is None
    page(head, "n", cursor={"page": 9})
    with transaction(db):
        finish_walk(db, head["id"], verdict="complete", reason=None, drifted=False, at=T1)
    again = walk_of(db, mode="backfill", at=T1)
    assert again["id"] == sweep["id"]
    assert again["cursor"] == {"url": "http://x.gov.cn/nb/index_1.html", "page": 2}
    assert again["started_at"] == T0
    assert page(again, "a", "b", at=T1) == ListingResult(1, 1, 1)
    with transaction(db):
        finish_walk(db, again["id"], verdict="complete", reason="end", drifted=True, at=T1)
    done = walk_of(db, mode="backfill", at=T1)
    assert (done["finished_at"], done["verdict"], done["drifted"], done["cursor"]) == (
        T1,
        "complete",
        1,
        None,
    )
    assert rows(db, "SELECT cursor, last_complete_sweep_at FROM directories") == [(None, T1)]


def test_an_incomplete_walk_is_no_sweep(db, page):
    walk = walk_of(db)
    page(walk, "a", total=756)
    with transaction(db):
        finish_walk(db, walk["id"], verdict="incomplete", reason="126 of 756", drifted=False, at=T1)
    assert rows(db, "SELECT announced_total, last_complete_sweep_at FROM directories") == [(756, None)]


def test_nothing_stays_when_the_batch_fails(db, capture):
    walk = walk_of(db)
    with pytest.raises(RuntimeError), transaction(db):
        record_listing(
            db, walk["id"], capture(), [listed("a")], announced_total=1, cursor={"page": 2}, position=0, at=T0
        )
        raise RuntimeError
    assert rows(
        db, "SELECT (SELECT count(*) FROM sightings), (SELECT count(*) FROM captures), pages FROM walks"
    ) == [(0, 0, 0)]


def test_a_page_is_looked_up_by_its_keys_not_in_all_sightings(db):
    plan = [row[3] for row in db.conn.execute(f"EXPLAIN QUERY PLAN {_KNOWN}", ("[]", "sample", 1))]
    assert plan[0].startswith("SCAN page")
    assert plan[1].endswith("(portal=? AND url_key=?)")


def test_personal_data_in_a_listing_is_masked(db, page):
    entry = listed(
        "a",
        title="电话13800138000公示",
        fields={"summary": "13800138001", "index_number": "13800138002/2026-1"},
    )
    page(walk_of(db), entry)
    title, fields = rows(db, "SELECT title, fields FROM entries")[0]
    assert "13800138000" not in title and title.endswith("公示")
    assert "13800138001" not in fields
    assert "13800138002/2026-1" in fields  # a number of the document is no number of a person
