"""A night over many portals: trouble in some leaves the others whole and is named; locks, signals, windows, disks."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from html.parser import HTMLParser

import pytest

from crawler.samples.wire import Request, Response

from .runner import Gongkai, portal_text
from .sites import HTML, LocalSite, page, trs_document, trs_listing, trs_path

COUNT = 3
DIRECTORY = 'key = "open"\nname = "公开"\nurl = "/zwgk/"'
HOSTILE = "关于&lt;script&gt;alert(1)&lt;/script&gt;\"'&amp;的公告"
"""As it stands in the pages' markup."""
FIRST = "2026-06-01T02:00:00+08:00"
SECOND = "2026-06-02T02:00:00+08:00"


def healthy(request: Request) -> Response | None:
    if request.target == "/zwgk/":
        return trs_listing({trs_path(n): HOSTILE if n == 1 else f"第{n}件" for n in range(1, COUNT + 1)})
    return next(
        (
            trs_document(n, HOSTILE if n == 1 else None)
            for n in range(1, COUNT + 1)
            if request.target == trs_path(n)
        ),
        None,
    )


def endless(request: Request) -> Response | None:
    """Page after page of new entries, though two are announced."""
    if "zwgk" not in request.target or "/t2026" in request.target:
        return None
    name = request.target.rsplit("/", 1)[-1]
    index = int("".join(char for char in name if char.isdigit()) or 0)
    return trs_listing([trs_path(100 * index + 1)], pages=10_000, index=index)


def challenge(request: Request) -> Response | None:
    if "robots" in request.target:
        return None
    return Response(b"<html><script>document.cookie='__jsl_clearance=1'</script></html>", 521, (HTML,))


def home_page(request: Request) -> Response | None:
    """The same page for everything, robots.txt apart."""
    if "robots" in request.target:
        return None
    return trs_listing({trs_path(n, "/news/"): f"样例县要闻第{'甲乙丙丁'[n]}则今日发布" for n in range(4)})


def portal(gongkai: Gongkai, id_: str, url: str, *, timeout: float = 10, more: str = "") -> None:
    text = portal_text(
        url, "trs-static", DIRECTORY, http=f"allow_private_hosts = true\n{more}", more="enabled = true"
    )
    gongkai.portal(id_, text.replace("timeout = 10", f"timeout = {timeout}"))


