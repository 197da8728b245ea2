"""`gongkai probe` on local servers: a draft that a crawl takes as it is, and every way of there being none."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.samples.challenges import challenge
from crawler.samples.families import specification
from crawler.samples.families.site import FamilySite
from crawler.samples.server import HttpPortal
from crawler.samples.wire import Request, Response

from .runner import Gongkai, Ran
from .sites import LocalSite, page

FAMILIES = ("trs-static", "hanweb-xxgk", "gkmlpt")


@dataclass(frozen=True)
class Drafted:
    """A family's portal, probed; the servers run on."""

    family: str
    server: HttpPortal
    ran: Ran
    file: Path


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gongkai, list[Drafted]]]:
    """Each family's sample portal, and the draft of a probe of its home page."""
    gongkai = Gongkai(tmp_path_factory.mktemp("probe") / "data")
    found = []
    for family in FAMILIES:
        site = FamilySite(specification.load(family))
        server = HttpPortal(lambda request, serial, site=site: site.respond(request))
        server.start()
        file = gongkai.data / "portals" / f"{family}.toml"
        ran = gongkai("probe", server.base_url, "-o", str(file), "--json", "--allow-private-hosts")
        found.append(Drafted(family, server, ran, file))
    yield gongkai, found
    for drafted in found:
        drafted.server.stop()


def test_drafts_are_crawled_to_the_last_document_with_exact_index_numbers(
    drafts: tuple[Gongkai, list[Drafted]],
) -> None:
    gongkai, found = drafts
    for drafted in found:
        assert drafted.ran.code == 0, drafted.ran.err[-2000:]
        said = drafted.ran.json()
        assert said["family"] == drafted.family and said["evidence"] and not said["guess"]
        assert said["draft"] == drafted.file.read_text("utf-8") and "verified_on =" not in said["draft"]
        assert said["section"]["name"] and said["sample"]["record"]["index_number"]
        assert said["requests"] == len(
            [line for line in drafted.ran.err.splitlines() if line.startswith("[")]
        )
    ran = gongkai("crawl", *FAMILIES, now="2026-06-01T02:00:00+08:00")
    assert ran.code == 0, ran.out[-3000:]
    for drafted in found:
        numbers = gongkai.query(
            "SELECT index_number FROM documents WHERE portal = ? ORDER BY 1", drafted.family
        )
        papers = specification.load(drafted.family).papers()
        assert [number for (number,) in numbers] == sorted(paper.index_number for paper in papers)


def test_robots_and_the_user_agent_are_those_of_a_crawl(gongkai: Gongkai) -> None:
    robots = Response(b"User-agent: *\nDisallow: /zwgk/\n", 200, (("Content-Type", "text/plain"),))
    home = page('<a href="/zwgk/">政务公开</a>')
    with LocalSite({"/robots.txt": robots, "/": home, "/zwgk/": home}) as site:
        ran = gongkai("probe", site.base_url, "--allow-private-hosts")
    assert "no list of documents" in ran.complained(1)
    assert site.paths == ["/robots.txt", "/"]
    assert site.seen[1].headers["user-agent"].startswith("gongkai/")


def test_a_private_address_needs_the_option(drafts: tuple[Gongkai, list[Drafted]]) -> None:
    gongkai, found = drafts
    assert "not a public address" in gongkai("probe", found[0].server.base_url).complained(1)


def test_a_file_that_is_there_is_kept_and_the_report_is_for_a_person(
    drafts: tuple[Gongkai, list[Drafted]], tmp_path: Path
) -> None:
    gongkai, found = drafts
    mine = tmp_path / "mine.toml"
    mine.write_text("mine", "utf-8")
    words = ("probe", found[0].server.base_url, "--allow-private-hosts", "-o", str(mine))
    assert "--force" in gongkai(*words).complained(2)
    assert mine.read_text("utf-8") == "mine"
    ran = gongkai(*words, "--force", "--requests", "20", "--delay", "0.01")
    assert ran.code == 0
    for word in ("建站系统: trs-static (A)", "公开专栏: 政府信息公开", "政策文件", "索引号", "草稿已写入"):
        assert word in ran.out
    assert "delay = 0.01" in mine.read_text("utf-8")
    assert mine.read_text("utf-8").startswith("# Draft by")
    assert "small letters" in gongkai(
        "probe", "http://x.example/", "-o", str(tmp_path / "Mine.txt")
    ).complained(2)


@pytest.mark.parametrize(
    "address", ["www.example.gov.cn", "ftp://www.example.gov.cn/", "http://", "http://x:99999/"]
)
def test_no_address(gongkai: Gongkai, address: str) -> None:
    assert "write it whole" in gongkai("probe", address).complained(2)


def test_a_challenge_is_named(gongkai: Gongkai, tmp_path: Path) -> None:
    def answer(request: Request) -> Response | None:
        return challenge("challenge-rs", 1) if request.path == "/" else None

    with LocalSite(answer) as site:
        ran = gongkai(
            "probe", site.base_url, "--allow-private-hosts", "--json", "-o", str(tmp_path / "x.toml")
        )
    assert "瑞数" in ran.complained(1)
    assert ran.json()["challenge"] == "瑞数" and ran.json()["draft"] is None
    assert not (tmp_path / "x.toml").exists()


def test_an_interrupted_probe_writes_nothing(gongkai: Gongkai, tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    with LocalSite({"/": page('<a href="/zwgk/">政务公开</a>'), "/zwgk/": page("")}, seconds=1) as site:
        process = gongkai.start("probe", site.base_url, "--allow-private-hosts", "-o", str(file))
        ends = time.monotonic() + 30
        while not site.seen and time.monotonic() < ends:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
    assert not file.exists()
