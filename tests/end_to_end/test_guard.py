"""Fetching safely and politely: private addresses, robots.txt, one request at a time, who we say we are, other hosts."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.samples.data import PORTAL_IDS
from crawler.samples.wire import Response, redirect

from .conftest import Night
from .runner import Gongkai, portal_text
from .sites import LocalSite, trs_document, trs_listing, trs_path

ROOT = Path(__file__).resolve().parents[2]
DIRECTORY = 'key = "a"\nname = "公告"\nurl = "/zwgk/"'
PRIVATE = "allow_private_hosts = true"


def small_site(documents: int = 6, *, robots: str | None = None, seconds: float = 0) -> LocalSite:
    """A TRS portal of one listing page."""
    answers: dict[str, Response] = {trs_path(n): trs_document(n) for n in range(documents)}
    answers["/zwgk/"] = trs_listing([trs_path(n) for n in range(documents)])
    if robots is not None:
        answers["/robots.txt"] = Response(robots.encode(), 200, (("Content-Type", "text/plain"),))
    return LocalSite(answers, seconds=seconds)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1"])
def test_an_address_that_is_not_public_is_refused(gongkai: Gongkai, host: str) -> None:
    with small_site() as site:
        gongkai.portal("there", portal_text(f"http://{host}:{site.port}/", "trs-static", DIRECTORY))
        ran = gongkai("crawl", "there")
        sentence = ran.complained(1)
        assert "Retrying" not in ran.err, "it was asked for again"
        assert "allow_private_hosts" in sentence and "--allow-private-hosts" in sentence
        assert "allow-private-hosts" in gongkai("extract", f"http://{host}:{site.port}/zwgk/").complained(1)
        assert site.seen == []
    assert gongkai.count("documents") == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_it_is_fetched_where_it_is_allowed(gongkai: Gongkai, host: str) -> None:
    with small_site() as site:
        url = f"http://{host}:{site.port}/"
        gongkai.portal("there", portal_text(url, "trs-static", DIRECTORY))
        assert gongkai("crawl", "there", "--allow-private-hosts").code == 0
        assert gongkai.count("documents") == 6
        gongkai.portal("there", portal_text(url, "trs-static", DIRECTORY, http=PRIVATE))
        assert gongkai("crawl", "there").code == 0
        assert (
            gongkai("extract", f"{url.rstrip('/')}{trs_path(1)}", "--allow-private-hosts", "--json").json()[
                "title"
            ]
            == "第1件公告"
        )


def test_robots_txt_and_its_crawl_delay(gongkai: Gongkai) -> None:
    robots = f"User-agent: *\nDisallow: {trs_path(3)}\nDisallow: {trs_path(5)}\nCrawl-delay: 0.4\n"
    with small_site(robots=robots) as site:
        gongkai.portal("there", portal_text(site.base_url, "trs-static", DIRECTORY, http=PRIVATE))
        ran = gongkai("crawl", "there")
        assert ran.code == 0, ran.err
        assert site.paths[0] == "/robots.txt" and site.paths.count("/robots.txt") == 1
        assert not {trs_path(3), trs_path(5)} & set(site.paths)
        pauses = [later.at - earlier.at for earlier, later in pairwise(site.seen[1:])]
        assert len(pauses) == 5  # one of them: the address that cannot exist
        assert min(pauses) > 0.4 * 0.7, pauses  # spread by a quarter, so that requests do not march in step
        assert sum(pauses) / len(pauses) < 2
    assert gongkai.count("documents") == 4
    assert gongkai.count("sightings", "last_error = 'Forbidden by robots.txt'") == 2


def test_one_request_at_a_time_and_who_asks(gongkai: Gongkai) -> None:
    assert gongkai("init", "--contact", "archive@example.org").code == 0
    with small_site(20, seconds=0.02) as site:
        gongkai.portal("there", portal_text(site.base_url, "trs-static", DIRECTORY, http=PRIVATE))
        assert gongkai("crawl", "there").code == 0
        assert {request.beside for request in site.seen} == {1}
        agents = {request.headers["user-agent"] for request in site.seen}
        assert len(agents) == 1
        (agent,) = agents
        assert agent.startswith("gongkai/") and "archive@example.org" in agent
        assert all("referer" not in request.headers for request in site.seen[:1])
    assert gongkai("init", "--contact", "nobody").code == 2


def test_a_portal_may_be_asked_faster_by_its_file(gongkai: Gongkai) -> None:
    with small_site(20, seconds=0.05) as site:
        gongkai.portal(
            "there", portal_text(site.base_url, "trs-static", DIRECTORY, http=f"{PRIVATE}\nconcurrency = 4")
        )
        assert gongkai("crawl", "there").code == 0
        assert 2 <= max(request.beside for request in site.seen) <= 4


def test_the_delay_of_a_portal_file(gongkai: Gongkai) -> None:
    with small_site(5) as site:
        text = portal_text(site.base_url, "trs-static", DIRECTORY, http=PRIVATE).replace(
            "delay = 0", "delay = 0.3"
        )
        gongkai.portal("there", text)
        assert gongkai("crawl", "there").code == 0
        pauses = [later.at - earlier.at for earlier, later in pairwise(site.seen[1:])]
        assert len(pauses) == 6 and min(pauses) > 0.3 * 0.7, pauses


def test_other_hosts_are_recorded_and_never_asked(gongkai: Gongkai) -> None:
    with LocalSite({"/": trs_listing([]), trs_path(1): trs_document(1)}) as other:
        elsewhere = other.base_url.rstrip("/")
        answers = {
            "/zwgk/": trs_listing(
                [trs_path(1), trs_path(2), f"{elsewhere}{trs_path(1)}", "https://mp.weixin.qq.com/s/x"]
            ),
            trs_path(1): trs_document(1),
            trs_path(2): redirect(f"{elsewhere}{trs_path(1)}"),
        }
        with LocalSite(answers) as site:
            directory = f"{DIRECTORY}\nurls.document = []"
            gongkai.portal("there", portal_text(site.base_url, "trs-static", directory, http=PRIVATE))
            gongkai("crawl", "there")
        assert other.seen == []
    states = dict(gongkai.query("SELECT url, state || ': ' || coalesce(last_error, '') FROM sightings"))
    assert states[f"{elsewhere}{trs_path(1)}"] == states["https://mp.weixin.qq.com/s/x"] == "offsite: "
    assert states[f"{site.base_url.rstrip('/')}{trs_path(1)}"] == "ok: "
    assert "is on another host" in states[f"{site.base_url.rstrip('/')}{trs_path(2)}"]
    assert gongkai.count("documents") == 1


def test_scrapy_users_find_every_portal_as_a_spider(night: Night) -> None:
    def scrapy(*words: str) -> subprocess.CompletedProcess[str]:
        environment = night.gongkai.environment(now="2026-06-02T02:00:00+08:00")
        command = [sys.executable, "-m", "scrapy", *words]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    assert (ROOT / "scrapy.cfg").is_file()
    listed = scrapy("list")
    assert listed.returncode == 0, listed.stderr
    assert {*PORTAL_IDS, "shangqiu"} <= set(listed.stdout.split())
    revisions, crawls = night.gongkai.count("revisions"), night.gongkai.count("crawls")
    crawled = scrapy("crawl", "yunling")
    assert crawled.returncode == 0, crawled.stderr
    assert night.gongkai.count("revisions") == revisions
    assert night.gongkai.query("SELECT portal, verdict FROM crawls ORDER BY started_at DESC, id LIMIT 1") == [
        ("yunling", "ok")
    ]
    assert night.gongkai.count("crawls") == crawls + 1
    assert scrapy("crawl", "nowhere").returncode != 0
