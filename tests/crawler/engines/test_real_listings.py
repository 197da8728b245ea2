"""The engines on listings as real portals sent them (skipped where the pages are not here)."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.engines import ENGINES, jpage_xml
from crawler.engines.base import ListingRequest
from pipelines.decode import decode


@pytest.fixture
def listing(shared: Path):
    def text(name: str) -> str:
        return decode((shared / "realpages" / name).read_bytes(), None).text

    return text


def test_jiangsu_jpage_answers_are_walked_by_windows(planned, listing) -> None:
    records: dict[str, None] = {}
    for number in (1, 2, 3):
        found = re.findall(
            r"<record>.*?</record>", listing(f"list/hanweb_jpage_jiangsu_page_{number}.xml"), re.DOTALL
        )
        records.update(dict.fromkeys(found))
    known = list(records)
    plan = planned(
        "hanweb-jpage",
        "/module/web/jpage/dataproxy.jsp?columnid=80179&unitid=1&perpage=25",
        base_url="http://gxt.jiangsu.gov.cn/",
    )
    request: ListingRequest | None = jpage_xml.first(plan)
    urls: set[str] = set()
    while request is not None:
        query = parse_qs(urlsplit(request.url).query)
        window = known[int(query["startrecord"][0]) - 1 : int(query["endrecord"][0])]
        answer = (
            f"<datastore><totalrecord>756</totalrecord><recordset>{''.join(window)}</recordset></datastore>"
        )
        page = jpage_xml.read(plan, request, answer, request.url)
        assert page.announced_total == 756
        assert all(entry.title and entry.published_on for entry in page.entries)
        urls |= {entry.url for entry in page.entries}
        request = page.next
    assert len(urls) == 126


def test_each_jiangsu_answer_alone(planned, listing) -> None:
    plan = planned(
        "hanweb-jpage",
        "/module/web/jpage/dataproxy.jsp?columnid=80179&unitid=1",
        base_url="http://gxt.jiangsu.gov.cn/",
    )
    request = jpage_xml.first(plan)
    union: set[str] = set()
    for number in (1, 2, 3):
        page = jpage_xml.read(
            plan, request, listing(f"list/hanweb_jpage_jiangsu_page_{number}.xml"), request.url
        )
        assert page.announced_total == 756 and page.skipped == 0
        union |= {entry.url for entry in page.entries}
        assert all("…" not in (entry.title or "…") for entry in page.entries)
    assert len(union) == 126


def test_gansu_ucap_keeps_list_and_pager_in_a_comment(planned, read, listing) -> None:
    plan = planned("ucap-static", "/jyt/c110634/zwgklist.shtml", base_url="http://jyt.gansu.gov.cn/")
    page = read(plan, listing("list/ucap_gansu_1.html"))
    assert (len(page.entries), page.announced_total, page.pages) == (20, 200, 10)
    assert page.next.url == "http://jyt.gansu.gov.cn/jyt/c110634/zwgklist_2.shtml"
    assert page.entries[0].url == "http://jyt.gansu.gov.cn/jyt/c110634/202511/174240943.shtml"
    assert page.entries[0].published_on == "2025-11-17"
    assert all(entry.title and entry.published_on for entry in page.entries)


def test_guangdong_nfcms_page(planned, read, listing) -> None:
    text = listing("list/guangdong_gd_page.html")
    page = read(planned("nfcms", "/zwgk/czxx/index.html", base_url="http://www.gd.gov.cn/"), text)
    rows = re.findall(r'class="til"><a[^>]*href="([^"]+)"', text)
    assert len(re.findall('class="time"', text)) == 187
    assert {entry.url for entry in page.entries} == set(rows) and len(page.entries) == 187
    assert all(entry.title and entry.published_on for entry in page.entries)


def test_handan_table_with_its_metadata(planned, read, listing) -> None:
    plan = planned("trs-static", "/zfwj/jinqixxgk/", base_url="http://hdzfxxgk.hd.gov.cn/")
    page = read(plan, listing("list/handan_list.html"))
    (entry,) = page.entries
    assert (page.announced_total, page.pages) == (6348, 56)
    assert page.next.url == "http://hdzfxxgk.hd.gov.cn/zfwj/jinqixxgk/index_1.html"
    assert entry.title == "邯郸市教育局关于印发《邯郸市学校安全工作目标管理考核办法》的通知"
    assert entry.published_on == "2020-08-05"
    assert entry.fields == {"index_number": "000014348/2020-35428", "agency": "邯郸市教育局"}


def test_pingtan_definition_lists(planned, read, listing) -> None:
    plan = planned("trs-static", "/zwgk/zfxxgk/zfxxgknb/", base_url="https://www.pingtan.gov.cn/")
    page = read(plan, listing("list/pingtan_list_zfxxgknb.fragment.html"))
    assert len(page.entries) == 10
    assert page.entries[0].title == "平潭综合实验区2025年度政府信息公开工作年度报告"
    assert (
        page.entries[-1].url == "https://www.pingtan.gov.cn/zwgk/zfxxgk/zfxxgknb/201701/t20170118_80485.htm"
    )
    assert [entry.published_on for entry in page.entries][:2] == ["2026-03-10", "2025-03-10"]


@pytest.mark.parametrize(
    ("name", "family", "entries", "pages", "following"),
    [
        ("list-edu-sc-gov-cn-044", "ucap-static", 20, 50, "/c1/xwzx_list_2.shtml"),
        ("list-cicpa-type-site-001", "trs-static", 20, 25, "/c1/index_1.html"),
        ("list-forestry-bureau-siteidco-019", "trs-static", 13, 16, "/c1/index_1.html"),
        ("list-suzhou-area-public-resou-008", "epoint-static", 8, None, "/c1/2.html"),
    ],
)
def test_site_copies(planned, read, listing, name, family, entries, pages, following) -> None:
    page = read(planned(family, "/c1/"), listing(f"gov/{name}.html"))
    assert (len(page.entries), page.pages) == (entries, pages)
    assert page.next.url == f"https://www.example.gov.cn{following}"
    assert all(entry.title and entry.published_on for entry in page.entries)


def test_no_real_page_breaks_an_engine(planned, shared) -> None:
    plan = planned("generic", "/c1/")
    for file in sorted((shared / "realpages").glob("*/*.*ml")):
        text = decode(file.read_bytes(), None).text
        request = ENGINES["static_pages"].first(plan)
        assert ENGINES["static_pages"].read(plan, request, text, request.url) is not None
