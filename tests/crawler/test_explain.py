"""``gongkai extract --explain``: what was taken, from where, and what lost; and it is what extraction itself did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crawler.commands.extract import command
from pipelines.bundle import Bundle, Part
from pipelines.detail import Detail
from pipelines.explain.explanation import explanation
from pipelines.explain.places import selector_of
from pipelines.explain.trace import Trace
from pipelines.extract import extract
from pipelines.page import Page
from pipelines.select import compiled

URL = "http://www.example.gov.cn/zwgk/t20200110_1.html"
PAGE = """<html><head><title>关于修桥的通知_某县人民政府</title>
<meta name="ArticleTitle" content="关于修桥的通知"><meta name="PubDate" content="2020-01-12 10:00">
</head><body>
<div class="nav"><a href="/">首页</a> <a href="/x/">信息公开</a></div>
<table class="xxgk">
<tr><td>索引号：</td><td>000990777/2020-00012</td><td>发布机构：</td><td>某县交通局</td></tr>
<tr><td>公开日期：</td><td>2020-01-10</td><td>承办科室：</td><td>工程科</td></tr>
</table>
<h1>关于修桥的通知</h1>
<div id="zoom">
<p>各乡镇人民政府，县直有关单位：为保障群众出行安全，决定对县内危桥进行维修，现将有关事项通知如下。</p>
<p>一、维修期间，相关路段封闭施工，请车辆绕行，给您带来不便，敬请谅解。</p>
<p>二、施工单位要严格按照设计文件和技术规范组织施工，落实安全措施，设置警示标志，确保质量和安全，按期完工。</p>
<p>三、各乡镇要做好宣传，组织群众有序绕行，发现问题及时报告，确保维修期间道路畅通，群众出行不受大的影响。</p>
<p>打印本页</p>
</div>
<div class="side"><a href="/1">县政府办公室</a> <a href="/2">县交通局</a> <a href="/3">县水利局</a> <a href="/4">县教育局</a></div>
<div class="foot">版权所有：某县人民政府 网站标识码：9900000001 技术支持：某公司</div>
</body></html>"""


def told(page: str = PAGE, detail: Detail | None = None) -> dict[str, Any]:
    trace = Trace()
    extract(Bundle(Part(URL, page.encode()), detail=detail or Detail()), trace)
    return explanation(trace)


def test_a_field_names_label_place_and_line() -> None:
    number = told()["fields"]["index_number"]
    assert (number["value"], number["source"], number["label"]) == ("000990777/2020-00012", "block", "索引号")
    assert (number["place"], number["line"]) == ("table.xxgk > tr:nth-of-type(1) > td:nth-of-type(1)", 6)


def test_what_lost_is_told_with_the_reason() -> None:
    day = told()["fields"]["published_on"]
    assert day["value"] == "2020-01-10"
    lost = {(other["source"], other["value"]): other["why_not"] for other in day["others"]}
    assert lost["meta", "2020-01-12"] == "a label block is believed before a meta tag"
    assert lost["url", "2020-01-10"] == "says the same"


def test_labels_without_a_meaning_are_placed() -> None:
    (pair,) = told()["extra"]
    assert (pair["label"], pair["value"]) == ("承办科室", "工程科")


def test_labels_in_the_text_are_told_as_passed_over() -> None:
    text = "<p>附：名称：某某 文号：某政发〔2019〕3号</p>"
    said = told(PAGE.replace("<p>打印本页</p>", f"{'<p>正文的一段，写得很长，用来隔开。</p>' * 6}{text}"))
    (number,) = [pair for pair in said["passed_over"] if pair["field"] == "document_number"]
    assert number["value"].startswith("某政发") and number["why_not"]


def test_the_body_tells_its_candidates_and_what_was_trimmed() -> None:
    (body,) = told()["bodies"]
    assert (body["found_by"], body["place"]) == ("density", "#zoom")
    assert body["candidates"][0]["relation"] == "taken"
    assert body["candidates"] == sorted(body["candidates"], key=lambda block: -block["score"])
    assert body["trimmed"] == [{"text": "打印本页", "why": "furniture from “打印本页” on"}]


def test_a_profiles_selectors_tell_what_they_matched() -> None:
    (body,) = told(detail=Detail(body=[".gone", "#zoom"]))["bodies"]
    assert body["selectors"] == [
        {"selector": ".gone", "matched": 0, "taken": False},
        {"selector": "#zoom", "matched": 1, "taken": True},
    ]
    assert body["found_by"] == "profile" and body["candidates"] == []


def test_listening_changes_nothing() -> None:
    bundle = Bundle(Part(URL, PAGE.encode()))
    assert extract(bundle, Trace()) == extract(bundle)


def test_a_place_is_a_selector_whose_first_match_is_the_element() -> None:
    page = Page.parse(Bundle(Part(URL, PAGE.encode())))
    for element in page.root.iter():
        assert compiled(selector_of(element))(page.root)[0] is element


@pytest.mark.parametrize(
    "page", ["<p>", "<o:p>甲</o:p>", "<div id='1 2' class='a:b 中'>甲，乙，丙。</div>" * 3, "无标签"]
)
def test_odd_pages_are_explained_too(page: str) -> None:
    assert set(told(page)) == {"fields", "extra", "passed_over", "bodies"}


def test_the_command_prints_it_as_text_and_under_a_key(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(PAGE, encoding="utf-8")
    shown = CliRunner().invoke(command, [str(file), "--url", URL, "--explain"]).output
    assert "from label block 索引号, table.xxgk > tr:nth-of-type(1) > td:nth-of-type(1), line 6" in shown
    assert "taken: #zoom, line 10 by density" in shown
    assert "not 2020-01-12, from meta tag PubDate: a label block is believed before a meta tag" in shown
    record = json.loads(CliRunner().invoke(command, [str(file), "--url", URL, "--explain", "--json"]).output)
    assert record["explain"] == told()
    assert "explain" not in json.loads(CliRunner().invoke(command, [str(file), "--json"]).output)
