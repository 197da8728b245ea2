"""Files that documents link to, over nights at a local portal: kept, seen again, replaced, gone, refused."""

from __future__ import annotations

import gzip
import hashlib
import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest

from archive.captures.reader import read_capture
from archive.layout import DataDirectory
from crawler.samples.challenges import challenge
from crawler.samples.wire import Request, Response, conditional, raw_header, redirect
from tests.proof.comparison import difference, state

from .runner import Gongkai, portal_text
from .sites import LocalSite, page, trs_listing, trs_path

DIRECTORY = 'key = "gg"\nname = "公告"\nurl = "/zwgk/"'
PRIVATE = "allow_private_hosts = true\nmax_bytes = 200000"
NIGHTS = [f"2026-06-{day:02}T02:00:00+08:00" for day in range(1, 10)]
CHINESE = "/upload/附件1：名单（2026）.pdf"
BRACKETS = "/upload/政办发[2026]5号.pdf"
HOSTILE = "名单<script>alert(1)</script>‮fdp.exe"
PDF = ("Content-Type", "application/pdf")


def pdf(text: str) -> bytes:
    """Something that begins as a PDF does."""
    return b"%PDF-1.4\n" + text.encode() * 40


@dataclass
class Portal:
    """Documents by number with their links (address → name), and what the addresses answer."""

    links: dict[int, dict[str, str]]
    files: dict[str, Response] = field(default_factory=dict)
    validators: bool = False

    def __call__(self, request: Request) -> Response | None:
        """The answer to any request."""
        if request.target == "/zwgk/":
            return trs_listing([trs_path(number) for number in self.links])
        for number, links in self.links.items():
            if request.target == trs_path(number):
                return self._document(number, links)
        answer = self.files.get(request.target) or self.files.get(request.path)
        if answer is not None and self.validators:
            return conditional(request, answer, "Mon, 01 Jun 2026 02:00:00 GMT")
        return answer

    @staticmethod
    def _document(number: int, links: dict[str, str]) -> Response:
        text = "".join(
            f"<p>{number}号公告第{n}段：自发布之日起施行，由综合科负责解释。</p>" for n in range(1, 5)
        )
        shown = "".join(
            f'<p><a href="{href}">{name.replace("<", "&lt;")}</a></p>' for href, name in links.items()
        )
        block = f"<table><tr><td>索引号</td><td>000990901/2026-{number:05d}</td></tr></table>"
        return page(f'{block}<h1>第{number}件公告</h1><div class="TRS_Editor">{text}{shown}</div>')


def serve(gongkai: Gongkai, portal: Portal, http: str = PRIVATE, more: str = "") -> LocalSite:
    """The portal on a port, known as ``there`` when it is entered."""
    site = LocalSite(portal)
    gongkai.portal("there", portal_text(site.base_url, "trs-static", DIRECTORY, http=http, more=more))
    return site


def crawl(gongkai: Gongkai, night: int, *words: str, code: int = 0) -> dict[str, Any]:
    """One night; the report."""
    ran = gongkai("crawl", "there", "--revisit", "all", *words, "--json", now=NIGHTS[night - 1])
    assert ran.code == code, ran.err
    report: dict[str, Any] = ran.json()[0]
    return report


def counted(report: dict[str, Any]) -> dict[str, int]:
    """What it says of files."""
    name = "attachments_"
    return {key.removeprefix(name): count for key, count in report["counts"].items() if key.startswith(name)}


def states(gongkai: Gongkai) -> dict[str, tuple[str, str | None]]:
    """By name of the file, its state and digest."""
    rows = gongkai.query("SELECT name, state, digest FROM attachments")
    return {name: (state, digest) for name, state, digest in rows}


