"""A listing that moves while it is read, one that is gone on with after a kill, and addresses in several rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from crawler.engines.base import ListingPage, ListingRequest
from crawler.walks.drift import Front, lost_rows
from crawler.walks.passage import Passage
from crawler.walks.steps import Fetched, walk_state

from .test_walks import CAPTURE, FakeListing, numbered, plan, walk

SIZE = 3


def front(rows: str, total: int | None = None, pages: int | None = None) -> Front:
    return Front.of(rows.split(), total, pages)


@pytest.mark.parametrize(
    ("before", "now", "lost"),
    [
        (front("a b c", 9), front("a b c", 9), False),
        (front("a b c"), front("n a b"), False),
        (front("a b c", 9), front("n a b", 10), False),
        (front("a b c"), front("b c d"), True),
        (front("a b c"), front("x y z"), True),
        (front("a b c", 9), front("a b c", 8), True),
        (front("a b c", 9), front("a b c", 10), True),  # in the middle
        (front("a b c", 9), front("n a b", 9), True),  # one came, another went
        (front("a b c", None, 3), front("a b c", None, 2), True),
        (front("a b c", None, 3), front("n a b", None, 4), False),
        (front("a b"), front("a"), False),  # the last rows of a short list
    ],
)
def test_what_the_first_page_tells(before: Front, now: Front, lost: bool) -> None:
    assert lost_rows(before, now) is lost
    assert Front.from_dict(json.loads(json.dumps(before.to_dict()))) == before


def test_a_total_known_to_be_wrong_tells_nothing() -> None:
    assert not lost_rows(front("a b c", 9), front("a b c", 8), stale_total=True)


class Moving(FakeListing):
    """Rows over pages; ``change`` maps the number of requests made to what then happens to the rows."""

    def __init__(self, rows: int, change: dict[int, Callable[[list[str]], None]], announces: bool = True):
        super().__init__(lambda page, _: [])
        self.rows = [f"d{number}" for number in range(rows)]
        self.change, self.announces = change, announces

    async def fetch(self, request: ListingRequest) -> Fetched:
        self.asked.append(request.page)
        for happens in [self.change[len(self.asked)]] if len(self.asked) in self.change else []:
            happens(self.rows)
        return Fetched(CAPTURE, 200, "", request.url)

    def read(self, plan: Any, request: ListingRequest, text: str, url: str) -> ListingPage:
        start = (request.page - 1) * SIZE
        shown = self.rows[start : start + SIZE]
        self.pages = lambda page, time: shown
        self.total = len(self.rows) if self.announces else None
        self.count = -(-len(self.rows) // SIZE)
        return super().read(plan, request, text, url)


def remove(name: str) -> Callable[[list[str]], None]:
    return lambda rows: rows.remove(name)


def test_a_row_that_vanishes_further_down_shows_in_the_total() -> None:
    listing = Moving(12, {4: remove("d4")})
    outcome = walk(listing)
    assert listing.seen == {f"d{number}" for number in range(12)}
    assert (outcome.verdict, outcome.drifted, outcome.settled) == ("complete", True, True)
    assert "second time" in outcome.reason


def test_a_row_inserted_in_the_middle_is_found() -> None:
    listing = Moving(12, {3: lambda rows: rows.insert(1, "new")})
    outcome = walk(listing)
    assert "new" in listing.seen and len(listing.seen) == 13
    assert (outcome.verdict, outcome.settled) == ("complete", True)


def test_a_listing_that_goes_on_moving_proves_nothing_and_is_read_twice_at_the_most() -> None:
    listing = Moving(
        12,
        {
            number: (lambda name: lambda rows: rows.remove(name) if name in rows else None)(f"d{number}")
            for number in range(2, 12)
        },
    )
    outcome = walk(listing)
    assert outcome.drifted and not outcome.settled
    assert listing.asked.count(1) == 3
    assert "again" in outcome.reason


def test_new_rows_at_the_top_are_no_reason_to_read_it_again() -> None:
    listing = Moving(12, {3: lambda rows: rows.insert(0, "new")})
    outcome = walk(listing)
    assert (outcome.drifted, outcome.settled) == (True, True)
    assert listing.asked.count(2) == 1
    assert "new" in listing.seen


def test_a_first_page_that_cannot_be_read_again_proves_nothing() -> None:
    def pages(page: int, time: int) -> Any:
        return Fetched(CAPTURE, 521, blocked="加速乐") if (page, time) == (1, 2) else numbered(page, 3)

    outcome = walk(FakeListing(pages, count=3))
    assert (outcome.verdict, outcome.settled) == ("complete", False)


def resume(listing: FakeListing, cursor: dict[str, Any], seen: int, **more: Any) -> Any:
    """What a walk does that was killed after the page whose cursor this is; it comes from the archive as JSON."""
    start, memory, _ = walk_state({"cursor": json.loads(json.dumps(cursor)), "entries_seen": seen})
    return walk(listing, start=start, passage=Passage.remembered(memory), seen=seen, **more)


def test_a_walk_that_goes_on_looks_whether_the_first_page_moved_meanwhile() -> None:
    first = Moving(12, {})
    walk(first)
    again = Moving(12, {1: remove("d0")})
    again.seen = {f"d{number}" for number in range(6)}
    outcome = resume(again, first.cursors[1], 6)
    assert again.asked[0] == 3
    assert again.seen == {f"d{number}" for number in range(12)}, "d6 had moved to page 2"
    assert (outcome.verdict, outcome.drifted, outcome.settled) == ("complete", True, True)


def test_the_announced_total_is_known_after_a_kill() -> None:
    """Only the first page announces it."""

    def listing() -> FakeListing:
        made = FakeListing(lambda page, _: numbered(page, 3))
        read = made.read

        def with_total(plan: Any, request: ListingRequest, text: str, url: str) -> ListingPage:
            made.total = 20 if request.page == 1 else None
            return read(plan, request, text, url)

        made.read = with_total  # type: ignore[method-assign]
        return made

    first, again = listing(), listing()
    assert "9 of 20" in walk(first).reason
    again.seen = set(numbered(1, 3))
    assert "9 of 20" in resume(again, first.cursors[0], 3).reason


def test_a_walk_killed_at_its_end_still_looks_at_the_first_page() -> None:
    first = Moving(9, {})
    walk(first)
    again = Moving(9, {1: remove("d0")})
    again.seen = {f"d{number}" for number in range(9)}
    outcome = resume(again, first.cursors[2], 9)
    assert again.asked == [1, 2, 3, 1]
    assert outcome.settled and outcome.drifted


def test_a_walk_killed_in_its_second_reading_finishes_that() -> None:
    first = Moving(12, {4: remove("d0")})
    walk(first)
    cursor = next(one for one in first.cursors if one and one["walk"]["second"] and one["page"] == 3)
    again = Moving(12, {})
    again.rows.remove("d0")
    again.seen = set(again.rows) | {"d0"}
    outcome = resume(again, cursor, 12)
    assert again.asked == [3, 4, 1]
    assert (outcome.verdict, outcome.settled) == ("complete", True)


def test_the_first_page_of_a_walk_that_goes_on_is_asked_again_when_it_is_empty() -> None:
    first = FakeListing(lambda page, _: numbered(page, 4), total=12, count=4)
    walk(first)
    again = FakeListing(
        lambda page, time: [] if (page, time) == (3, 1) else numbered(page, 4), total=12, count=4
    )
    again.seen = {*numbered(1, 4), *numbered(2, 4)}
    assert resume(again, first.cursors[1], 6).verdict == "complete"
    assert again.asked == [3, 3, 4, 1]


def test_an_address_in_two_rows_is_no_shortfall() -> None:
    rows = {1: ["a", "b", "a"], 2: ["c", "b", "d"], 3: ["e", "f"]}
    listing = FakeListing(lambda page, _: rows.get(page, []), total=8, count=3)
    outcome = walk(listing)
    assert (outcome.verdict, outcome.drifted, outcome.settled) == ("complete", False, True)
    assert listing.seen == set("abcdef")


def test_a_row_met_twice_because_it_moved_fills_no_gap() -> None:
    """One came at the top, another is announced and never shown."""
    listing = Moving(9, {2: lambda rows: rows.insert(0, "new")})
    listing.announces = False
    read = listing.read

    def announced(plan: Any, request: ListingRequest, text: str, url: str) -> ListingPage:
        page = read(plan, request, text, url)
        return ListingPage(page.entries, len(listing.rows) + 1, page.pages, page.next)

    listing.read = announced  # type: ignore[method-assign]
    assert walk(listing).verdict == "incomplete"


def test_a_stale_total_is_no_drift() -> None:
    listing = Moving(9, {3: remove("d4")})
    outcome = walk(listing, planned=plan(stale=True))
    assert listing.asked.count(2) == 1
    assert outcome.settled
