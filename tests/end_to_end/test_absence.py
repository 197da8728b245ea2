"""Delisted, gone, withdrawn, returned: each gives exactly the events of DESIGN §4 and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crawler.samples.wire import Request, Response
from tests.proof.comparison import difference, state

from . import absent_site as sites
from .absent_site import Nights, Portal
from .runner import Gongkai, portal_text

NEW = [("new", Portal.title(number)) for number in range(1, 6)]


def outcomes(gongkai: Gongkai) -> set[str]:
    return {word for (word,) in gongkai.query("SELECT outcome FROM captures WHERE role = 'document'")}


@pytest.mark.parametrize(
    "missing",
    [sites.soft, sites.refresh_home, sites.home_page],  # test_missing.py has the other ways to be gone
)
def test_delisted_then_withdrawn_then_returned(gongkai: Gongkai, missing: sites.Missing) -> None:
    portal = Portal(missing)
    title = portal.title(2)
    with portal.site:
        night = Nights(gongkai, portal)
        assert night(1) == NEW
        portal.withdraw(2)
        assert night(2) == [("delisted", title)]
        assert gongkai.query(
            "SELECT url_key LIKE '%_2.html', gone_days FROM sightings WHERE state = 'gone'"
        ) == [(1, 1)]
        assert night(2) == []  # the same day
        assert night(3) == []
        assert night(4) == [("withdrawn", title)]
        assert night(5) == []
        assert outcomes(gongkai) == {"content", "gone" if missing is sites.not_found else "soft-404"}
        text = gongkai.query("SELECT body_text <> '' FROM documents WHERE withdrawn_at IS NOT NULL")
        assert text == [(1,)]
        portal.publish(2)
        assert night(6, "--revisit", "all") == [("returned", title)]
        assert gongkai.count("entries", "delisted_at IS NOT NULL") == 0
        assert gongkai.count("revisions") == 5


def test_still_listed_but_gone_and_a_challenge_is_nothing(gongkai: Gongkai) -> None:
    portal = Portal(sites.not_found)
    with portal.site:
        night = Nights(gongkai, portal, budget=9)
        assert night(1) == NEW
        del portal.documents[3]
        portal.blocked = {4}
        assert night(2) == []
        assert night(3) == []
        portal.blocked = set()
        assert night(4) == [("withdrawn", portal.title(3))]
        assert night(5) == []
    assert outcomes(gongkai) == {"content", "gone", "blocked"}


def test_two_nights_away_and_back_is_delisted_alone(gongkai: Gongkai) -> None:
    portal = Portal(sites.soft)
    with portal.site:
        night = Nights(gongkai, portal)
        night(1)
        portal.withdraw(2)
        assert night(2) == [("delisted", portal.title(2))]
        assert night(3) == []
        portal.publish(2)
        assert night(4) == []
        assert gongkai.count("sightings", "gone_days > 0") == 0
        portal.listed.discard(2)
        assert night(5) == []  # once for a document
        assert gongkai.count("entries", "delisted_at IS NOT NULL") == 1


@pytest.mark.parametrize("missing", [sites.soft, sites.home_page])
def test_a_short_document_in_the_portals_template_is_a_document(
    gongkai: Gongkai, missing: sites.Missing
) -> None:
    portal = Portal(missing)
    portal.documents[5] = "<p>今日停水。</p>"
    with portal.site:
        night = Nights(gongkai, portal, budget=99)
        assert night(1) == NEW
        portal.publish(5, "<p>明日停水。</p>")
        assert night(2) == [("revised", portal.title(5))]
        assert night(3) == []
    assert outcomes(gongkai) == {"content"}


@pytest.mark.parametrize("how", [sites.home_page, sites.home])
def test_a_portal_that_answers_everything_alike_withdraws_nothing(
    gongkai: Gongkai, how: sites.Missing
) -> None:
    portal = Portal(how)

    def alike(request: Request) -> Response:
        return portal.home(request) if request.path == "/" else how(portal, request)

    with portal.site:
        night = Nights(gongkai, portal, budget=99)
        assert night(1) == NEW
        portal.everything = alike
        for day in (2, 3, 4):
            assert night(day, code=1) == []
        portal.everything = None
        assert night(5) == []
    assert gongkai.count("sightings", "gone_days > 0") == 0
    assert gongkai.count("entries", "delisted_at IS NOT NULL") == 0
    assert outcomes(gongkai) == {"content", "error"}


def test_a_probe_that_is_blocked_teaches_nothing(gongkai: Gongkai) -> None:
    portal = Portal(lambda portal, request: sites.CHALLENGE)
    with portal.site:
        night = Nights(gongkai, portal, budget=99)
        assert night(1) == NEW
        assert night(2) == []
    probes = gongkai.query("SELECT DISTINCT status, outcome FROM captures WHERE role = 'probe'")
    assert probes == [(521, "blocked")]
    assert outcomes(gongkai) == {"content"}


def test_a_portal_that_fills_its_pages_by_scripts_answers_everything_alike(gongkai: Gongkai) -> None:
    shell = sites.dressed('<div id="app"></div><script src="/app.js"></script>')
    portal = Portal(lambda portal, request: shell)
    portal.document = lambda number: shell  # type: ignore[method-assign]
    with portal.site:
        night = Nights(gongkai, portal, budget=99)
        night(1)
        assert gongkai.count("sightings", "state = 'ok'") == 5
        assert night(2) == []
    assert outcomes(gongkai) == {"content"}


def test_one_question_a_crawl_and_none_where_nothing_is_asked(gongkai: Gongkai) -> None:
    portal = Portal(sites.soft)
    with portal.site:
        night = Nights(gongkai, portal)
        night(1)
        assert gongkai.count("captures", "role = 'probe'") == 1
        night(2)
        assert gongkai.count("captures", "role = 'probe'") == 1


def test_a_rebuild_knows_what_was_delisted_and_gone(gongkai: Gongkai, tmp_path: Path) -> None:
    portal = Portal(sites.soft)
    with portal.site:
        night = Nights(gongkai, portal)
        night(1)
        portal.withdraw(2)
        portal.listed.discard(4)
        for day in (2, 3, 4):
            night(day)
    again = Gongkai(tmp_path / "again")
    captures = shutil.copytree(gongkai.data / "captures", tmp_path / "captures")
    ran = again("rebuild", "--from", str(captures))
    assert ran.code == 0, ran.err
    assert difference(state(gongkai.data), state(again.data)) == ""
    assert again.count("entries", "delisted_at IS NOT NULL") == 2
    assert again.count("documents", "withdrawn_at IS NOT NULL") == 1


def test_absence_from_a_rolling_list_proves_nothing(gongkai: Gongkai) -> None:
    portal = Portal(sites.soft)
    with portal.site:
        night = Nights(gongkai, portal, directory="capped = true")
        assert night(1) == NEW
        portal.listed.discard(1)
        assert night(2) == []
    assert gongkai.count("entries", "delisted_at IS NOT NULL") == 0


def test_a_killed_backfill_knows_what_others_saw_meanwhile(gongkai: Gongkai) -> None:
    """Its first page was read on one night, the rest on another; a crawl passed in between, a document went."""
    portal = Portal(sites.not_found)
    with portal.site:
        night = Nights(gongkai, portal)
        assert gongkai("backfill", "local", "--limit", "2", now=sites.NIGHT.format(1)).code == 0
        portal.withdraw(4)
        night(2)
        assert gongkai("backfill", "local", now=sites.NIGHT.format(3)).code == 0
        assert night(4) == []
    seen = "SELECT w.mode, w.verdict, w.entries_seen FROM walks AS w WHERE mode = 'backfill'"
    assert gongkai.query(seen) == [("backfill", "complete", 5)]
    assert gongkai.count("entries", "delisted_at IS NOT NULL") == 1
    assert gongkai.count("documents") == 4


@pytest.mark.parametrize("expect", ["entries", "single"])
def test_a_host_that_shows_its_home_page_for_everything_is_named(gongkai: Gongkai, expect: str) -> None:
    """On the first night, of a portal with a single listing; nothing of it is archived, on no night."""
    portal = Portal(sites.home_page)
    portal.everything = portal.home
    with portal.site:
        text = portal_text(
            portal.site.base_url,
            "trs-static",
            f'key = "open"\nname = "公开"\nurl = "/zwgk/"\nexpect = "{expect}"',
        )
        gongkai.portal("local", text.replace("delay = 0", "delay = 0\nallow_private_hosts = true"))
        for day in (1, 2):
            ran = gongkai("crawl", "local", "--json", now=sites.NIGHT.format(day))
            assert ran.code == 1
            (crawl,) = ran.json()
            assert crawl["verdict"] == "failed" and "everything with one page" in crawl["reasons"][0]
            assert gongkai.count("documents") == gongkai.count("entries") == 0
        portal.everything = None
        assert gongkai("crawl", "local", now=sites.NIGHT.format(3)).code == 0
    assert gongkai.count("documents") == (5 if expect == "entries" else 1), (
        "its own pages are taken once it shows them"
    )
