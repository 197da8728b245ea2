"""When a walk through a listing ends, and with which verdict: every rule, on listings that misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from crawler.engines.base import Entry, ListingError, ListingPage, ListingRequest
from crawler.walks.steps import Fetched, Progress, cursor_of
from crawler.walks.walk import Walk

CAPTURE: Any = SimpleNamespace(fetched_at="2026-11-23T00:00:00Z")


def plan(expect: str = "entries", stale: bool = False) -> Any:
    paging = SimpleNamespace(stale_total=stale)
    return SimpleNamespace(
        directory=SimpleNamespace(expect=expect),
        listing=SimpleNamespace(paging=paging),
        on=date(2026, 11, 23),
    )


class FakeListing:
    """An engine and the steps around it over a function page number → (entries, total, pages) or a problem."""

    def __init__(self, pages: Callable[[int, int], Any], total: int | None = None, count: int | None = None):
        self.pages, self.total, self.count = pages, total, count
        self.asked: list[int] = []
        self.seen: set[str] = set()
        self.archived: set[str] = set()
        self.stop: str | None = None
        self.refused: str | None = None
        self.cursors: list[Any] = []

    def first(self, plan: Any) -> ListingRequest:
        return ListingRequest("http://x/1")

    def read(self, plan: Any, request: ListingRequest, text: str, url: str) -> ListingPage:
        answer = self.pages(request.page, self.asked.count(request.page))
        if isinstance(answer, ListingError):
            raise answer
        more = self.count is None or request.page < self.count
        following = ListingRequest(f"http://x/{request.page + 1}", page=request.page + 1) if more else None
        entries = tuple(Entry(url=name) for name in answer)
        return ListingPage(entries, self.total, self.count, following)

    async def fetch(self, request: ListingRequest) -> Fetched:
        self.asked.append(request.page)
        answer = self.pages(request.page, self.asked.count(request.page))
        return answer if isinstance(answer, Fetched) else Fetched(CAPTURE, 200, "", request.url)

    def key(self, url: str) -> str:
        return url

    async def refuse(self, fetched: Fetched, page: ListingPage) -> str | None:
        return self.refused

    async def record(self, fetched: Fetched, page: ListingPage, **how: Any) -> Progress:
        self.cursors.append(cursor_of(how["following"], how["memory"]))
        urls = {entry.url for entry in page.entries}
        again, new = len(urls & self.seen), len(urls - self.archived - self.seen)
        self.seen |= urls
        return Progress(len(urls), new, again, len(self.seen), len(self.archived | self.seen))

    def stop_after(self) -> str | None:
        return self.stop


def walk(listing: FakeListing, mode: Any = "sweep", max_pages: int = 50, **more: Any) -> Any:
    planned = more.pop("planned", plan())
    machine = Walk(plan=planned, engine=listing, steps=listing, mode=mode, max_pages=max_pages, **more)
    return asyncio.run(machine.run())


def numbered(page: int, last: int, size: int = 3) -> list[str]:
    return [f"d{page}-{row}" for row in range(size)] if page <= last else []


def test_the_last_announced_page_completes_it() -> None:
    listing = FakeListing(lambda page, _: numbered(page, 4), total=12, count=4)
    assert walk(listing).verdict == "complete"
    assert listing.asked == [1, 2, 3, 4, 1]  # and the first once more: nothing moved


def test_an_empty_page_ends_it_only_when_it_is_empty_twice() -> None:
    listing = FakeListing(lambda page, _: numbered(page, 2))
    assert walk(listing).verdict == "complete"
    assert listing.asked == [1, 2, 3, 3, 1]


def test_one_transient_empty_page_never_ends_it() -> None:
    listing = FakeListing(
        lambda page, time: [] if page == 2 and time == 1 else numbered(page, 4), total=12, count=4
    )
    assert walk(listing).verdict == "complete"
    assert len(listing.seen) == 12


def test_a_page_that_was_there_before_ends_it() -> None:
    """Page 1 for any number beyond the last (platforms.md §33, PowerEasy)."""
    listing = FakeListing(lambda page, _: numbered(page if page <= 3 else 1, 3))
    assert walk(listing).verdict == "complete"
    assert max(listing.asked) == 4


def test_fewer_entries_than_announced_are_incomplete() -> None:
    listing = FakeListing(lambda page, _: numbered(page, 3), total=756)
    outcome = walk(listing)
    assert outcome.verdict == "incomplete"
    assert "9 of 756" in outcome.reason


def test_a_stale_total_proves_nothing() -> None:
    listing = FakeListing(lambda page, _: numbered(page, 3), total=10)
    assert walk(listing, planned=plan(stale=True)).verdict == "complete"


def test_a_404_behind_the_first_page_is_the_end() -> None:
    listing = FakeListing(lambda page, _: numbered(page, 3) or Fetched(CAPTURE, 404, problem="HTTP 404"))
    assert walk(listing).verdict == "complete"


def test_a_404_on_the_first_page_is_a_failure() -> None:
    outcome = walk(FakeListing(lambda page, _: Fetched(CAPTURE, 404, problem="HTTP 404")))
    assert outcome.verdict == "failed"
    assert "HTTP 404" in outcome.reason


def test_a_failure_in_the_middle_is_incomplete_and_says_which_page() -> None:
    listing = FakeListing(
        lambda page, _: Fetched(None, problem="no answer in time") if page == 3 else numbered(page, 9)
    )
    outcome = walk(listing)
    assert outcome.verdict == "incomplete"
    assert outcome.reason == "page 3: no answer in time"
    assert listing.asked == [1, 2, 3, 3]


def test_a_challenge_blocks_it() -> None:
    outcome = walk(FakeListing(lambda page, _: Fetched(CAPTURE, 521, blocked="加速乐")))
    assert outcome.verdict == "blocked"
    assert "加速乐" in outcome.reason


def test_an_unreadable_first_page_fails_with_the_engines_sentence() -> None:
    outcome = walk(FakeListing(lambda page, _: ListingError("the page holds no datastore")))
    assert outcome.verdict == "failed"
    assert "no datastore" in outcome.reason


def test_an_endless_pager_is_named() -> None:
    outcome = walk(FakeListing(lambda page, _: numbered(page, 10**9)), max_pages=20)
    assert outcome.verdict == "incomplete"
    assert outcome.trap == "endless-pager"


def test_a_list_that_repeats_itself_before_its_total_is_named() -> None:
    outcome = walk(FakeListing(lambda page, _: numbered(min(page, 2), 2), total=100))
    assert outcome.trap == "list-repeats"
    assert "6 of 100" in outcome.reason


@pytest.mark.parametrize(
    ("expect", "empty_before", "verdict"),
    [
        ("empty", False, "empty-as-expected"),
        ("entries", True, "empty-as-expected"),
        ("entries", False, "incomplete"),
    ],
)
def test_an_empty_listing_is_judged_by_what_was_expected(
    expect: str, empty_before: bool, verdict: str
) -> None:
    listing = FakeListing(lambda page, _: [])
    assert walk(listing, planned=plan(expect), empty_before=empty_before).verdict == verdict
    assert listing.asked == [1, 1]


def test_the_head_is_enough_when_a_whole_page_is_known_and_the_total_agrees() -> None:
    listing = FakeListing(lambda page, _: numbered(page, 4), total=12, count=4)
    listing.archived = {name for page in range(1, 5) for name in numbered(page, 4)}
    assert walk(listing, mode="head").verdict == "complete"
    assert listing.asked == [1]


def test_the_head_is_not_enough_when_the_total_says_that_something_is_missing() -> None:
    listing = FakeListing(lambda page, _: numbered(page, 4), total=12, count=4)
    listing.archived = {*numbered(1, 4), *numbered(2, 4)}
    walk(listing, mode="head")
    assert listing.asked == [1, 2, 3, 4]


def test_a_limit_leaves_it_to_be_gone_on_with() -> None:
    listing = FakeListing(lambda page, _: numbered(page, 9))
    listing.stop = "the limit of this run is reached"
    assert walk(listing).stopped


def test_a_row_that_vanishes_during_the_walk_loses_no_other() -> None:
    """Rows move up: row 4 (the first of page 2) stands on page 1 when page 2 is read."""
    rows = [f"d{number}" for number in range(9)]

    def pages(page: int, time: int) -> list[str]:
        now = rows if page == 1 and time == 1 else rows[1:]
        return now[(page - 1) * 3 : page * 3]

    listing = FakeListing(pages)
    outcome = walk(listing)
    assert listing.seen == set(rows)
    assert outcome.verdict == "complete"
    assert outcome.drifted


def test_a_row_inserted_at_the_top_is_found_without_a_second_walk() -> None:
    rows = [f"d{number}" for number in range(9)]

    def pages(page: int, time: int) -> list[str]:
        now = rows if page == 1 and time == 1 else ["new", *rows]
        return now[(page - 1) * 3 : page * 3]

    listing = FakeListing(pages)
    outcome = walk(listing)
    assert listing.seen == {"new", *rows}
    assert outcome.drifted
    assert listing.asked.count(2) == 1


def test_a_page_missing_in_the_middle_is_asked_again_and_then_no_end() -> None:
    once = FakeListing(
        lambda page, time: (
            Fetched(CAPTURE, 404, problem="HTTP 404") if (page, time) == (2, 1) else numbered(page, 3)
        ),
        count=3,
    )
    assert walk(once).verdict == "complete"
    assert len(once.seen) == 9
    always = FakeListing(
        lambda page, _: Fetched(CAPTURE, 404, problem="HTTP 404") if page == 2 else numbered(page, 3), count=3
    )
    outcome = walk(always)
    assert outcome.verdict == "incomplete"
    assert "3 pages are announced, but nothing came after page 1" in outcome.reason


def test_an_empty_page_before_the_announced_last_one_is_no_end() -> None:
    outcome = walk(FakeListing(lambda page, _: numbered(page, 2), count=5))
    assert outcome.verdict == "incomplete"
    assert "after page 2" in outcome.reason


def test_a_listing_that_announces_nothing_is_empty_unless_it_had_entries() -> None:
    assert walk(FakeListing(lambda page, _: [], total=0)).verdict == "empty-as-expected"
    known = plan()
    known.url, known.portal = "http://x/1", SimpleNamespace(id="x")
    turned = walk(FakeListing(lambda page, _: [], total=0), planned=known, known=41)
    assert turned.verdict == "incomplete" and "41 are archived" in turned.reason


def test_a_page_that_is_not_believed_ends_the_walk_before_anything_of_it_is_archived() -> None:
    listing = FakeListing(lambda page, _: numbered(page, 4), total=12, count=4)
    listing.refused = "one page for everything"
    outcome = walk(listing)
    assert (outcome.verdict, outcome.reason) == ("failed", "one page for everything")
    assert listing.cursors == []
