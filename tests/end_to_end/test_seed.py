"""The seed's annual report, laid out as its portal lays it out and in three other ways, goes the whole way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.samples.wire import Response

from ..seed_pages import LAYOUTS, page, read_seed
from .runner import Gongkai, portal_text
from .sites import LocalSite
from .sites import page as listing_page

FIELDS = {
    "title": "商丘市机关事务中心2019年度政府信息与政务公开工作报告",
    "index_number": "zssydwsjgswglj-2019-0011",
    "agency": "市机关事务管理局",
    "published_on": "2019-03-20",
    "catalog": "信息公开年度报告",
    "disclosure_form": "主动公开",
    "document_number": None,
    "validity": "有效",
}
SIGNED = {"principal": "卞晓鹏", "reviewer": "李华山", "preparer": "陈志鹏", "date": "2020-01-05"}
PHONE = "15939086606"


@dataclass(frozen=True)
class Crawled:
    """A portal that shows the report in every layout, in two encodings, none declared; and its archive."""

    gongkai: Gongkai
    records: list[dict[str, Any]]


@pytest.fixture(scope="module")
def crawled(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """The seed under eight addresses of a PowerEasy portal, one column an encoding."""
    gongkai = Gongkai(tmp_path_factory.mktemp("seed") / "data")
    report = read_seed(shared)
    answers: dict[str, Response] = {}
    for charset in ("utf-8", "gb18030"):
        rows = ""
        for number, layout in enumerate(LAYOUTS):
            path = f"/{charset}/content_{number}"
            body = page(report, layout, charset=None).encode(charset)
            answers[path] = Response(body, 200, (("Content-Type", "text/html"),))
            rows += f'<li><a href="{path}">商丘市机关事务中心2019年度…</a><span>2020-01-06</span></li>'
        answers[f"/{charset}"] = listing_page(f"<ul>{rows}</ul>")
    directories = [
        f'key = "{charset}"\nname = "年报"\nurl = "/{charset}"' for charset in ("utf-8", "gb18030")
    ]
    with LocalSite(answers) as site:
        private = "allow_private_hosts = true"
        gongkai.portal("seed", portal_text(site.base_url, "powereasy", *directories, http=private))
        ran = gongkai("backfill", "seed")
        assert ran.code == 0, ran.err
        records = [
            json.loads(record) for (record,) in gongkai.query("SELECT record FROM revisions ORDER BY id")
        ]
        yield Crawled(gongkai, records)


def test_every_layout_says_the_same(crawled: Crawled) -> None:
    gongkai = crawled.gongkai
    assert gongkai.query("SELECT state, count(*) FROM sightings GROUP BY 1") == [("ok", 8)]
    assert gongkai.query(
        "SELECT count(DISTINCT content_hash), count(DISTINCT document_id) FROM sightings"
    ) == [(1, 1)]
    assert gongkai.query("SELECT role, count(*) FROM sightings GROUP BY 1") == [
        ("alias", 7),
        ("principal", 1),
    ]
    assert len(crawled.records) == gongkai.count("documents") == 1


def test_all_that_the_report_says(crawled: Crawled) -> None:
    (record,) = crawled.records
    assert {name: record[name] for name in FIELDS} == FIELDS
    assert {name: record["signoff"][name] for name in SIGNED} == SIGNED
    (table,) = (table for table in record["tables"] if len(table["rows"]) > 10)
    assert table["rows"][0] == ["统 计 指 标", "单位", "统计数"]
    assert len(table["rows"]) == 1 + 65
    assert {len(row) for row in table["rows"]} == {3}
    assert table["rows"][-1] == ["(三)接受培训人员数", "人次", "0"]
    for word in ("标签", "留言与评论", "验证码", "首页", "互动交流", "索引号"):
        assert word not in record["body_text"], word
    assert "为机关事务工作的出发点和落脚点" in record["body_text"]


def test_a_mobile_number_stands_in_the_captures_alone(crawled: Crawled) -> None:
    assert PHONE not in crawled.gongkai.dump()
    assert crawled.records[0]["signoff"]["phone"] not in (None, PHONE)
    assert crawled.gongkai("verify", "--deep").code == 0


def test_it_is_found_shown_and_read_again(crawled: Crawled) -> None:
    gongkai = crawled.gongkai
    for words in (["机关事务"], ["zssydwsjgswglj-2019-0011"], ["-0011"], ["公开", "卞晓鹏"]):
        assert [hit["index_number"] for hit in gongkai("search", *words, "--json").json()["hits"]] == [
            FIELDS["index_number"]
        ]
    shown = gongkai("show", str(FIELDS["index_number"]))
    assert shown.code == 0 and str(FIELDS["title"]) in shown.out
    before = gongkai.dump()
    assert gongkai("reextract").code == 0
    assert gongkai.dump() == before
