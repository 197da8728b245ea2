"""Any bytes and any markup: a record or one sentence, in linear time, nothing invented."""

from __future__ import annotations

import re
import time
from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.record import Record
from pipelines.bundle import Bundle, Part
from pipelines.detail import Detail
from pipelines.extract import extract
from pipelines.metadata.cells import cells
from pipelines.metadata.read import read_metadata
from pipelines.page import Page, Unreadable
from pipelines.signoff import find_signoff

URL = "http://www.example.gov.cn/zwgk/content.html"


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=2000)
@given(st.binary(max_size=500))
def test_any_bytes_give_a_record_or_one_sentence(body: bytes) -> None:
    try:
        record = extract(Bundle(Part(URL, body)))
    except Unreadable as error:
        assert "\n" not in str(error)
    else:
        assert Record.from_dict(record.to_dict()) == record


TAGS = [
    "table",
    "/table",
    "tr",
    "td",
    "/td",
    "th",
    "ul",
    "li",
    "/li",
    "dl",
    "dt",
    "dd",
    "p",
    "/p",
    "div",
    "/div",
    "span",
    "/span",
    "b",
    "br",
    "h1",
    "/h1",
    "!--",
    "a",
    "title",
    "/title",
]
WORDS = [
    "索引号",
    "索引号：",
    "发布机构",
    "发布机构：",
    "文号：",
    "标题：",
    "发布日期",
    "2019-03-20",
    "1/2019-1",
    "国办发〔2019〕14号",
    "无",
    "市档案局",
    "备注：",
    "填报人：",
    "审核人：",
    "关于公开的通知",
    "【",
    "】",
    "：",
    "&ensp;",
    "&#0;",
    "-->",
    "<script>document.write('文号')</script>",
]
PIECES = st.sampled_from([*(f"<{tag}>" for tag in TAGS), *WORDS, "<meta name=PubDate content=2019-03-20>"])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=2000)
@given(st.lists(PIECES, max_size=40))
def test_any_markup_gives_a_record_that_invents_nothing(pieces: list[str]) -> None:
    source = " ".join(pieces)
    try:
        record = extract(Bundle(Part(URL, source.encode())))
    except Unreadable:
        return
    said = re.sub(r"\s", "", unescape(re.sub(r"<[^<>]*>", "", source))).replace("：", ":")
    assert record.index_number is None or record.index_number in said
    assert record.published_on in (None, "2019-03-20")
    for value in record.field_sources.values():
        assert value in ("block", "meta", "text", "listing", "url")


@pytest.mark.parametrize(
    "hostile",
    [
        "<table>" + "<tr><td>索引号</td><td>" * 20_000,
        "<p>" + "索引号：1/2019-1 " * 40_000,
        "<p>" + ":" * 400_000,
        "<p>" + ("　" * 3000 + "：") * 200,
        "<div>" * 1900 + "发布机构：市档案局",
        "<span>文</span>" * 60_000,
        "<ul>" + "<li>发布日期：2019-03-20</li>" * 20_000,
        "<title>" + "一 - " * 100_000 + "</title><p>1",
        "<h1>一二三四</h1>" * 20_000,
    ],
    ids=range(9),
)
def test_hostile_pages_take_linear_time(hostile: str) -> None:
    document = Page.of(Part(URL, hostile.encode()))
    started = time.process_time()
    found = cells(document.root)
    read_metadata(document, found, Detail())
    find_signoff(found)
    assert time.process_time() - started < 4


def test_scripts_that_name_the_ids_of_empty_values_take_linear_time() -> None:
    names = [f"n{number}" for number in range(800)]
    script = " ".join(f'{name}:{name}="x\\\\' for name in names * 20)
    rows = "".join(
        f"<tr><td>索引号</td><td>{''.join(f'<i id={name}></i>' for name in names[at : at + 20])}</td></tr>"
        for at in range(0, 800, 20)
    )
    page = f"<script>{script}</script><table>{rows}</table>"
    started = time.process_time()
    extract(Bundle(Part(URL, page.encode())))
    assert time.process_time() - started < 1


def test_a_profile_that_names_thousands_of_empty_elements_takes_linear_time() -> None:
    page = Part(URL, ("<div>" * 2000 + "<div></div>" * 20_000).encode())
    started = time.process_time()
    assert extract(Bundle(page, Detail(body=["div"]))).body_text == ""
    assert time.process_time() - started < 2
