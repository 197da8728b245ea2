"""Pages fetched in one second and handled in any order: one archive (DESIGN §4)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from archive.history.check import check_content
from archive.identity import uid_of
from archive.record import Finding
from archive.search import check_index
from archive.verify import verify

N1, N2 = "005452487/2020-00001", "005452487/2020-00002"


def handle(
    site: Any, pages: dict[str, dict[str, Any]], order: tuple[str, ...], *, minutes: bool = False
) -> list[str]:
    """Visit the pages in ``order``; all at one time, or with ``minutes`` each at its own, by its place."""
    outcomes = []
    for path in order:
        site.minutes = list(pages).index(path) if minutes else 0
        outcomes.append(site.visit(path, **pages[path]).outcome)
    return outcomes


def answer(site: Any) -> dict[str, Any]:
    return {
        "documents": site.rows("SELECT uid, url, title, body_text, content_hash, first_seen_at FROM documents ORDER BY 1"),
        "uids": site.rows("SELECT u.uid FROM document_uids AS u JOIN documents AS d ON d.uid = u.uid ORDER BY 1"),
        "sightings": site.rows(
            "SELECT url_key, uid, role, state, s.content_hash, r.content_hash FROM sightings AS s"
            " JOIN documents AS d ON d.id = s.document_id JOIN revisions AS r ON r.id = s.revision_id ORDER BY 1"
        ),
        "revisions": site.rows(
            "SELECT url_key, r.number, r.content_hash, cause, status, seen_at, changed FROM revisions AS r"
            " JOIN sightings AS s ON s.id = sighting_id ORDER BY 1, 2"
        ),
        "findings": site.rows("SELECT fingerprint, rule FROM findings WHERE resolved_at IS NULL ORDER BY 1"),
        "events": sorted(site.events()),
    }  # fmt: skip


def test_the_uid_is_that_of_the_least_address_of_one_second(site: Any) -> None:
    site.visit("/t_2.html", index_number=N1)
    site.minutes -= 1
    late = site.visit("/t_1.html", index_number=N1)
    uid, other = uid_of("sample", "x.gov.cn/t_1.html"), uid_of("sample", "x.gov.cn/t_2.html")
    assert (late.uid, late.outcome) == (uid, "alias")
    assert site.rows("SELECT uid, url FROM documents") == [(uid, "http://x.gov.cn/t_1.html")]
    assert site.rows("SELECT uid, document_id FROM document_uids ORDER BY uid") == sorted(
        [(uid, 1), (other, 1)]
    )
    assert [site.role("/t_1.html"), site.role("/t_2.html")] == ["principal", "alias"]
    assert site.events() == ["new"]
    # A third address, handled in its order, changes nothing; neither do all of them again.
    before = answer(site)["documents"], site.rows("SELECT * FROM revisions")
    assert site.visit("/t_0.html", index_number=N1).outcome == "alias"
    assert site.visit("/t_2.html", index_number=N1).outcome == "unchanged"
    assert (answer(site)["documents"], site.rows("SELECT * FROM revisions")) == before


FINDING = [Finding("body-empty", "info", "没有正文")]
SAME = {"index_number": N1, "findings": FINDING}
PAGES: dict[str, Callable[..., dict[str, dict[str, Any]]]] = {
    "aliases": lambda prose: {"/1": SAME, "/2": SAME, "/3": SAME},
    "variants": lambda prose: {
        "/1": SAME, "/2": {**SAME, "title": "通知（转载）"}, "/3": {**SAME, "title": "通知（再转载）"},
    },
    "an alias and a variant": lambda prose: {"/1": SAME, "/2": SAME, "/3": {**SAME, "title": "通知（转载）"}},
    "another document between": lambda prose: {
        "/1": SAME, "/2": {"index_number": N2, "body_text": prose(2), "title": "他题"}, "/3": SAME,
    },
}  # fmt: skip


@pytest.mark.parametrize("minutes", [False, True])
@pytest.mark.parametrize("name", PAGES)
def test_the_order_of_handling_is_not_seen(
    fresh: Callable[[], Any], prose: Any, data: Any, name: str, minutes: bool
) -> None:
    pages = PAGES[name](prose)
    in_order, outcomes = fresh(), None
    for order in itertools.permutations(pages):
        site = fresh()
        outcomes = handle(site, pages, order, minutes=minutes)
        if order == tuple(pages):
            in_order = site
        assert outcomes.count("new") == len(site.rows("SELECT 1 FROM documents"))
        assert answer(site) == answer(in_order)
        assert site.rows("PRAGMA foreign_key_check") == []
        assert check_index(site.db) == list(check_content(site.db)) == []
        assert [problem for problem in verify(site.db, data) if problem.check in ("uids", "revisions")] == []


def test_a_uid_that_is_another_documents_is_left_to_it(site: Any) -> None:
    first = site.visit("/2", index_number=N1)
    taken = uid_of("sample", "x.gov.cn/1")
    site.visit("/other", index_number=N2, title="他题", body_text="另文" * 100)
    site.db.execute("INSERT INTO document_uids VALUES (?, 2)", [taken])
    site.minutes = 0
    assert site.visit("/1", index_number=N1).uid == first.uid
    assert site.value("SELECT document_id FROM document_uids WHERE uid = ?", taken) == 2
