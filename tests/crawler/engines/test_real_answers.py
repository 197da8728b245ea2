"""The JSON engines on answers of provincial services as they were saved (skipped where they are not here)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.engines.base import Entry, ListingPage
from pipelines.decode import decode

ANSWERS = {
    # province: family of its own, base_url, entries, announced, pages
    "fj": ("generic-json", "http://www.fujian.gov.cn/", 10, 59, 6),
    "gd": ("generic-json", "http://czt.gd.gov.cn/", 20, 245264, 12264),
    "gz": ("trs-hycloud", "http://www.gzhs.gov.cn/", 10, 10000, 1000),
    "tj": ("trs-igs", "http://jrgz.tj.gov.cn/", 10, 40643, 4065),
    "zj": ("hanweb-search", "http://www.pinghu.gov.cn/", 30, 19538, 652),
}


@pytest.fixture
def answer(shared: Path):
    def text(name: str) -> str:
        return decode((shared / "realpages" / name).read_bytes(), None).text

    return text


def items(text: str) -> list[dict[str, Any]]:
    """The entries of an answer, found by hand."""
    value = json.loads(text, strict=False)
    places = (
        lambda: value["datas"],
        lambda: value["data"]["middle"]["list"],
        lambda: value["data"]["list"],
        lambda: value["page"]["content"],
        lambda: [result["data"] for result in value["dataResults"]],
    )
    for place in places:
        try:
            return list(place())
        except (KeyError, TypeError):
            continue
    raise AssertionError("no list")


@pytest.mark.parametrize("guessed", [False, True], ids=["own family", "generic-json"])
@pytest.mark.parametrize("province", ANSWERS)
def test_a_provincial_answer_gives_all_its_entries(planned, read, answer, province, guessed) -> None:
    family, base, entries, total, pages = ANSWERS[province]
    text = answer(f"api/{province}province_success.json")
    page: ListingPage = read(planned("generic-json" if guessed else family, "/x", base_url=base), text)
    given = items(text)
    assert len(page.entries) == len(given) == entries and page.skipped == 0
    assert (page.announced_total, page.pages) == (total, pages)
    assert all(entry.title and entry.published_on for entry in page.entries)
    said = {
        value
        for item in given
        for key in ("idxid", "identifier", "table-2", "IDXID", "xxgkindexcode")
        if (value := item.get(key))
    }
    found = {entry.fields["index_number"] for entry in page.entries if "index_number" in entry.fields}
    if not guessed or province != "gz":  # its opaque table-2 also has numbers of another form
        assert found == said


def entry_of(page: ListingPage, part: str) -> Entry:
    """The entry whose address holds ``part``."""
    return next(entry for entry in page.entries if part in entry.url)


def test_what_the_answers_say(planned, read, answer) -> None:
    tianjin = read(
        planned("trs-igs", "/x", base_url="http://jrgz.tj.gov.cn/"), answer("api/tjprovince_success.json")
    )
    assert entry_of(tianjin, "t20211120_5714264") == Entry(
        url="http://jrgz.tj.gov.cn/zwgk/jrzc_1/jrjzc/202111/t20211120_5714264.html",
        title="市金融局关于同意天津恒汇小额贷款有限公司增加注册资本的批复",
        published_on="2021-11-19",
        fields={
            "index_number": "11120000MB1671711Y/2021-00159",
            "document_number": "津金审批〔2021〕153号",
            "agency": "天津市地方金融监督管理局",
            "written_on": "2021-11-19",
            "topic": "地方金融发展",
        },
    )
    guizhou = read(planned("trs-hycloud", "/x"), answer("api/gzprovince_success.json"))
    first = entry_of(guizhou, "t20211120_71748172")
    assert (
        first.title
        == "惠水县人民政府办公室关于印发《惠水县变型拖拉机专项整治行动工作方案》的通知（惠府办发〔2021〕49号）"
    )
    assert first.fields["agency"] == "惠水县人民政府办公室" and first.published_on == "2021-11-20"
    zhejiang = read(planned("hanweb-search", "/x"), answer("api/zjprovince_success.json"))
    pinghu = entry_of(zhejiang, "art_1229395777_2374029")
    assert (pinghu.published_on, pinghu.fields["written_on"]) == (
        "2021-11-15",
        "2013-04-10",
    )  # epochs, at +08:00


def test_jiangxi_keeps_its_articles_in_the_page_s_script(planned, read, answer) -> None:
    text = answer("list/jiangxi_embedded_json_1.html")
    plan = planned(
        "hanweb-embedded", "/jxssthjt/col/col42150/index.html", base_url="https://sthjt.jiangxi.gov.cn/"
    )
    page: ListingPage = read(plan, text)
    assert len(page.entries) == text.count('"relationUrl"') and page.announced_total == 444
    assert len({entry.url for entry in page.entries}) == len(page.entries)
    assert all(entry.title and entry.published_on for entry in page.entries)
    report = entry_of(page, "content_1881355362445262848")
    assert report.title == "江西省生态环境厅2024年政府信息公开工作年度报告解读"
    assert report.published_on == "2025-01-20" and report.fields["source"] == "省生态环境厅"


@pytest.mark.parametrize("family", ["shanghai", "generic"])
def test_shanghai_s_page_inside_a_script_string(planned, read, answer, family) -> None:
    text = answer("list/shanghai_wjw_htmlstr.js")
    page: ListingPage = read(planned(family, "/yqtb/index.html", base_url="https://wsjkw.sh.gov.cn/"), text)
    assert len(page.entries) == text.count('<span class="time">')
    assert all(entry.title and entry.published_on for entry in page.entries)
    if family == "shanghai":
        assert page.pages == 54 and page.next.url == "https://wsjkw.sh.gov.cn/yqtb/index_2.html"
