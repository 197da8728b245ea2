"""Which files are asked for next."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.attachments.due import MOST
from archive.attachments.rows import known_file
from archive.transaction import transaction

from .conftest import HOST, Files


def later(at: str, **span: float) -> str:
    return (datetime.fromisoformat(at) + timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_pending_ones_once_an_address_in_pages(files: Files) -> None:
    files.links("/a", "1.pdf", "2.pdf", "3.pdf")
    files.links("/b", "2.pdf", "4.pdf")
    assert files.due("pending") == ["1.pdf", "2.pdf", "3.pdf", "4.pdf"]
    assert files.due("pending", limit=2) == ["1.pdf", "2.pdf"]
    assert files.due("pending", after=f"{HOST}/f/2.pdf") == ["3.pdf", "4.pdf"]
    files.brings("2.pdf", "x")
    assert files.due("pending") == ["1.pdf", "3.pdf", "4.pdf"]
    files.links("/c", "2.pdf")
    assert files.due("pending") == ["1.pdf", "2.pdf", "3.pdf", "4.pdf"], (
        "at another document it has not come yet"
    )


def test_a_page_of_endless_links_has_an_end(files: Files) -> None:
    files.links("/a", *(f"{number:04}.pdf" for number in range(MOST + 20)))
    files.links("/b", f"{MOST + 5:04}.pdf")
    assert len(files.due("pending", limit=9999)) == MOST + 1, "what another document links to is asked for"
    assert files.count("attachments") == MOST + 21


def test_only_of_documents_that_the_crawl_visited(files: Files) -> None:
    files.links("/a", "1.pdf")
    files.links("/b", "2.pdf")
    assert files.due("pending", narrow=True) == ["2.pdf"]


def test_known_ones_with_their_document_and_not_twice_a_night(files: Files) -> None:
    files.links("/a", "1.pdf")
    files.links("/b", "2.pdf")
    files.brings("1.pdf", "x")
    files.brings("2.pdf", "x")
    files.minutes += 60 * 24
    night = files.at
    assert files.due("known", since=night) == []
    files.links("/a", "1.pdf")
    assert files.due("known", since=night) == ["1.pdf"]
    files.brings("1.pdf", "x")
    assert files.due("known", since=night) == []


def test_failing_ones_wait_longer_and_longer(files: Files) -> None:
    files.links("/a", "1.pdf")
    waits = []
    for _ in range(10):
        files.misses("1.pdf")
        hours = next(
            hours
            for hours in range(1, 24 * 40)
            if files.due("failing", at=later(files.at, hours=hours), since="9")
        )
        waits.append(hours)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 168, 168]
    assert files.due("failing", at=files.at, since="9") == []
    assert files.due("failing", at=files.at, since="9", eager=True) == ["1.pdf"]
    assert files.due("failing", at=later(files.at, days=9), since=files.at) == [], "this crawl has tried it"


def test_gone_ones_are_asked_again_too(files: Files) -> None:
    files.links("/a", "1.pdf")
    files.vanishes("1.pdf")
    now, night = files.at, later(files.at, hours=2)
    assert files.due("failing", at=night, since=night) == ["1.pdf"]
    assert files.due("failing", at=now, since=night, eager=True) == [], "nobody made it come back"


def test_refused_ones_wait_a_month_or_for_their_host(files: Files) -> None:
    files.links("/a", "1.pdf")
    files.links("/b", "2.pdf", host="cdn.gov.cn")
    files.misses("1.pdf", "refused", "too-large")
    files.misses("2.pdf", "refused", "offsite", host="cdn.gov.cn")
    near, far = later(files.at, days=29), later(files.at, days=31)
    assert files.due("failing", at=near, since=near, eager=True) == []
    assert files.due("failing", at=far, since=far) == ["1.pdf"]
    assert files.due("failing", at=near, since=near, hosts=[HOST, "cdn.gov.cn"]) == ["2.pdf"]


def test_an_address_that_is_none_is_never_due(files: Files) -> None:
    from archive.record import Attachment

    files.visit("/a", attachments=[Attachment("javascript:void(0)", "坏")])
    assert files.states() == [("坏", "refused", None)]
    far = later(files.at, days=400)
    assert [files.due(phase, at=far, since=far, eager=True) for phase in ("pending", "failing", "known")] == [
        [],
        [],
        [],
    ]


def test_another_portals_are_its_own(files: Files) -> None:
    from tests.archive.conftest import add_portal

    files.links("/a", "1.pdf")
    with transaction(files.db):
        add_portal(files.db, "beside")
        files.db.execute("UPDATE documents SET portal = 'beside'")
    assert files.due("pending") == []


def test_one_address_is_found_among_many(files: Files) -> None:
    """A portal of many documents must not be read whole for each file, or each page of files."""
    with transaction(files.db):
        add = files.db.conn.executemany
        add("INSERT INTO documents(id, uid, portal, url, first_seen_at, last_seen_at) VALUES (?, ?, 'sample', 'u', '1', '1')",
            [(number, f"u{number}") for number in range(1, 5001)])  # fmt: skip
        add("INSERT INTO attachments(document_id, url_key, url, name, ordinal, first_seen_at, last_seen_at)"
            " VALUES (?, ?, ?, ?, 0, '1', '1')",
            [(number, f"{HOST}/f/{number}.pdf", "u", f"{number}.pdf") for number in range(1, 5001)])  # fmt: skip
    steps = [0]

    def step() -> None:
        steps[0] += 1

    files.db.conn.set_progress_handler(step, 100)
    files.brings("77.pdf", "x")
    files.misses("78.pdf")
    assert known_file(files.db, "sample", f"{HOST}/f/77.pdf") is not None
    assert len(files.due("pending", limit=10, after=f"{HOST}/f/2.pdf")) == 10
    files.db.conn.set_progress_handler(None, 0)
    assert steps[0] < 60, "some hundreds of SQLite's instructions for each, not one for each document"
