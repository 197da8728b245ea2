"""A crawl's manners at a local server: Retry-After, back-off, quiet hours, requests counted."""

from __future__ import annotations

import json
from itertools import pairwise

from crawler.samples.wire import Request, Response

from .runner import Gongkai, portal_text
from .sites import HTML, LocalSite, trs_document, trs_listing, trs_path

COUNT = 4
DIRECTORY = 'key = "open"\nname = "公开"\nurl = "/zwgk/"'
PRIVATE = "allow_private_hosts = true"


def refused(status: int, *headers: tuple[str, str]) -> Response:
    return Response(b"<p>slow down</p>", status, (HTML, *headers))


def site(first: list[Response], *, at: int = 1) -> LocalSite:
    """Document ``at`` answers the responses of ``first`` before its page."""

    def answer(request: Request) -> Response | None:
        if request.target == "/zwgk/":
            return trs_listing([trs_path(n) for n in range(1, COUNT + 1)])
        if request.target == trs_path(at) and first:
            return first.pop(0)
        return next((trs_document(n) for n in range(1, COUNT + 1) if request.target == trs_path(n)), None)

    return LocalSite(answer)


def portal(gongkai: Gongkai, running: LocalSite, schedule: str = "") -> None:
    more = f"[schedule]\n{schedule}\n" if schedule else ""
    gongkai.portal("slow", portal_text(running.base_url, "trs-static", DIRECTORY, http=f"{PRIVATE}\n{more}"))


def test_retry_after_is_waited_for_before_anything_else_is_asked(gongkai: Gongkai) -> None:
    with site([refused(429, ("Retry-After", "3"))]) as running:
        portal(gongkai, running)
        ran = gongkai("crawl", "slow", "--json")
        assert ran.code == 0, ran.err
        refusal = next(i for i, seen in enumerate(running.seen) if seen.path == trs_path(1))
        gap = running.seen[refusal + 1].at - running.seen[refusal].until
        assert 2.5 <= gap < 10
    assert gongkai.count("documents") == COUNT
    stats = json.loads(gongkai.query("SELECT stats FROM crawls")[0][0])
    assert stats["refusals"] == 1
    assert sum(stats["requests_by_day"].values()) == len(running.seen)


def test_a_host_that_asks_for_a_long_time_is_left(gongkai: Gongkai) -> None:
    with site([refused(503, ("Retry-After", "86400"))]) as running:
        portal(gongkai, running)
        ran = gongkai("crawl", "slow", "--json")
    assert ran.code == 1
    assert "asks to be left alone for 86400 seconds" in ran.complained(1)
    assert running.paths.count(trs_path(1)) == 1
    assert gongkai.count("sightings", "state = 'pending'") > 0  # nobody asked: no failure of theirs
    with site([]) as again:
        portal(gongkai, again)


def test_a_host_that_only_refuses_is_asked_ever_more_slowly_and_then_left(gongkai: Gongkai) -> None:
    with LocalSite(lambda request: refused(429) if "robots" not in request.target else None) as running:
        portal(gongkai, running)
        ran = gongkai("crawl", "slow")
    assert "6 times in a row" in ran.complained(1)
    asked = [seen.at for seen in running.seen if "robots" not in seen.path]
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert len(asked) == 6
    assert all(later > 1.5 * earlier for earlier, later in pairwise(gaps)), gaps


def test_a_host_that_refuses_every_connection_is_not_asked_for_every_document(gongkai: Gongkai) -> None:
    documents = 30

    def answer(request: Request) -> Response | None:
        if request.target == "/zwgk/":
            return trs_listing([trs_path(n) for n in range(1, documents + 1)])
        return None

    with LocalSite(answer) as running:
        gongkai.portal(
            "slow",
            portal_text(running.base_url, "trs-static", DIRECTORY, http=f"{PRIVATE}\nattachments = false"),
        )
        assert gongkai("backfill", "slow", "--limit", "1").code in (0, 1)
    waiting = gongkai.count("sightings", "state = 'pending'")
    ran = gongkai("crawl", "slow", "--json", now="2027-06-01T12:00:00+08:00")
    assert ran.code == 1
    assert any("refused the connection 15 times in a row" in reason for reason in ran.json()[0]["reasons"])
    assert waiting > 20 and waiting - gongkai.count("sightings", "state = 'pending'") <= 5
    assert gongkai.query("SELECT verdict FROM crawls ORDER BY started_at DESC LIMIT 1") == [("failed",)]


def test_nothing_begins_in_quiet_hours_and_the_rest_comes_later(gongkai: Gongkai) -> None:
    with site([]) as running:
        portal(gongkai, running, 'quiet_hours = "08:00-18:00"')
        ran = gongkai("crawl", "slow", "--json", now="2026-06-01T08:00:00+08:00")
        assert (ran.code, running.seen) == (0, []), ran.err
        assert "quiet hours of the portal until 18:00" in " ".join(ran.json()[0]["reasons"])
        assert gongkai("crawl", "slow", now="2026-06-01T18:00:00+08:00").code == 0
    assert gongkai.count("documents") == COUNT


def test_quiet_hours_that_begin_during_a_crawl_end_it(gongkai: Gongkai) -> None:
    with site([]) as running:
        running._seconds = 2.0
        portal(gongkai, running, 'quiet_hours = "08:00-18:00"')
        ran = gongkai("crawl", "slow", "--json", now="2026-06-01T07:59:53+08:00")
        assert ran.code == 0, ran.err
        asked, kept = len(running.seen), gongkai.count("documents")
        assert kept < COUNT and gongkai.count("sightings", "state = 'error'") == 0
        running._seconds = 0
        assert gongkai("crawl", "slow", now="2026-06-01T18:30:00+08:00").code == 0
    assert gongkai.count("documents") == COUNT
    assert asked > 0