def digest(body: bytes) -> str:
    """As the archive writes it."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def rebuilt_equals(gongkai: Gongkai) -> None:
    """The captures alone give the same archive."""
    again = Gongkai(gongkai.data.parent / "rebuilt")
    ran = again("rebuild", "--from", str(gongkai.data / "captures"), now=NIGHTS[-1])
    assert ran.code == 0, ran.err
    assert difference(state(gongkai.data), state(again.data)) == ""


def test_first_fetch_second_night_and_a_replaced_file(gongkai: Gongkai) -> None:
    shared, own = pdf("共用"), pdf("自用")
    portal = Portal(
        {
            1: {"/files/shared.pdf": "共用.pdf", "/files/own.pdf": "自用.pdf"},
            2: {"/files/shared.pdf": "同一个.pdf"},
        },
        {"/files/shared.pdf": Response(shared, 200, (PDF,)), "/files/own.pdf": Response(own, 200, (PDF,))},
    )
    with serve(gongkai, portal) as site:
        report = crawl(gongkai, 1)
        assert counted(report) == {"asked": 2, "fetched": 2, "new": 2}
        assert [path for path in site.paths if path.startswith("/files/")] == [
            "/files/own.pdf",
            "/files/shared.pdf",
        ]
        assert states(gongkai) == {
            "共用.pdf": ("ok", digest(shared)), "自用.pdf": ("ok", digest(own)), "同一个.pdf": ("ok", digest(shared)),
        }  # fmt: skip
        before = gongkai.rows("events"), gongkai.rows("findings"), gongkai.rows("attachment_versions")
        assert counted(crawl(gongkai, 2)) == {"asked": 2, "fetched": 2, "unchanged": 2}
        assert (
            gongkai.rows("events"),
            gongkai.rows("findings"),
            gongkai.rows("attachment_versions"),
        ) == before
        kinds = "SELECT record_type, count(*) FROM captures WHERE role = 'attachment' GROUP BY 1 ORDER BY 1"
        assert gongkai.query(kinds) == [("response", 2), ("revisit-digest", 2)]
        portal.files["/files/shared.pdf"] = Response(pdf("换过的"), 200, (PDF,))
        assert counted(crawl(gongkai, 3)) == {"asked": 2, "fetched": 2, "unchanged": 1, "changed": 1}
        assert gongkai.count("events", "kind = 'attachment-changed'") == 2, "at both documents"
        assert gongkai.count("findings", "rule = 'attachment-replaced' AND severity = 'warning'") == 2
        assert gongkai.query("SELECT count(*) FROM attachment_versions GROUP BY attachment_id") == [
            (2,),
            (1,),
            (2,),
        ]
        assert gongkai.count("revisions") == 2, "a replaced file is no edit of the page"
        portal.files["/files/shared.pdf"] = Response(shared, 200, (PDF,))
        crawl(gongkai, 4)
        assert gongkai.count("files") == 3 and gongkai.count("attachment_versions") == 7
    data = DataDirectory(gongkai.data)
    for sha, file, offset, length in gongkai.query(
        "SELECT f.digest, c.file, c.offset, c.length FROM files f JOIN captures c ON c.id = f.capture_id"
    ):
        assert digest(read_capture(data, file, offset, length).body) == sha
    found = gongkai("show", "000990901/2026-00001", "--json").json()
    (first, _) = found["attachments"]
    assert [version["digest"] for version in first["versions"]] == [
        digest(shared),
        digest(pdf("换过的")),
        digest(shared),
    ]
    said = gongkai("show", "000990901/2026-00001").out
    assert "第 3 版 2026-06-04 02:0" in said and "application/pdf" in said
    rebuilt_equals(gongkai)


def test_validators_spare_the_bytes(gongkai: Gongkai) -> None:
    body = pdf("带校验")
    portal = Portal(
        {1: {"/files/a.pdf": "甲.pdf"}}, {"/files/a.pdf": Response(body, 200, (PDF,))}, validators=True
    )
    with serve(gongkai, portal) as site:
        crawl(gongkai, 1)
        assert counted(crawl(gongkai, 2)) == {"asked": 1, "fetched": 1, "unchanged": 1}
        headers = site.seen[-1].headers
        assert headers["if-none-match"].startswith('"') and "if-modified-since" in headers
        portal.files["/files/a.pdf"] = Response(pdf("换了"), 200, (PDF,))
        assert counted(crawl(gongkai, 3))["changed"] == 1
        assert counted(crawl(gongkai, 4))["unchanged"] == 1
        # A second document links to it: what it links to is what stands there.
        portal.links[2] = {"/files/a.pdf": "乙.pdf"}
        crawl(gongkai, 5)
    kinds = gongkai.query("SELECT record_type FROM captures WHERE role = 'attachment' ORDER BY id")
    assert [kind for (kind,) in kinds] == [
        "response",
        "revisit-304",
        "response",
        "revisit-304",
        "revisit-304",
    ]
    assert states(gongkai)["乙.pdf"] == states(gongkai)["甲.pdf"] == ("ok", digest(pdf("换了")))
    assert gongkai.count("events", "kind = 'attachment-changed'") == 1
    rebuilt_equals(gongkai)


def test_compression_is_no_replacement(gongkai: Gongkai) -> None:
    body = pdf("压缩与否")
    plain = Response(body, 200, (PDF,))
    portal = Portal({1: {"/files/a.pdf": "甲.pdf"}}, {"/files/a.pdf": plain})
    with serve(gongkai, portal):
        crawl(gongkai, 1)
        portal.files["/files/a.pdf"] = plain.gzipped()
        assert counted(crawl(gongkai, 2)) == {"asked": 1, "fetched": 1, "unchanged": 1}
        portal.files["/files/a.pdf"] = Response(
            gzip.compress(body, 1, mtime=0), 200, (PDF, ("Content-Encoding", "gzip"))
        )
        crawl(gongkai, 3)
    assert gongkai.query("SELECT count(DISTINCT payload_digest) FROM captures WHERE role = 'attachment'") == [
        (3,)
    ]
    assert gongkai.query("SELECT digest, size FROM files") == [(digest(body), len(body))]
    assert gongkai.count("attachment_versions") == 1


def test_what_does_not_come_says_why_and_costs_nothing(gongkai: Gongkai) -> None:
    bomb = gzip.compress(b"0" * 5_000_000, mtime=0)
    good = pdf("好")
    with LocalSite({"/secret.pdf": Response(good, 200, (PDF,))}) as other:
        links = {
            "/files/gone.pdf": "不在.pdf",
            "/files/large.pdf": "过大.pdf",
            "/files/bomb.pdf": "炸弹.pdf",
            "/files/moved.pdf": "搬了.pdf",
            "/files/circle.pdf": "转圈.pdf",
            "/files/page.pdf": "出错页.pdf",
            "/files/empty.pdf": "空.pdf",
            "/files/down.pdf": "坏了.pdf",
            "/files/away.pdf": "转到别处.pdf",
            "/private/x.pdf": "不许.pdf",
            f"{other.base_url}secret.pdf": "别处.pdf",
            "http://169.254.169.254/meta.pdf": "内网.pdf",
        }
        portal = Portal({1: links}, {
            "/robots.txt": Response(b"User-agent: *\nDisallow: /private/\n", 200, (("Content-Type", "text/plain"),)),
            "/files/large.pdf": Response(pdf("大") * 2000, 200, (PDF,)),
            "/files/bomb.pdf": Response(bomb, 200, (PDF, ("Content-Encoding", "gzip"))),
            "/files/moved.pdf": redirect("/new/moved.pdf", 301),
            "/new/moved.pdf": Response(good, 200, (PDF,)),
            "/files/circle.pdf": redirect("/files/circle.pdf"),
            "/files/page.pdf": page("<h1>系统繁忙，请稍后再试</h1>"),
            "/files/empty.pdf": Response(b"", 200, (PDF,)),
            "/files/down.pdf": Response(b"", 503, (PDF,)),
            "/files/away.pdf": redirect(f"{other.base_url}secret.pdf"),
        })  # fmt: skip
        with serve(gongkai, portal) as site:
            ran = gongkai("crawl", "there", now=NIGHTS[0])
            assert ran.code == 0, ran.err
            assert "附件：检查了 12 个" in ran.out and "消失 1" in ran.out and "没有取到 4" in ran.out
            assert "/private/x.pdf" not in site.paths
        assert other.seen == []
    assert states(gongkai) == {
        "不在.pdf": ("gone", None), "过大.pdf": ("refused", None), "炸弹.pdf": ("refused", None),
        "搬了.pdf": ("ok", digest(good)), "转圈.pdf": ("error", None), "出错页.pdf": ("error", None),
        "空.pdf": ("error", None), "坏了.pdf": ("error", None), "转到别处.pdf": ("refused", None),
        "不许.pdf": ("refused", None), "别处.pdf": ("refused", None), "内网.pdf": ("refused", None),
    }  # fmt: skip
    reasons = gongkai.query("SELECT json_extract(data, '$.name'), json_extract(data, '$.reason'), message FROM findings"
                            " WHERE rule LIKE 'attachment-%'")  # fmt: skip
    assert {name: reason for name, reason, _ in reasons} == {
        "不在.pdf": "gone", "过大.pdf": "too-large", "炸弹.pdf": "too-large", "转圈.pdf": "redirects",
        "出错页.pdf": "answer", "空.pdf": "answer", "坏了.pdf": "answer", "转到别处.pdf": "redirect-offsite",
        "不许.pdf": "robots", "别处.pdf": "offsite", "内网.pdf": "offsite",
    }  # fmt: skip
    assert {name: message for name, _, message in reasons}["空.pdf"] == "空.pdf: the answer is empty"
    assert gongkai.query("SELECT verdict FROM crawls") == [("ok",)]
    rebuilt_equals(gongkai)


def test_a_named_host_and_a_mended_server_are_asked_again(gongkai: Gongkai) -> None:
    body = pdf("别处的")
    with LocalSite({"/a.pdf": Response(body, 200, (PDF,))}) as other:
        portal = Portal({1: {f"{other.base_url}a.pdf": "甲.pdf", "/files/b.pdf": "乙.pdf"}})
        portal.files["/files/b.pdf"] = Response(b"", 500)
        with serve(gongkai, portal) as site:
            crawl(gongkai, 1)
            assert counted(crawl(gongkai, 2)) == {"asked": 1, "failed": 1}
            hosts = f'hosts = ["127.0.0.1:{site.port}", "127.0.0.1:{other.port}"]'
            gongkai.portal(
                "there", portal_text(site.base_url, "trs-static", DIRECTORY, http=PRIVATE, more=hosts)
            )
            portal.files["/files/b.pdf"] = Response(body, 200, (PDF,))
            assert counted(crawl(gongkai, 3)) == {"asked": 2, "fetched": 2, "new": 2}
    assert set(states(gongkai).values()) == {("ok", digest(body))}
    assert gongkai.count("findings", "resolved_at IS NULL") == 0


def test_hostile_names_are_names(gongkai: Gongkai) -> None:
    disposition = raw_header('attachment; filename="../../../etc/passwd.pdf"', "gb18030")
    links = {
        quote(CHINESE): "附件1：名单（2026）.pdf",
        "/download.jsp?name=..%2F..%2Fx.pdf&x=%B8%BD%BC%FE": HOSTILE,
        BRACKETS: "政办发[2026]5号.pdf",
    }
    portal = Portal({1: links}, {
        CHINESE: Response(pdf("中文名"), 200, (PDF,)),
        BRACKETS: Response(pdf("方括号"), 200, (PDF,)),
        "/download.jsp": Response(pdf("下载"), 200, (PDF, ("Content-Disposition", disposition))),
    })  # fmt: skip
    with serve(gongkai, portal) as site:
        assert counted(crawl(gongkai, 1)) == {"asked": 3, "fetched": 3, "new": 3}
        assert "/download.jsp?name=..%2F..%2Fx.pdf&x=%B8%BD%BC%FE" in site.paths
        assert counted(crawl(gongkai, 2))["unchanged"] == 3
    assert {state for state, _ in states(gongkai).values()} == {"ok"}
    files = [path for path in gongkai.data.rglob("*") if path.is_file() and "captures" in path.parts]
    assert all(path.name.endswith(".warc.gz") for path in files), "no name of a portal's becomes a file's"


def test_a_listed_file_is_fetched_once(gongkai: Gongkai) -> None:
    portal = Portal({}, {"/zwgk/202601/P020260105001.pdf": Response(pdf("直接"), 200, (PDF,))})
    listing = trs_listing({"/zwgk/202601/P020260105001.pdf": "关于直接挂文件的公告"})
    portal.files["/zwgk/"] = listing
    with serve(gongkai, portal) as site:
        site._answers = lambda request: listing if request.target == "/zwgk/" else portal(request)
        crawl(gongkai, 1)
        assert site.paths.count("/zwgk/202601/P020260105001.pdf") == 1
        assert list(states(gongkai).values()) == [("ok", digest(pdf("直接")))]
        portal.files["/zwgk/202601/P020260105001.pdf"] = Response(pdf("换了"), 200, (PDF,))
        crawl(gongkai, 2)
        assert site.paths.count("/zwgk/202601/P020260105001.pdf") == 2
    assert gongkai.count("events", "kind = 'attachment-changed'") == 1
    assert gongkai.count("captures", "role = 'attachment'") == 0
    rebuilt_equals(gongkai)


def test_a_portal_file_may_leave_files_alone(gongkai: Gongkai) -> None:
    portal = Portal({1: {"/files/a.pdf": "甲.pdf"}}, {"/files/a.pdf": Response(pdf("甲"), 200, (PDF,))})
    with serve(gongkai, portal, http=f"{PRIVATE}\nattachments = false") as site:
        assert counted(crawl(gongkai, 1)) == {}
        assert "/files/a.pdf" not in site.paths
    assert states(gongkai) == {"甲.pdf": ("pending", None)}


def test_a_limit_counts_documents_and_bounds_files(gongkai: Gongkai) -> None:
    portal = many(6)
    with serve(gongkai, portal) as site:
        assert gongkai("backfill", "there", "--limit", "2").code == 0
        assert gongkai.count("documents") == 2
        assert gongkai.count("attachments", "state = 'ok'") == 2 == asked(site)
        gongkai.change("UPDATE attachments SET state = 'pending', digest = NULL")
        gongkai.change("UPDATE sightings SET visited_at = '2020-01-01T00:00:00.000Z'")
        assert gongkai("backfill", "there", "--limit", "2").code == 0
        assert gongkai.count("attachments", "state = 'ok'") == 2, "those of this run's documents"
        assert gongkai("backfill", "there").code == 0
    assert gongkai.count("attachments", "state = 'ok'") == 6


def test_a_firewall_ends_the_fetching_and_nothing_is_lost(gongkai: Gongkai) -> None:
    portal = many(40)
    good = dict(portal.files)
    with serve(gongkai, portal) as site:
        assert gongkai("backfill", "there", "--limit", "3", now=NIGHTS[0]).code == 0
        portal.files = {path: challenge("challenge-jsl", 1) for path in good}
        report = crawl(gongkai, 2, code=1)
        assert "challenges in a row" in report["reasons"][0]
        assert asked(site) - 3 < 40, "it does not ask on"
        assert gongkai.count("attachments", "digest IS NOT NULL") == 3
        assert gongkai.count("captures", "role = 'attachment' AND outcome = 'blocked'") >= 5
        portal.files = good
        crawl(gongkai, 3)
    assert gongkai.query("SELECT state, count(*) FROM attachments GROUP BY 1") == [("ok", 40)]
    assert gongkai.count("files") == 40 and gongkai.count("events", "kind = 'attachment-changed'") == 0


def many(count: int) -> Portal:
    """So many documents with a file of its own each."""
    return Portal(
        {number: {f"/files/{number}.pdf": f"附件{number}.pdf"} for number in range(1, count + 1)},
        {f"/files/{number}.pdf": Response(pdf(str(number)), 200, (PDF,)) for number in range(1, count + 1)},
    )


def asked(site: LocalSite) -> int:
    """How many requests for files."""
    return sum(path.startswith("/files/") for path in site.paths)


@pytest.fixture(params=[signal.SIGKILL, signal.SIGTERM], ids=["kill", "term"])
def by(request: pytest.FixtureRequest) -> Iterator[signal.Signals]:
    yield request.param


def test_broken_off_among_the_files_it_goes_on(gongkai: Gongkai, by: signal.Signals) -> None:
    portal = many(60)
    half = "SELECT count(*) BETWEEN 15 AND 55 FROM attachments WHERE state = 'ok'"
    with serve(gongkai, portal) as site:
        site._seconds = 0.01
        code, seconds = gongkai.kill_when(half, "backfill", "there", by=by)
        assert code == (130 if by == signal.SIGTERM else -by) and seconds < 10
        done = gongkai.count("attachments", "state = 'ok'")
        assert done < 60
        first = asked(site)
        ran = gongkai("backfill", "there", "--json")
        assert ran.code == 0, ran.err
        (report,) = ran.json()
        assert report["resumed"]
        assert asked(site) - first == report["counts"]["attachments_asked"] == 60 - done
    assert gongkai.count("attachments", "state = 'ok'") == 60 == gongkai.count("attachment_versions")
    assert gongkai.count("events", "kind = 'attachment-changed'") == gongkai.count("findings") == 0
    assert gongkai("verify", "--deep").code == 0
    rebuilt_equals(gongkai)


def test_events_in_the_captures_say_what_did_not_come(gongkai: Gongkai) -> None:
    portal = Portal({1: {"/files/a.pdf": "甲.pdf"}}, {"/files/a.pdf": Response(b"", 500)})
    with serve(gongkai, portal):
        crawl(gongkai, 1)
    text = b"".join(
        gzip.decompress(path.read_bytes()) for path in gongkai.data.glob("captures/*/*/*.warc.gz")
    )
    (said,) = [
        json.loads(line) for line in text.splitlines() if b'"attachment-missed"' in line and line[:1] == b"{"
    ]
    assert (said["state"], said["reason"], said["error"]) == ("error", "answer", "HTTP 500")
