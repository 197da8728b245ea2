"""What a whole walk did not see is delisted: by walks that interleave, once for a document, due at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archive.captures.model import Capture
from archive.crawling.delisting import first_absent
from archive.crawling.entries import ListedEntry, listed_count, listed_titles, record_listing
from archive.crawling.frontier import due_revisits
from archive.crawling.portals import save_directory
from archive.crawling.walks import finish_walk, start_walk, walk_counts
from archive.history.presence import write_gone
from archive.record import Record
from archive.transaction import transaction
from archive.writer import Visit, write_visit

OTHER = "reports2"


def night(day: int, hour: int = 2) -> str:
    return f"2026-12-{day:02}T{hour:02}:00:00.000Z"


class Listing:
    """A directory's walks, each in a crawl of its own."""

    def __init__(self, db: Any, capture: Any, add_crawl: Any) -> None:
        self.db, self.capture, self.add_crawl = db, capture, add_crawl
        self.crawls = 0
        with transaction(db):
            self.other = save_directory(db, "sample", OTHER, "另一栏", "http://x.gov.cn/lb/", "entries")

    def start(self, at: str, mode: str = "sweep", directory: int = 1) -> Any:
        self.crawls += 1
        crawl_id = f"202612{self.crawls:02}T000000Z-00000001"
        self.add_crawl(crawl_id, "backfill" if mode == "backfill" else "crawl", at)
        with transaction(self.db):
            return start_walk(self.db, directory, crawl_id, mode, at)

    def page(self, walk: Any, *names: str, total: int | None = None, position: int = 0) -> Any:
        entries = [ListedEntry(f"http://x.gov.cn/{name}", f"x.gov.cn/{name}", title=name) for name in names]
        with transaction(self.db):
            return record_listing(
                self.db, walk["id"], self.capture(), entries, announced_total=total, cursor=None,
                position=position, at=walk["started_at"],
            )  # fmt: skip

    def finish(self, walk: Any, at: str, verdict: str = "complete", proves: bool = True) -> None:
        with transaction(self.db):
            finish_walk(
                self.db, walk["id"], verdict=verdict, reason=None, drifted=False, at=at, proves_absence=proves
            )

    def whole(self, day: int, *names: str, **how: Any) -> None:
        mode, directory = how.pop("mode", "sweep"), how.pop("directory", 1)
        walk = self.start(night(day), mode, directory)
        if names:
            self.page(walk, *names)
        self.finish(walk, night(day, 3), **how)

    def visit(self, name: str, at: str, number: str | None = None) -> None:
        record = Record(
            url=f"http://x.gov.cn/{name}", portal="sample", title=f"标题{name}", body_text=f"正文{number or name}" * 30,
            index_number=number, extractor_version="1",
        )  # fmt: skip
        capture: Capture = self.capture(role="document", request_key=f"GET x.gov.cn/{name}", fetched_at=at)
        with transaction(self.db):
            row = self.db.conn.execute("SELECT id FROM sightings WHERE url_key = ?", (f"x.gov.cn/{name}",))
            write_visit(
                self.db,
                Visit(row.fetchone()[0], at, capture.crawl_id, record, [(capture, "page", 0)], "sha256:00"),
            )

    def delisted(self, directory: int = 1) -> str:
        rows = self.db.conn.execute(
            "SELECT url_key FROM entries JOIN sightings ON id = sighting_id"
            " WHERE directory_id = ? AND delisted_at IS NOT NULL ORDER BY 1",
            (directory,),
        )
        return " ".join(key.removeprefix("x.gov.cn/") for (key,) in rows)

    def events(self) -> list[tuple[str, str]]:
        rows = self.db.conn.execute(
            "SELECT kind, title FROM events JOIN documents ON documents.id = document_id ORDER BY seq"
        )
        return [(kind, title) for kind, title in rows if kind != "new"]


@pytest.fixture
def listing(db: Any, capture: Any, add_crawl: Any) -> Listing:
    return Listing(db, capture, add_crawl)


def test_absence_from_a_whole_walk_delists_and_makes_due(listing: Listing) -> None:
    listing.whole(1, "a", "b", "c")
    for name in "abc":
        listing.visit(name, night(1, 4))
    listing.whole(2, "a", "c")
    assert listing.delisted() == "b"
    assert listing.events() == [("delisted", "标题b")]
    before, now = night(2), night(2, 4)
    first = due_revisits(listing.db, "sample", before=before, at=now, limit=9, first=True)
    assert [one.url_key for one in first] == ["x.gov.cn/b"]
    everything = due_revisits(listing.db, "sample", before=before, at=now, limit=9)
    assert [one.url_key[-1] for one in everything] == ["b", "a", "c"]
    assert listed_count(listing.db, 1) == 2


@pytest.mark.parametrize(
    "how",
    [
        {"mode": "head"}, {"verdict": "incomplete"}, {"verdict": "blocked"}, {"verdict": "failed"},
        {"proves": False}, {"verdict": "empty-as-expected"},
    ],
    ids=str,
)  # fmt: skip
def test_no_other_walk_proves_anything(listing: Listing, how: dict[str, Any]) -> None:
    listing.whole(1, "a", "b")
    listing.whole(2, *([] if "empty" in how.get("verdict", "") else ["a"]), **how)
    assert listing.delisted() == ""


