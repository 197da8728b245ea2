"""A degraded crawl is held back as a whole, finished after a kill, released after a look, or settled by good visits."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from archive.crawling.crawls import finish_crawl, page_history
from archive.history.check import check_content
from archive.history.quarantine.crawl import mark_quarantine, quarantine_crawl, quarantine_steps
from archive.history.quarantine.release import (
    mark_release,
    release_crawls,
    release_steps,
    waiting,
    waiting_counts,
)
from archive.history.quarantine.steps import run
from archive.history.quarantine.unfinished import finish_unfinished, settle
from archive.record import Attachment
from archive.transaction import transaction
from archive.writer import replace_record

from .nights import Nights

REASON = "索引号 filled on 2 % of 41 pages, 98 % over the last 14 crawls"
AT = "2026-12-31T00:00:00.000Z"
NUMBERS = [f"005452487/2020-{number:05d}" for number in range(1, 100)]


@pytest.fixture
def nights(site: Any, add_crawl: Callable[..., None]) -> Nights:
    return Nights(site, add_crawl)


def files(*names: str) -> list[Attachment]:
    return [Attachment(f"http://x.gov.cn/{name}.pdf", name) for name in names]


def good(nights: Nights, prose: Callable[..., str], night: int = 1, count: int = 30) -> None:
    for n in range(count):
        nights.visit(
            night,
            f"/{n}.html",
            index_number=NUMBERS[n],
            title=f"第{n}号通知",
            body_text=prose(n),
            attachments=files("附件"),
        )


def bad(nights: Nights, prose: Callable[..., str], night: int, count: int = 30, new: int = 5) -> None:
    """Half of the texts lost their end and the agency; there are new documents."""
    for n in range(count + new):
        cut = prose(n)[: 200 if n % 2 or n >= count else None]
        nights.visit(
            night, f"/{n}.html", index_number=NUMBERS[n], title=f"第{n}号通知", body_text=f"栏目{cut}"
        )


def test_readers_see_what_they_saw_before(nights: Nights, prose: Callable[..., str]) -> None:
    good(nights, prose)
    before = nights.readers()
    bad(nights, prose, 2)
    assert nights.found("栏目") == 35
    assert quarantine_crawl(nights.db, nights.crawl(2), REASON, AT) == 35
    assert nights.readers() == before
    assert (nights.found("栏目"), nights.found("广告"), nights.found("通知")) == (0, 0, 30)
    hidden = nights.site.rows(
        "SELECT title, index_key, body_text, keywords, simhash FROM documents WHERE revision_id IS NULL"
    )
    assert hidden == [(None, None, "", "[]", None)] * 5
    assert list(check_content(nights.db)) == []
    assert waiting_counts(nights.db) == {"sample": 35}
    found = nights.site.rows(
        "SELECT rule, severity, location, message FROM findings WHERE resolved_at IS NULL"
    )
    message = f"the crawl {nights.crawl(2)} is held back, 35 revisions: {REASON}"
    assert found == [("crawl-quarantined", "error", nights.crawl(2), message)]
    assert set(nights.site.rows("SELECT etag, next_visit_at FROM sightings")) == {(None, AT)}
    changes = nights.db.conn.total_changes
    assert quarantine_crawl(nights.db, nights.crawl(2), REASON, AT) == 35
    assert nights.readers() == before and changes


def test_the_next_good_visits_are_no_news(nights: Nights, prose: Callable[..., str]) -> None:
    good(nights, prose)
    before = nights.readers()
    bad(nights, prose, 2)
    quarantine_crawl(nights.db, nights.crawl(2), REASON, AT)
    good(nights, prose, night=3)
    assert nights.readers() == before
    assert [row.revision_id for row in waiting(nights.db, "sample")] == [61, 62, 63, 64, 65]
    for n in range(30, 35):
        outcome = nights.visit(
            3, f"/{n}.html", index_number=NUMBERS[n], title="x", body_text=prose(n)
        ).outcome
        assert outcome == "new"
    assert waiting(nights.db, "sample") == []
    assert nights.site.events() == ["new"] * 35
    with transaction(nights.db):
        settle(nights.db, "sample", AT)
    assert nights.site.rows("SELECT 1 FROM findings WHERE resolved_at IS NULL") == []


def test_what_a_good_night_says_too_is_released(nights: Nights, prose: Callable[..., str]) -> None:
    """It was the portal: every page has another text now."""
    good(nights, prose)
    bad(nights, prose, 2)
    released = nights.readers()
    quarantine_crawl(nights.db, nights.crawl(2), REASON, AT)
    bad(nights, prose, 3)
    again = nights.readers()
    assert [row[:7] for row in again["documents"]] == [row[:7] for row in released["documents"]]
    assert nights.site.events() == ["new"] * 30 + ["released"] * 35
    assert waiting(nights.db, "sample") == []


def test_a_second_degraded_night_releases_nothing(nights: Nights, prose: Callable[..., str]) -> None:
    good(nights, prose)
    before = nights.readers()
    for night in (2, 3):
        bad(nights, prose, night)
        quarantine_crawl(nights.db, nights.crawl(night), REASON, AT)
        assert nights.readers() == before
    assert {row.crawl_id for row in waiting(nights.db, "sample")} == {nights.crawl(2)}
    bad(nights, prose, 4, new=0)
    for n in range(30, 35):
        nights.visit(4, f"/{n}.html", index_number=NUMBERS[n], title="新", body_text=prose(n))
    assert nights.site.events().count("new") == 35
    quarantine_crawl(nights.db, nights.crawl(4), REASON, AT)
    assert nights.readers() == before


def test_a_release_shows_everything_and_says_so_once(nights: Nights, prose: Callable[..., str]) -> None:
    good(nights, prose)
    bad(nights, prose, 2)
    wanted = nights.readers()
    quarantine_crawl(nights.db, nights.crawl(2), REASON, AT)
    assert release_crawls(nights.db, "sample", ["unknown"], AT) == (0, 0)
    assert release_crawls(nights.db, "sample", [nights.crawl(2)], "2027-01-01T00:00:00.000Z") == (35, 35)
    found = nights.readers()
    assert [row[:-1] for row in found["documents"]] == [row[:-1] for row in wanted["documents"]]
    assert found["addresses"] == wanted["addresses"]
    assert nights.site.events() == ["new"] * 30 + ["released"] * 35
    assert (
        nights.site.rows("SELECT quarantine_reason FROM revisions WHERE quarantine_reason IS NOT NULL") == []
    )
    assert nights.site.rows("SELECT 1 FROM findings WHERE resolved_at IS NULL") == []
    assert release_crawls(nights.db, "sample", [nights.crawl(2)], AT) == (0, 0)
    bad(nights, prose, 3)
    assert nights.site.events() == ["new"] * 30 + ["released"] * 35


@pytest.mark.parametrize("done", [0, 1, 2])
def test_a_killed_quarantine_or_release_is_finished_later(
    nights: Nights, prose: Callable[..., str], done: int
) -> None:
    good(nights, prose)
    before = nights.readers()
    bad(nights, prose, 2)
    wanted = nights.readers()
    crawl_id = nights.crawl(2)
    with transaction(nights.db):
        mark_quarantine(nights.db, crawl_id, REASON, AT)
    run(nights.db, islice(quarantine_steps(nights.db, crawl_id), done))
    assert nights.readers() != before
    finish_unfinished(nights.db, "sample")
    assert nights.readers() == before
    with transaction(nights.db):
        mark_release(nights.db, [crawl_id], AT)
    run(nights.db, islice(release_steps(nights.db, "sample", [crawl_id]), done))
    finish_unfinished(nights.db, "sample")
    assert nights.readers()["addresses"] == wanted["addresses"]
    assert nights.site.events() == ["new"] * 30 + ["released"] * 35
    changes = nights.db.conn.total_changes
    finish_unfinished(nights.db, "sample")
    assert nights.db.conn.total_changes == changes


@pytest.mark.parametrize("order", [("/a", "/b"), ("/b", "/a")])
def test_addresses_that_repeat_each_other_fall_back_together(
    nights: Nights, prose: Callable[..., str], order: tuple[str, str]
) -> None:
    for path in ("/a", "/b"):
        nights.visit(1, path, index_number=NUMBERS[0], body_text=prose(1))
    before = nights.readers()
    for path in (*order, "/c"):
        nights.visit(2, path, index_number=NUMBERS[0], body_text=prose(1)[:-40])
    quarantine_crawl(nights.db, nights.crawl(2), REASON, AT)
    assert nights.readers() == before
    for path in ("/a", "/b", "/c"):
        assert nights.visit(3, path, index_number=NUMBERS[0], body_text=prose(1)).outcome in (
            "unchanged",
            "alias",
        )
    assert nights.site.count("documents") == 1
    assert nights.site.events() == ["new"]
    assert [nights.site.role(path) for path in ("/a", "/b", "/c")] == ["principal", "alias", "alias"]


def test_an_address_that_seemed_reused_is_given_back_with_its_document(
    nights: Nights, prose: Callable[..., str]
) -> None:
    nights.visit(1, "/a", index_number=NUMBERS[0], body_text=prose(1))
    nights.visit(1, "/b", index_number=NUMBERS[1], body_text=prose(2))
    before = nights.readers()
    nights.visit(2, "/a", index_number=NUMBERS[1], title="别的", body_text=prose(3))
    assert nights.site.events() == ["new", "new", "withdrawn", "new"]
    assert nights.readers()["links"]
    quarantine_crawl(nights.db, nights.crawl(2), REASON, AT)
    assert nights.readers() == before
    assert {
        rule
        for (rule, resolved) in nights.site.rows("SELECT rule, resolved_at FROM findings")
        if not resolved
    } == {"crawl-quarantined"}
    release_crawls(nights.db, "sample", [nights.crawl(2)], AT)
    assert nights.site.events() == ["new", "new", "released", "withdrawn"]
    assert nights.readers()["links"]


def test_reextraction_with_a_repaired_profile_forgets_what_was_only_read_badly(
    nights: Nights, prose: Callable[..., str]
) -> None:
    good(nights, prose, count=3)
    before = nights.readers()
    bad(nights, prose, 2, count=3, new=0)
    quarantine_crawl(nights.db, nights.crawl(2), REASON, AT)
    for revision_id, path in nights.site.rows(
        "SELECT r.id, substr(url_key, 9) FROM revisions r JOIN sightings s ON s.id = sighting_id WHERE status = 'quarantined'"
    ):
        n = int(path.strip("/").partition(".")[0])
        record = nights.site.record(
            path,
            index_number=NUMBERS[n],
            title=f"第{n}号通知",
            body_text=prose(n),
            attachments=files("附件"),
            extractor_version="2",
        )
        with transaction(nights.db):
            replace_record(nights.db, revision_id, record, at=AT)
    assert nights.readers() == before
    assert nights.site.count("revisions") == 3


def test_inside_a_transaction_it_is_part_of_it(nights: Nights, prose: Callable[..., str]) -> None:
    good(nights, prose)
    before = nights.readers()
    bad(nights, prose, 2)
    with transaction(nights.db):
        quarantine_crawl(nights.db, nights.crawl(2), REASON, AT)
    assert nights.readers() == before


def test_the_past_is_that_of_good_crawls_and_begins_anew_with_a_release(nights: Nights) -> None:
    def finish(night: int) -> None:
        crawl_id, stats = nights.crawl(night), {"pages": {"a": {"new": {"read": night}}}}
        with transaction(nights.db):
            finish_crawl(
                nights.db, crawl_id, completeness="complete", verdict="ok", reasons=[], stats=stats, at=AT
            )

    def past() -> list[int]:
        found = page_history(nights.db, "sample", ["crawl"], 3)
        return [pages["a"]["new"]["read"] for pages in found]

    for night in range(1, 5):
        nights.site.minutes += 1
        finish(night)
    assert past() == [4, 3, 2]
    quarantine_crawl(nights.db, nights.crawl(3), REASON, AT)
    assert past() == [4, 2, 1]
    nights.site.minutes += 1
    nights.crawl(5)  # not finished
    release_crawls(nights.db, "sample", [nights.crawl(3)], AT)
    assert past() == [4, 3]
    assert page_history(nights.db, "sample", ["backfill"], 3) == []
