"""What a crawl's pages say against the portal's past: thresholds at their edges, on synthetic histories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from archive.record import Attachment, Record
from crawler.health import WalkReport, judge
from crawler.page_counts import FIELDS, PageCounts
from crawler.page_health import MIN_HISTORY, MIN_PAGES, Complaint, judge_pages

NAMES = {"a": "年度报告", "b": "通知公告"}


def record(path: str = "/1.html", **without: None) -> Record:
    said: dict[str, Any] = dict.fromkeys(FIELDS, "有") | without
    said["body_text"] = said["body_text"] or ""
    return Record(url=f"http://x.gov.cn{path}", **said)


def counts(directory: str, pages: int, filled: int, *, known: bool = False, **more: int) -> PageCounts:
    """So many pages, ``filled`` of them with an index number; ``changed`` and ``renumbered`` of the known ones."""
    found = PageCounts()
    for n in range(pages):
        page = record(f"/{n}.html") if n < filled else record(f"/{n}.html", index_number=None)
        outcome = (
            "renumbered"
            if n < more.get("renumbered", 0)
            else "revised"
            if n < more.get("changed", 0)
            else "unchanged"
        )
        found.read(directory, page, outcome if known else "new", known=known)
    return found


def past(directory: str, pages: int, filled: int, crawls: int = 1) -> list[Mapping[str, Any]]:
    return [counts(directory, pages, filled).to_dict()] * crawls


def judged(now: PageCounts, history: list[Mapping[str, Any]]) -> list[str]:
    return [complaint.short for complaint in judge_pages(now, history, NAMES)]


def test_the_sentence_says_what_how_much_where_and_what_to_do() -> None:
    (complaint,) = judge_pages(counts("a", 41, 1), past("a", 50, 49, crawls=14), NAMES)
    assert complaint.short == "索引号 filled on 2 % of 41 pages, 98 % over the last 14 crawls"
    assert complaint.sentence("shangqiu") == (
        "索引号 filled on 2 % of 41 pages, 98 % over the last 14 crawls: the layout of 年度报告 has probably changed;"
        " sample: http://x.gov.cn/1.html; what was read is held back: try `gongkai portals repair"
        " shangqiu`, or look at it and run `gongkai portals release shangqiu`, or mend the portal file and run `gongkai reextract --portal shangqiu`"
    )


@pytest.mark.parametrize(
    ("pages", "filled", "then", "then_filled", "degraded"),
    [
        (MIN_PAGES, 0, MIN_HISTORY, MIN_HISTORY, True),
        (MIN_PAGES - 1, 0, MIN_HISTORY, MIN_HISTORY, False),
        (MIN_PAGES, 0, MIN_HISTORY - 1, MIN_HISTORY - 1, False),
        (3, 0, 1000, 1000, False),
        (40, 20, 100, 100, False),  # half
        (40, 19, 100, 100, True),
        (40, 0, 100, 75, True),  # a habit
        (40, 0, 100, 74, False),
        (40, 0, 100, 0, False),  # a portal without numbers
        (40, 0, 0, 0, False),  # a first crawl
    ],
)
def test_a_field_is_lost_when_half_of_a_habit_is_gone(
    pages: int, filled: int, then: int, then_filled: int, degraded: bool
) -> None:
    assert bool(judged(counts("a", pages, filled), past("a", then, then_filled))) is degraded


def merged(*parts: PageCounts) -> PageCounts:
    cells = {cell: counter for part in parts for cell, counter in part.cells.items()}
    return PageCounts(cells, {key: url for part in parts for key, url in part.samples.items()})


def test_a_night_of_another_directory_is_no_loss() -> None:
    """The one has numbers, the other never had any: their mixture may be any."""
    history = [
        merged(
            counts("a", 90, 90),
            counts("b", 10, 0),
        ).to_dict()
    ] * 5
    assert judged(merged(counts("a", 2, 2), counts("b", 60, 0)), history) == []
    assert judged(merged(counts("a", 12, 0), counts("b", 60, 0)), history) == [
        "索引号 filled on 0 % of 12 pages, 100 % over the last 5 crawls"
    ]


def test_directories_with_few_pages_are_judged_together() -> None:
    history = [merged(*(counts(f"d{n}", 10, 10) for n in range(6))).to_dict()] * 3
    (complaint,) = judge_pages(merged(*(counts(f"d{n}", 3, 0) for n in range(6))), history, {})
    assert complaint.short.startswith("索引号 filled on 0 % of 18 pages")
    assert "the portal's pages" in complaint.advice


def test_new_pages_of_a_new_layout_are_not_hidden_by_the_old_ones() -> None:
    now = merged(counts("a", 200, 200, known=True), counts("a", 12, 0))
    assert judged(now, past("a", 100, 100)) == [
        "索引号 filled on 0 % of 12 pages, 100 % over the last 1 crawls"
    ]


def test_what_a_listing_lends_is_not_said_by_the_page() -> None:
    now = PageCounts()
    for n in range(20):
        page = record(f"/{n}.html")
        page.field_sources = {"published_on": "listing", "title": "url"}
        now.read("a", page, "new", known=False)
    assert [text.split()[0] for text in judged(now, past("a", 100, 100))] == ["标题", "公开日期"]


def test_a_first_crawl_is_degraded_only_when_every_page_is_empty() -> None:
    def crawl(pages: int, **more: Any) -> PageCounts:
        found = PageCounts()
        for n in range(pages):
            found.read(
                "a", Record(url=f"http://x.gov.cn/{n}", **(more if n == 0 else {})), "new", known=False
            )
        return found

    assert judged(crawl(10), []) == ["all 10 pages are empty"]
    assert judged(crawl(9), []) == []
    assert judged(crawl(100, body_text="正文"), []) == []
    assert judged(crawl(100, attachments=[Attachment("http://x.gov.cn/1.pdf", "1")]), []) == []
    assert judged(crawl(30), past("a", MIN_HISTORY, 0))[0].startswith(
        "标题"
    )  # with a past, that is the measure


@pytest.mark.parametrize(
    ("changed", "visited", "usual", "degraded"),
    [(11, 20, 0, True), (10, 20, 0, False), (9, 9, 0, False), (40, 40, 20, False), (40, 40, 4, True)],
)
def test_documents_do_not_change_all_at_once(changed: int, visited: int, usual: int, degraded: bool) -> None:
    history = [counts("a", 40, 40, known=True, changed=usual).to_dict()]
    found = judged(counts("a", visited, visited, known=True, changed=changed), history)
    assert bool(found) is degraded
    assert judged(counts("a", visited, visited, known=True, changed=changed), []) == []


def test_what_the_portal_says_is_unchanged_counts_among_the_revisited() -> None:
    now = counts("a", 12, 12, known=True, changed=12)
    history = [counts("a", 40, 40, known=True).to_dict()]
    assert judged(now, history) == ["100 % of 12 known documents changed, 0 % over the last 1 crawls"]
    for _ in range(188):
        now.not_modified("a")
    assert judged(now, history) == []


def test_a_renumbering_of_many_is_a_misreading_even_without_a_past() -> None:
    assert judged(counts("a", 20, 20, known=True, renumbered=4), []) == []
    assert judged(counts("a", 20, 20, known=True, renumbered=5), []) == [
        "5 of 20 known documents have another 索引号"
    ]


def test_an_address_that_failed_before_brings_a_new_document_all_the_same() -> None:
    now = PageCounts()
    for n in range(30):
        now.read("a", record(f"/{n}.html"), "new", known=True)
    assert set(now.to_dict()["a"]) == {"new"}


def test_counters_survive_a_kill() -> None:
    found = merged(counts("a", 5, 3, known=True, changed=2), counts("b", 4, 4))
    assert PageCounts.from_dict(found.to_dict()).cells == found.cells


WALK = WalkReport("a", "年度报告", "head", "complete", None, 1, 10, 0, None)


def test_the_verdict_says_what_is_held_back() -> None:
    counter = Counter(fetched=20)
    pages = [Complaint("索引号 …", "look"), Complaint("正文 …", "look")]
    verdict = judge([WALK], counter, [], pages=pages, portal="p")
    assert (verdict.verdict, verdict.completeness, verdict.resumable) == ("degraded", "complete", False)
    assert verdict.to_dict()["quarantine"] == "索引号 …; 正文 …"
    assert verdict.reasons[0].startswith("索引号 …: look; what was read is held back") and verdict.trouble
    assert judge([WALK], counter, []).to_dict()["quarantine"] is None
    for options in ({"interrupted": True}, {"limited": True}):
        held_back = judge([WALK], counter, [], pages=pages, portal="p", **options)
        assert (held_back.resumable, held_back.quarantine is not None) == (False, True)
    assert judge([WALK], counter, [], pages=pages, portal="p", interrupted=True).verdict == "interrupted"


def test_totals_errors_and_empty_directories_hold_nothing_back() -> None:
    failed = WalkReport("a", "年度报告", "head", "failed", "no answer", 0, 0, 0, None)
    assert judge([failed], Counter(failed=30), ["x"]).quarantine is None
