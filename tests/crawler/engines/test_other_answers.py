"""What other provinces may answer: the saved answers and listings under other names, paths, ids, classes, dates and wrappings."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.clock import SHANGHAI
from crawler.engines.base import Entry, ListingPage
from pipelines.decode import decode

TOTAL = 777
ANSWERS = {
    "fj": ("generic-json", "http://www.fujian.gov.cn/"),
    "gd": ("generic-json", "http://czt.gd.gov.cn/"),
    "gz": ("trs-hycloud", "http://www.gzhs.gov.cn/"),
    "tj": ("trs-igs", "http://jrgz.tj.gov.cn/"),
    "zj": ("hanweb-search", "http://www.pinghu.gov.cn/"),
}
NAMES = {
    # url, title, day, index number, document number
    "as TRS": ("DOCPUBURL", "DOCTITLE", "DOCRELTIME", "IDXID", "FWZH"),
    "as gkmlpt": ("post_url", "title", "publish_time", "identifier", "document_number"),
    "as 漯河": ("articleUri", "articleTitle", "articlePublishTime", "syh", "wh"),
    "of pinyin": ("ljdz", "wjbt", "fbsj", "syh", "wjh"),
    "of nobody": ("PAGE_ADDR", "INFO_HEAD", "RELEASE_DATE", "NUMBER_A", "NUMBER_B"),
    "opaque": ("f_2021a", "f_2021b", "f_2021c", "f_2021d", "f_2021e"),
}


def _epoch(day: str) -> int:
    return int(datetime.combine(date.fromisoformat(day), time(), SHANGHAI).timestamp())


DAYS: dict[str, Callable[[str], Any]] = {
    "a day": lambda day: day,
    "with the time": lambda day: f"{day} 16:57:11",
    "ISO": lambda day: f"{day}T08:00:00+08:00",
    "Chinese": lambda day: f"{int(day[:4])}年{int(day[5:7])}月{int(day[8:])}日",
    "compact": lambda day: day.replace("-", "") + "093000",
    "seconds": _epoch,
    "milliseconds": lambda day: _epoch(day) * 1000,
}
WRAPPINGS: dict[str, Callable[[list[Any]], Any]] = {
    "rows": lambda items: {"data": {"rows": items, "total": TOTAL}},
    "records": lambda items: {"code": 0, "result": {"records": items, "totalCount": str(TOTAL)}},
    "Solr": lambda items: {"response": {"docs": items, "numFound": TOTAL, "start": 0}},
    "a table": lambda items: {"aaData": items, "iTotalRecords": TOTAL, "iTotalDisplayRecords": TOTAL},
    "a page": lambda items: {"page": {"list": items, "totalRow": TOTAL, "pageNumber": 1}},
    "a string": lambda items: {"success": True, "data": json.dumps({"list": items, "total": TOTAL})},
}
TEXTS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "JSONP": lambda text: f"\n\n jQuery1124_1({text});",
    "BOM": lambda text: "\ufeff\r\n" + text,
    "%u": lambda text: re.sub(r"[\u4e00-\u9fff]", lambda sign: f"%u{ord(sign[0]):04X}", text),
}


@pytest.fixture
def saved(shared: Path) -> Callable[[str], str]:
    def text(name: str) -> str:
        return decode((shared / "realpages" / name).read_bytes(), None).text

    return text


def _items(entries: Sequence[Entry], names: Sequence[str], day: Callable[[str], Any]) -> list[dict[str, Any]]:
    items = []
    for number, entry in enumerate(entries):
        url, title, published, index, document = names
        item = {"id": 1000 + number, "siteId": 7, title: entry.title, url: entry.url, "click": 12}
        item[published] = day(entry.published_on or "")
        item |= {
            key: entry.fields[name]
            for key, name in ((index, "index_number"), (document, "document_number"))
            if name in entry.fields
        }
        items.append(item)
    return items


def _said(page: ListingPage) -> list[tuple[str, str | None, str | None, str | None]]:
    return [
        (entry.url, entry.title, entry.published_on, entry.fields.get("index_number"))
        for entry in page.entries
    ]


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("province", ANSWERS)
def test_an_answer_under_other_names_gives_the_same_entries(planned, read, saved, province, names) -> None:
    family, base = ANSWERS[province]
    own: ListingPage = read(
        planned(family, "/x", base_url=base), saved(f"api/{province}province_success.json")
    )
    plan = planned("generic-json", "/x", base_url=base)
    for form, day in DAYS.items():
        if names == "opaque" and form in ("compact", "seconds", "milliseconds"):
            continue  # a number under a name that says nothing may be anything
        for wrapping, wrap in WRAPPINGS.items():
            text = json.dumps(wrap(_items(own.entries, NAMES[names], day)), ensure_ascii=False)
            page = read(plan, text)
            assert _said(page) == _said(own), (form, wrapping)
            assert page.announced_total == TOTAL, (form, wrapping)


@pytest.mark.parametrize("written", TEXTS)
def test_an_answer_written_in_another_way_gives_the_same_entries(planned, read, saved, written) -> None:
    for province, (family, base) in ANSWERS.items():
        plan = planned(family, "/x", base_url=base)
        text = saved(f"api/{province}province_success.json")
        assert _said(read(plan, TEXTS[written](text))) == _said(read(plan, text)), province


LISTINGS = {
    "hanweb_jpage_jiangsu_page_1.xml": ("hanweb-jpage", "http://gxt.jiangsu.gov.cn/", "/module/web/jpage/dataproxy.jsp?columnid=80179&unitid=1", 76),
    "ucap_gansu_1.html": ("ucap-static", "http://jyt.gansu.gov.cn/", "/jyt/c110634/zwgklist.shtml", 20),
    "jiangxi_embedded_json_1.html": ("hanweb-embedded", "https://sthjt.jiangxi.gov.cn/", "/jxssthjt/col/col42150/index.html", 50),
    "guangdong_gd_page.html": ("nfcms", "http://www.gd.gov.cn/", "/zwgk/czxx/index.html", 187),
    "handan_list.html": ("trs-static", "http://hdzfxxgk.hd.gov.cn/", "/zfwj/jinqixxgk/", 1),
    "shanghai_wjw_htmlstr.js": ("shanghai", "https://wsjkw.sh.gov.cn/", "/yqtb/index.html", 20),
    "pingtan_list_zfxxgknb.fragment.html": ("trs-static", "https://www.pingtan.gov.cn/", "/zwgk/zfxxgk/zfxxgknb/", 10),
}  # fmt: skip
_CLASS = re.compile(r"""(class\s*=\s*\\?["'])([^"'\\]*)""")
_ID = re.compile(r"(?<=[_/])[13-9]\d{4,}(?=[._])")
_FOLDER = re.compile(r"(?<=/)(jyt|jxssthjt|zwgk|zfwj|yqtb|xxgk|zfxxgk)(?=/)")


def elsewhere(text: str, host: str) -> str:
    """The listing as another portal of its family would have it: host, folders, ids and classes are others."""
    text = _CLASS.sub(lambda found: found[1] + "k" + hashlib.sha256(found[2].encode()).hexdigest()[:6], text)
    text = _ID.sub(lambda found: found[0][::-1].replace("0", "4"), text)
    return _FOLDER.sub(lambda found: found[1][::-1] + "x", text).replace(host, "www.example.gov.cn")


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_of_another_portal_of_the_family(planned, read, saved, name) -> None:
    family, base, url, count = LISTINGS[name]
    host = urlsplit(base).netloc
    text = saved(f"list/{name}")
    there = elsewhere(text, host)
    assert there != text and host not in there
    own: ListingPage = read(planned(family, url, base_url=base), text)
    other: ListingPage = read(planned(family, elsewhere(url, host), base_url=elsewhere(base, host)), there)
    assert len(own.entries) == len(other.entries) == count
    assert [row[1:] for row in _said(own)] == [row[1:] for row in _said(other)]
    assert {row[0] for row in _said(own)} != {row[0] for row in _said(other)}
    assert other.announced_total == own.announced_total and other.pages == own.pages
    assert (other.next is None) == (own.next is None)