@contextmanager
def silent_host() -> Iterator[int]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield server.getsockname()[1]


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Tags(HTMLParser):
    """The elements of a page and the addresses of its links."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.links += [value for name, value in attrs if name == "href" and value]


def test_trouble_in_some_portals_leaves_the_others_whole(gongkai: Gongkai) -> None:
    empty_now = False

    def turned_empty(request: Request) -> Response | None:
        return page("<ul></ul>") if empty_now and request.target == "/zwgk/" else healthy(request)

    with ExitStack() as stack:
        for number in (1, 2, 3):
            portal(gongkai, f"good{number}", stack.enter_context(LocalSite(healthy)).base_url)
        portal(gongkai, "empty", stack.enter_context(LocalSite(turned_empty)).base_url)
        first = gongkai("nightly", "--json", now=FIRST)
        assert first.code == 0, first.err
        empty_now = True
        portal(gongkai, "dead", f"http://127.0.0.1:{closed_port()}/")
        portal(gongkai, "hanging", f"http://127.0.0.1:{stack.enter_context(silent_host())}/", timeout=3600)
        portal(gongkai, "endless", stack.enter_context(LocalSite(endless, seconds=0.05)).base_url)
        portal(gongkai, "fenced", stack.enter_context(LocalSite(challenge)).base_url)
        portal(gongkai, "homepage", stack.enter_context(LocalSite(home_page)).base_url)
        (gongkai.data / "portals" / "broken.toml").write_text("schema = 1\nname =", "utf-8")
        ran = gongkai("nightly", "--workers", "4", "--time-limit", "0.4", "--json", now=SECOND)
    assert ran.code == 1
    found = {outcome["portal"]: outcome for outcome in ran.json()["portals"]}
    assert {id_: outcome["status"] for id_, outcome in found.items()} == {
        "good1": "ok", "good2": "ok", "good3": "ok", "empty": "failed" if found["empty"]["status"] == "failed" else "degraded",
        "dead": "failed", "hanging": "timed-out", "endless": "timed-out", "fenced": found["fenced"]["status"], "broken": "failed",
        "homepage": "failed",
    }  # fmt: skip
    assert found["fenced"]["status"] in ("degraded", "failed")
    named = {id_: " ".join(outcome["reasons"]) for id_, outcome in found.items()}
    assert "no entry" in named["empty"] and "refused" in named["dead"] and "challenge" in named["fenced"]
    assert "everything with one page" in named["homepage"]
    assert "time limit" in named["hanging"] and "broken.toml" in named["broken"]
    said = "\n".join(ran.said)
    assert all(f"gongkai: {id_}:" in said for id_ in ("empty", "dead", "hanging", "fenced", "broken"))
    assert gongkai.count("documents", "portal LIKE 'good%'") == 3 * COUNT
    assert gongkai.count("crawls", "command = 'nightly' AND portal LIKE 'good%' AND verdict = 'ok'") == 6
    assert gongkai("verify").code == 0
    check_report(gongkai)
    status = gongkai("status", "--json").json()
    assert status["last_night"]["report"] == "2026-06-02.json" and status["queues"]["failing"] >= 0
    assert {row["portal"]: bool(row["complete_at"]) for row in status["portals"]}["good1"]
    assert gongkai("status").code == 0


def check_report(gongkai: Gongkai) -> None:
    """Both nights have one; the first lists the new documents, and a hostile title is text."""
    report = json.loads((gongkai.data / "reports" / "2026-06-01.json").read_text("utf-8"))
    assert report["changes"]["new"]["total"] == 4 * COUNT
    assert all(row["requests_today"] > 0 for row in report["portals"])
    html = (gongkai.data / "reports" / "2026-06-01.html").read_text("utf-8")
    assert all(row["visited_days_ago"]["worst"] < 0.1 for row in report["portals"])
    tags = Tags()
    tags.feed(html)
    assert "script" not in tags.names and "svg" in tags.names and "&lt;script&gt;" in html
    uid = report["changes"]["new"]["documents"][0]["uid"]
    assert f"http://127.0.0.1:8001/-/document/{uid}" in tags.links
    second = json.loads((gongkai.data / "reports" / "2026-06-02.json").read_text("utf-8"))
    assert [night["new"] for night in second["nights"][-2:]] == [4 * COUNT, 0]
    prometheus = (gongkai.data / "reports" / "gongkai.prom").read_text("utf-8")
    assert 'gongkai_portal_status{portal="dead",status="failed"} 1' in prometheus


def test_a_second_night_says_who_holds_the_lock(gongkai: Gongkai) -> None:
    with LocalSite(healthy) as site:
        portal(gongkai, "good", site.base_url)
        (gongkai.data / "locks").mkdir()
        with (gongkai.data / "locks" / "gongkai.nightly.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write("gongkai nightly (process 7)")
            lock.flush()
            assert "gongkai nightly (process 7)" in gongkai("nightly").complained(3)
        assert gongkai("nightly").code == 0


def test_no_portal_enabled(gongkai: Gongkai) -> None:
    assert "portals enable" in gongkai("nightly").complained(2)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_night_within_ten_seconds(gongkai: Gongkai, by: signal.Signals) -> None:
    with LocalSite(healthy, seconds=0.2) as site, silent_host() as port:
        portal(gongkai, "good", site.base_url)
        portal(gongkai, "hanging", f"http://127.0.0.1:{port}/", timeout=3600)
        begun = "SELECT count(*) = 2 FROM crawls"
        code, seconds = gongkai.kill_when(begun, "nightly", by=by)
        assert code == 130 and seconds < 10
        assert gongkai.count("crawls", "portal = 'hanging' AND verdict = 'interrupted'") == 1
        report = next((gongkai.data / "reports").glob("*.json")).read_text("utf-8")
        assert "interrupted" in report
        assert gongkai("nightly", "--portals", "g*").code == 0


def test_a_killed_night_takes_its_crawls_with_it(gongkai: Gongkai) -> None:
    with silent_host() as port:
        portal(gongkai, "hanging", f"http://127.0.0.1:{port}/", timeout=3600)
        gongkai.kill_when("SELECT count(*) = 1 FROM crawls", "nightly", by=signal.SIGKILL)
        gongkai.wait_for("SELECT count(*) = 1 FROM crawls WHERE verdict = 'interrupted'", 20)


def test_a_portal_whose_process_dies_is_named_and_the_others_go_on(gongkai: Gongkai) -> None:
    with LocalSite(healthy, seconds=0.3) as site, silent_host() as port:
        portal(gongkai, "good", site.base_url)
        portal(gongkai, "hanging", f"http://127.0.0.1:{port}/", timeout=3600)
        night = gongkai.start("nightly")
        try:
            gongkai.wait_for("SELECT count(*) = 1 FROM crawls WHERE portal = 'hanging'")
            holder = (gongkai.data / "locks" / "hanging.lock").read_text("utf-8")
            os.kill(int(holder.rpartition("process ")[2].rstrip(")")), signal.SIGKILL)
            assert night.wait(timeout=60) == 1
        finally:
            night.kill()
            night.wait()
    report = json.loads(next((gongkai.data / "reports").glob("*.json")).read_text("utf-8"))
    found = {row["portal"]: row for row in report["portals"]}
    assert (found["good"]["status"], found["hanging"]["status"]) == ("ok", "crashed")
    assert "signal 9" in found["hanging"]["reasons"][0]


def test_the_window_ends_the_night(gongkai: Gongkai) -> None:
    with silent_host() as port, LocalSite(healthy) as site:
        portal(gongkai, "hanging", f"http://127.0.0.1:{port}/", timeout=3600)
        portal(gongkai, "late", site.base_url)
        began = time.monotonic()
        ran = gongkai(
            "nightly", "--workers", "1", "--until", "06:30", "--json", now="2026-06-01T06:29:50+08:00"
        )
        assert time.monotonic() - began < 40
    assert ran.code == 0, ran.err
    assert {row["portal"]: row["status"] for row in ran.json()["portals"]} == {
        "hanging": "postponed",
        "late": "postponed",
    }
    assert site.seen == []


def test_quiet_portals_are_postponed_and_a_budget_is_kept(gongkai: Gongkai) -> None:
    with LocalSite(healthy) as quiet, LocalSite(healthy) as small:
        portal(gongkai, "quiet", quiet.base_url, more='[schedule]\nquiet_hours = "01:00-05:00"')
        portal(gongkai, "small", small.base_url)
        ran = gongkai("nightly", "--requests", "3", "--json", now=FIRST)
        assert ran.code == 0, ran.err
        assert quiet.seen == [] and len(small.seen) == 3
        assert {row["status"] for row in ran.json()["portals"]} == {"postponed"}


def bound_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500 * 1024, 500 * 1024))


def test_a_full_disk_stops_the_night_cleanly(gongkai: Gongkai) -> None:
    def big(request: Request) -> Response | None:
        answer = healthy(request)
        if answer is None or request.target == "/zwgk/":
            return answer
        noise = "".join(f"<!--{hash((request.target, n)):x}-->" for n in range(60_000))
        return Response(answer.body + noise.encode(), 200, (HTML,))

    with LocalSite(big) as one, LocalSite(healthy) as two:
        portal(gongkai, "one", one.base_url)
        portal(gongkai, "two", two.base_url)
        assert gongkai("init").code == 0
        ran = gongkai("nightly", "--workers", "1", before=bound_files)
        assert ran.code == 1 and "Traceback" not in ran.err, ran.err[-3000:]
        assert two.seen == [] and "gongkai: one:" in ran.err
        assert gongkai("nightly").code == 0
    assert gongkai.count("documents") == 2 * COUNT
    assert gongkai("verify").code == 0
