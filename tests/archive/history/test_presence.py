"""Withdrawal by days in Shanghai, return, and who speaks for a document meanwhile (DESIGN §4)."""

from __future__ import annotations

from typing import Any

import pytest

from archive.history.presence import shanghai_day
from archive.transaction import transaction
from archive.writer import touch

N1 = "005452487/2020-00001"
A = "全市政务公开工作要点" * 20
TYPO = "全市政务公开工怍要点" + "全市政务公开工作要点" * 19


def test_days_are_days_in_shanghai() -> None:
    assert shanghai_day("2026-11-23T15:59:59Z") == "2026-11-23"
    assert shanghai_day("2026-11-23T16:00:00Z") == "2026-11-24"


def test_withdrawn_after_three_different_days(site: Any) -> None:
    site.visit("/a", body_text=A)
    assert [site.gone("/a"), site.gone("/a", hours=2), site.gone("/a", days=1)] == [False] * 3
    assert site.value("SELECT gone_days, state FROM sightings") == (2, "gone")
    assert site.gone("/a", days=5) is True
    assert site.gone("/a", days=1) is False
    assert site.events() == ["new", "withdrawn"]
    assert site.value("SELECT withdrawn_at IS NOT NULL, body_text FROM documents") == (1, A)
    assert site.role("/a") == "principal"


def test_two_days_and_back_is_no_event(site: Any) -> None:
    site.visit("/a")
    site.gone("/a")
    site.gone("/a", days=1)
    site.visit("/a")
    assert site.value("SELECT gone_days, gone_on, state FROM sightings") == (0, None, "ok")
    assert site.gone("/a", days=1) is False
    assert site.events() == ["new"]


@pytest.mark.parametrize("unchanged", [True, False])
def test_back_again_is_returned(site: Any, unchanged: bool) -> None:
    site.visit("/a", body_text=A)
    for _ in range(3):
        site.gone("/a", days=1)
    site.visit("/a", body_text=A if unchanged else TYPO)
    assert site.events()[:2] == ["new", "withdrawn"]
    assert sorted(site.events()[2:]) == (["returned"] if unchanged else ["returned", "revised"])
    assert site.value("SELECT withdrawn_at FROM documents") is None


def test_not_modified_is_a_return_too(site: Any) -> None:
    site.visit("/a")
    for _ in range(3):
        site.gone("/a", days=1)
    site.minutes += 1
    with transaction(site.db):
        touch(
            site.db, site.sighting("/a"), site.capture("/a", status=304, record_type="revisit-304"), site.at
        )
    assert site.events() == ["new", "withdrawn", "returned"]
    assert site.value("SELECT last_seen_at FROM documents") == site.at


def test_a_page_without_body_is_no_return(site: Any) -> None:
    site.visit("/a", body_text=A)
    for _ in range(3):
        site.gone("/a", days=1)
    site.visit("/a", body_text="")
    site.visit("/a", body_text="")
    assert site.events() == ["new", "withdrawn", "quarantined"]


def test_the_next_sighting_speaks_while_the_principal_is_gone(site: Any) -> None:
    site.visit("/a", index_number=N1, body_text=A)
    site.visit("/b", index_number=N1, body_text=TYPO)
    for _ in range(3):
        site.gone("/a", days=1)
    assert site.value("SELECT body_text, url FROM documents") == (TYPO, "http://x.gov.cn/b")
    assert (site.role("/a"), site.role("/b")) == ("variant", "principal")
    for _ in range(3):
        site.gone("/b", days=1)
    assert site.value("SELECT body_text, withdrawn_at IS NULL FROM documents") == (TYPO, 0)
    site.visit("/a", index_number=N1, body_text=A)
    assert site.value("SELECT body_text, withdrawn_at IS NULL FROM documents") == (A, 1)
    assert site.events() == ["new", "withdrawn", "returned"]


def test_an_address_that_was_never_read_has_no_document(site: Any) -> None:
    for _ in range(4):
        assert site.gone("/a", days=1) is False
    assert site.value("SELECT state, gone_days FROM sightings") == ("gone", 4)
    assert site.count("events") == 0


def test_an_unknown_sighting_is_named(site: Any) -> None:
    with pytest.raises(KeyError, match="no sighting 99"), transaction(site.db):
        touch(site.db, 99, site.capture("/a"), site.at)
