"""Tables of a record stand in the body as tables where the text has their lines."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.web import body as body_module
from archive.web.body import body

REPORT = [
    ["统计指标", "单位", "统计数"],
    ["一、主动公开情况", "一、主动公开情况", "一、主动公开情况"],
    ["（一）主动公开数", "条", "120"],
    ["（二）其他", "", "0"],
]
LINES = "统计指标 | 单位 | 统计数\n一、主动公开情况\n（一）主动公开数 | 条 | 120\n（二）其他 |  | 0"


def tables(*grids: list[list[str]], caption: str | None = None) -> str:
    return json.dumps([{"caption": caption, "rows": rows} for rows in grids])


def rows_of(html: str) -> list[list[str]]:
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", html)]


def test_a_table_stands_where_its_lines_stand() -> None:
    shown = body(f"前言。\n\n{LINES}\n\n结语。", tables(REPORT))
    before, table, after = re.split(r"(<div.*?</div>)", shown.html)
    assert (before, after) == ("<p>前言。</p>", "<p>结语。</p>")
    assert rows_of(table)[0] == ["统计指标", "单位", "统计数"] and '<th scope="col">单位</th>' in table
    assert '<td colspan="3">一、主动公开情况</td>' in table
    assert rows_of(table)[3] == ["（二）其他", "", "0"]
    assert not shown.below and not shown.large


def test_equal_numbers_side_by_side_stay_cells() -> None:
    grid = [["项", "上年", "本年"], ["件", "0", "0"], ["人", "5", "5"]]
    shown = body("项 | 上年 | 本年\n件 | 0 | 0\n人 | 5 | 5", tables(grid))
    assert rows_of(shown.html) == grid and "colspan" not in shown.html


def test_spans_downward_and_a_caption() -> None:
    grid = [["局", "一季度", "1"], ["局", "二季度", "2"], ["局", "二季度", "2"], ["所", "一季度", "3"]]
    shown = body("收费表\n局 | 一季度 | 1\n二季度 | 2\n所 | 一季度 | 3", tables(grid, caption="收费表"))
    assert rows_of(shown.html) == grid and "<caption>收费表</caption>" in shown.html


def test_other_lines_stay_text_and_the_table_follows_below() -> None:
    text = "甲 | 乙\n丙 | 丁"
    shown = body(text, tables(REPORT))
    assert shown.html == '<p class="rows">甲 | 乙<br>丙 | 丁</p>'
    assert [rows_of(table)[2] for table in shown.below] == [["（一）主动公开数", "条", "120"]]
    assert body(text, None).html == shown.html


def test_tables_in_their_order_one_of_them_not_in_the_text() -> None:
    other = [["甲", "乙"], ["1", "2"]]
    last = [["丙", "丁"], ["3", "4"]]
    shown = body(f"{LINES}\n\n丙 | 丁\n3 | 4", tables(REPORT, other, last))
    assert shown.html.count("<table") == 2 and len(shown.below) == 1
    assert rows_of(shown.below[0]) == other


def test_large_tables_stay_text(monkeypatch: Any) -> None:
    monkeypatch.setattr(body_module, "MAX_CELLS", 12)
    shown = body(LINES, tables(REPORT, [["甲", "乙"], ["1", "2"]]))
    assert shown.html.count("<table") == 1 and shown.large == 1


def test_cells_are_text() -> None:
    hostile = [["<script>", "b"], ['"><img src=x>', "</td></table>"]]
    shown = body("x", tables(hostile, caption="<svg>"))
    assert not re.search(r"<(script|img|svg)", shown.below[0])
    assert "&lt;svg&gt;" in shown.below[0]


CELLS = st.text("甲乙1 |\n", max_size=3)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=4), st.text("甲乙1 |\n", max_size=30))
def test_nothing_is_lost(grid: list[list[str]], text: str) -> None:
    shown = body(text, tables(grid))
    visible = re.sub(r"<[^>]*>", "", shown.html)
    assert {*re.sub(r"[\s|]", "", text)} <= {*visible}
    assert shown.html.count("<table") + len(shown.below) == bool(grid)
