"""Real pages under their original paths on a local server: walked, archived, searched, re-extracted (skipped where absent)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from archive.search import search
from archive.transaction import connect
from crawler.samples.wire import Request, Response

from .runner import Gongkai, Ran, portal_text
from .sites import LocalSite, page

PRIVATE = "allow_private_hosts = true"
JPAGE = "/module/web/jpage/dataproxy.jsp"
ANNOUNCED, RECORDS = 756, 126


@dataclass(frozen=True)
class RealPage:
    """A page of the manifest: its path here, its bytes, what is known to be right."""

    path: str
    file: Path
    index_number: str | None
    title: str | None


@dataclass(frozen=True)
class Archived:
    """The archive of all detail pages, and how the crawl ended."""

    gongkai: Gongkai
    pages: list[RealPage]
    ran: Ran


def detail_pages(shared: Path) -> list[RealPage]:
    """The detail pages of the manifest that are HTML."""
    folder = shared / "realpages"
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as stream:
        lines = [
            line
            for line in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
            if line["kind"] == "detail"
        ]
    pages = []
    for line in lines:
        if not line["file"].endswith(".html"):
            continue
        path = urlsplit(line["site"].split()[0]).path
        if not re.search(r"\.html?$", path):
            path = f"/{line['file']}"
        pages.append(
            RealPage(
                path, folder / line["file"], line["gold_index_number"] or None, line["gold_title"] or None
            )
        )
    return pages


@pytest.fixture(scope="module")
def archived(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archived]:
    """All detail pages in one portal, in a listing that says nothing about them, crawled and backfilled again."""
    pages = detail_pages(shared)
    gongkai = Gongkai(tmp_path_factory.mktemp("real") / "data")
    rows = "".join(
        f'<li><a href="{real.path}">第{n}条</a><span>2020-01-01</span></li>' for n, real in enumerate(pages)
    )
    answers = {
        real.path: Response(real.file.read_bytes(), 200, (("Content-Type", "text/html"),)) for real in pages
    }
    with LocalSite({"/list/": page(f"<ul>{rows}</ul>"), **answers}) as site:
        directory = 'key = "all"\nname = "全部"\nurl = "/list/"\nurls.document = ["\\\\.html?$"]'
        gongkai.portal("real", portal_text(site.base_url, "generic", directory, http=PRIVATE))
        yield Archived(gongkai, pages, gongkai("crawl", "real"))


def by_path(archived: Archived, column: str) -> dict[str, str | None]:
    """A column of the documents by path of their address."""
    rows = archived.gongkai.query(
        f"SELECT s.url, d.{column} FROM sightings s JOIN documents d ON d.id = s.document_id"
    )
    return {urlsplit(url).path: value for url, value in rows}


def test_every_page_is_archived(archived: Archived) -> None:
    assert archived.ran.code == 0, archived.ran.err
    assert len(archived.pages) == 30 + 3 + 13
    assert sum(real.path.startswith("/zhengce/content/20") for real in archived.pages) == 30
    assert archived.gongkai.query("SELECT state, count(*) FROM sightings GROUP BY state") == [
        ("ok", len(archived.pages))
    ]
    bodies = by_path(archived, "body_text")
    (cut,) = (
        real.path for real in archived.pages if "handan" in real.file.name
    )  # its body was cut out by hand
    assert {real.path for real in archived.pages if len(bodies[real.path] or "") < 40} == {cut}
    for path, text in bodies.items():
        assert not re.search("扫一扫|打印本页|关闭窗口|验证码|字号：", text or ""), path


def test_index_numbers_and_titles_are_the_manifests(archived: Archived) -> None:
    numbers, titles = by_path(archived, "index_number_raw"), by_path(archived, "title")
    wrong = [
        (real.path, found, gold)
        for real in archived.pages
        for found, gold in ((numbers[real.path], real.index_number), (titles[real.path], real.title))
        if gold is not None and found != gold
    ]
    assert wrong == []
    assert sum(real.index_number is not None for real in archived.pages) >= 30 + 3 + 8


def test_one_number_on_every_page_of_a_site_loses_no_page(archived: Archived) -> None:
    number = "005452487/2020-00001"
    assert sum(real.index_number == number for real in archived.pages) == 4
    assert archived.gongkai.count("documents", f"index_number = '{number}'") == 4
    assert archived.gongkai.count("findings", "rule = 'index-number-reused'") >= 1


def test_they_are_found_and_read_again_without_change(archived: Archived) -> None:
    uids = by_path(archived, "uid")
    for word, place in (
        ("专利代理", "_5341736.htm"),
        ("丽水", "_2493752.html"),
        ("平潭综合", "57829"),
        ("邯郸", "_1352104.html"),
    ):
        found = {hit["uid"] for hit in archived.gongkai("search", word, "--json").json()["hits"]}
        assert {uid for path, uid in uids.items() if place in path} <= found, word
    db = connect(archived.gongkai.data / "gongkai.db", readonly=True)
    for real in archived.pages:
        if real.index_number is not None:
            hits = search(db, real.index_number).hits
            assert uids[real.path] in {hit.uid for hit in hits}, real.index_number
    db.close()
    before = archived.gongkai.dump()
    again = archived.gongkai("reextract", "--json")
    assert again.code == 0
    assert again.json()["read"] == archived.gongkai.count("revisions")
    assert archived.gongkai.dump() == before
    assert archived.gongkai("verify", "--deep").code == 0


def jiangsu(records: list[str], request: Request) -> Response | None:
    """The list service over all distinct records, by startrecord and endrecord; documents are small pages."""
    if request.path == JPAGE:
        asked = {name: int(request.parameters[name]) for name in ("startrecord", "endrecord")}
        window = records[asked["startrecord"] - 1 : asked["endrecord"]]
        text = f"<datastore><totalrecord>{ANNOUNCED}</totalrecord><totalpage>31</totalpage><recordset>{''.join(window)}</recordset></datastore>"
        return Response(text.encode(), 200, (("Content-Type", "application/xml; charset=utf-8"),))
    number = re.search(r"art_80179_(\d+)\.html$", request.path)
    if number is None:
        return None
    return page(
        f'<h1>第{number[1]}号文件</h1><div id="zoom"><p>编号{number[1]}的文件，自印发之日起施行，请认真贯彻执行。</p></div>'
    )


def test_the_jiangsu_listing_is_walked_by_windows_to_an_honest_verdict(
    shared: Path, gongkai: Gongkai
) -> None:
    answers = [
        (shared / "realpages" / "list" / f"hanweb_jpage_jiangsu_page_{n}.xml").read_text("utf-8")
        for n in (1, 2, 3)
    ]
    found = [
        record for answer in answers for record in re.findall(r"<record>.*?</record>", answer, re.DOTALL)
    ]
    records = list(dict.fromkeys(found))
    assert len(found) > len(records) == RECORDS
    directory = f'key = "zc"\nname = "政策文件"\nurl = "{JPAGE}?columnid=80179&unitid=1&perpage=25"'
    with LocalSite(lambda request: jiangsu(records, request)) as site:
        gongkai.portal("jiangsu", portal_text(site.base_url, "hanweb-jpage", directory, http=PRIVATE))
        ran = gongkai("crawl", "jiangsu")
        sentence = ran.complained(1)
        windows = [parse_qs(urlsplit(path).query) for path in site.paths if path.startswith(JPAGE)]
    assert f"{RECORDS} of {ANNOUNCED}" in sentence
    ((verdict, reason, seen, announced),) = gongkai.query(
        "SELECT verdict, reason, entries_seen, announced_total FROM walks"
    )
    assert (verdict, seen, announced) == ("incomplete", RECORDS, ANNOUNCED)
    assert f"{RECORDS} of {ANNOUNCED}" in reason
    assert gongkai.query("SELECT completeness, verdict FROM crawls") == [("incomplete", "degraded")]
    assert gongkai.count("entries") == gongkai.count("documents") == RECORDS
    assert gongkai.count("entries", "title IS NULL OR published_on IS NULL OR title LIKE '%…'") == 0
    starts = [int(window["startrecord"][0]) for window in windows]
    assert starts[:2] == [1, 76] and all(start <= RECORDS + 1 for start in starts)