def test_a_directory_that_is_empty_for_the_fifth_time_lists_nothing_any_more(listing: Listing) -> None:
    listing.whole(1, "a", "b")
    for day in range(2, 6):
        listing.whole(day, verdict="incomplete")
    assert listing.delisted() == ""
    listing.whole(6, verdict="empty-as-expected")
    assert listing.delisted() == "a b"


def test_a_document_is_delisted_when_no_directory_has_any_of_its_addresses_and_once(listing: Listing) -> None:
    number = "005452487/2020-00001"
    listing.whole(1, "a", "b", "c")
    listing.whole(1, "a", "z", directory=listing.other)
    listing.visit("a", night(1, 4))
    listing.visit("b", night(1, 5), number)
    listing.visit("c", night(1, 6), number)
    listing.whole(2, "c")
    assert (listing.delisted(), listing.delisted(listing.other)) == ("a b", "")
    assert listing.events() == []  # the other directory has a
    listing.whole(3, "z", directory=listing.other)
    assert ("delisted", "标题a") in listing.events()
    listing.whole(4, "a", "b", "c")
    listing.whole(5, "c", "b")
    assert listing.events().count(("delisted", "标题a")) == 1


def test_a_pending_or_gone_address_is_not_made_due(listing: Listing) -> None:
    listing.whole(1, "a", "b", "c")
    listing.visit("a", night(1, 4))
    gone = replace(listing.capture(role="document"), status=404, outcome="gone")
    with transaction(listing.db):
        write_gone(listing.db, 1, gone, night(1, 5), gone.crawl_id)
    listing.whole(2, "c")
    assert listing.delisted() == "a b"
    assert list(listing.db.query("SELECT 1 FROM sightings WHERE next_visit_at IS NOT NULL")) == []
    assert listing.events() == [("delisted", "标题a")]


def test_a_walk_that_passes_an_interrupted_one_saw_for_it(listing: Listing) -> None:
    """A backfill reads page 1, is killed; a head crawl reads pages 1 and 2; the backfill goes on with page 3."""
    listing.whole(1, "old", "a", "d")
    backfill = listing.start(night(2), "backfill")
    listing.page(backfill, "a", "b", total=6)
    head = listing.start(night(3), "head")
    listing.page(head, "new", "a")
    listing.page(head, "b", "c", position=2)
    listing.finish(head, night(3, 3))
    assert walk_counts(listing.db, backfill["id"]).entries_seen == 4  # a, b, c and the new one
    assert listing.page(backfill, "c", "d", position=2).on_this_walk == 0
    listing.page(backfill, "new", "a")  # the first page once more: nothing counts twice
    assert walk_counts(listing.db, backfill["id"]).entries_seen == 5
    assert first_absent(listing.db, backfill["id"]) == "http://x.gov.cn/old"
    listing.finish(backfill, night(4))
    assert listing.delisted() == "old"
    assert walk_counts(listing.db, backfill["id"]).entries_seen == 5


def test_what_only_the_interrupted_walk_saw_is_for_the_later_one_to_delist(listing: Listing) -> None:
    backfill = listing.start(night(1), "backfill")
    listing.page(backfill, "a", "b")
    listing.whole(2, "a", "c")
    assert listing.delisted() == "b"
    listing.page(backfill, "c", "d", position=2)
    listing.finish(backfill, night(3))
    assert listing.delisted() == "b"
    listing.whole(4, "a", "c", "d")
    assert listing.delisted() == "b"


def test_two_machines_at_once_each_find_what_they_saw(listing: Listing) -> None:
    listing.whole(1, "a", "b", "c", "x")
    one = listing.start(night(2, 1))
    two = listing.start(night(2, 2))
    listing.page(two, "a", "b")
    listing.page(one, "a", "b")
    listing.page(one, "c", position=2)
    listing.finish(one, night(2, 4))
    assert listing.delisted() == "x"
    listing.page(two, "c", position=2)
    listing.finish(two, night(2, 5))
    assert listing.delisted() == "x"
    assert walk_counts(listing.db, two["id"]).entries_seen == 3


def test_an_address_in_two_rows_counts_twice_for_the_head(listing: Listing) -> None:
    walk = listing.start(night(1))
    assert listing.page(walk, "a", "b", "a", total=4).new == 2
    listing.page(walk, "c", position=3)
    assert listed_count(listing.db, 1) == 3
    listing.finish(walk, night(1, 3))
    assert listed_count(listing.db, 1) == 4


def test_titles_of_what_a_crawl_read(listing: Listing) -> None:
    listing.whole(1, "a", "b")
    walk = listing.start(night(2))
    listing.page(walk, "b", "c")
    assert listed_titles(listing.db, walk["crawl_id"]) == ["b", "c"]
    assert listed_titles(listing.db, walk["crawl_id"], 1) == ["b", "c"]
    assert listed_titles(listing.db, walk["crawl_id"], listing.other) == []
