"""Labels: the vocabulary, and finding labels in the text of a cell."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from pipelines.metadata.cells import Cell, cells
from pipelines.metadata.labels import find_labels
from pipelines.metadata.vocabulary import squeeze, vocabulary


def cell(markup: str) -> Cell:
    return cells(document_fromstring(f"<div>{markup}</div>")).items[0]


def met(markup: str, *, spaced: bool = False) -> list[tuple[str, str | None]]:
    return [
        (label.text, label.meaning.field if label.meaning else None)
        for label in find_labels(cell(markup), vocabulary(), spaced=spaced)
    ]


def test_vocabulary_holds_all_of_the_shared_one(shared: Path) -> None:
    known = vocabulary()
    with (shared / "vocab" / "fields.tsv").open(encoding="utf-8") as file:
        for row in csv.reader(file, delimiter="\t"):
            if row[0] == "field":
                continue
            for label in row[2].split("|"):
                meaning = known[squeeze(label)]
                assert (meaning.field, meaning.line_only) == (row[0], False), label


@pytest.mark.parametrize(
    "label",
    ["索引号", "索 引 号", "索　引　号", "索&ensp;引&ensp;号", "索&nbsp;引&nbsp;号", "索<b></b>引<i> </i>号"],
)
@pytest.mark.parametrize("end", ["：", ":", " ：", "&nbsp;:"])
def test_spaces_inside_a_label_are_nothing(label: str, end: str) -> None:
    assert met(f"{label}{end}000014349/2019-00023") == [("索引号", "index_number")]


@pytest.mark.parametrize(
    "markup",
    [
        "索引号：1/2019-1 发布机构：市档案局",
        "<b>索引号</b>：1/2019-1<b>发布机构</b>：市档案局",
        "<span>索引号</span><span>1/2019-1</span><span>发布机构</span><span>市档案局</span>",
        "【索引号】1/2019-1【发布机构】市档案局",
        "[索引号]1/2019-1 [发布机构]市档案局",
        "索引号：1/2019-1|发布机构：市档案局",
        "索引号：1/2019-1<br>发布机构：市档案局",
    ],
)
def test_several_in_one_cell(markup: str) -> None:
    assert met(markup) == [("索引号", "index_number"), ("发布机构", "agency")]


def test_the_longest_known_label_wins() -> None:
    assert met("信息有效性：有效") == [("信息有效性", "validity")]
    assert met("发文日期：2019-03-20 信息来源：市府办") == [
        ("发文日期", "written_on"),
        ("信息来源", "agency"),
    ]


def test_labels_inside_words_are_none() -> None:
    assert met("本办法所称信息来源广泛") == []
    assert met("全市政务公开日期间开展活动") == []
    assert met("国办发【2019】14号") == []


def test_a_colon_inside_a_value_is_no_label() -> None:
    assert met("标题：市档案局：扎实推进公开") == [("标题", "title")]
    assert met("发布机构：市档案局 公开时限：长期") == [("发布机构", "agency"), ("公开时限", None)]
    assert met("发布机构：市档案局<b>公开时限：</b>长期") == [("发布机构", "agency"), ("公开时限", None)]


def test_labels_without_a_space_after_a_value() -> None:
    assert met("发布机构：市档案局发布日期：2019-03-20") == [
        ("发布机构", "agency"),
        ("发布日期", "published_on"),
    ]
    assert met("关于发布日期：的说明") == [] or met("关于发布日期：的说明")[0][1] is None


def test_unknown_labels_need_a_colon() -> None:
    assert met("公开时限：长期") == [("公开时限", None)]
    assert met("备　　注：无") == [("备注", None)]
    assert met("公开时限 长期") == []
    assert met("2019-03-20 17:02") == []
    assert met("http://www.example.gov.cn/") == []
    assert met("各县（市、区）人民政府，市政府各部门，各有关单位及其所属机构：") == []


def test_white_space_sets_off_labels_only_when_asked() -> None:
    flat = "索引号: 1/2019-1 公开责任部门 市档案局 文号 信息有效性 有效"
    assert met(flat) == [("索引号", "index_number")]
    assert [field for _, field in met(flat, spaced=True)] == [
        "index_number",
        "agency",
        "document_number",
        "validity",
    ]


def test_a_portals_own_labels_go_first() -> None:
    known = vocabulary().with_labels({"编 号": "index_number", "来源": "agency"})
    labels = find_labels(cell("编号：1/2019-1 来源：市府办"), known)
    assert [label.meaning.field for label in labels if label.meaning] == ["index_number", "agency"]


@given(st.text(st.sampled_from("索引号文发布日期：:【】[] 　\n公开a1〔〕-"), max_size=80), st.booleans())
def test_any_text_gives_labels_in_order(text: str, spaced: bool) -> None:
    element = document_fromstring("<div>")
    found = find_labels(Cell(text, [0], element, None), vocabulary(), spaced=spaced)
    places = [(label.start, label.end) for label in found]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))


def test_labels_in_traditional_writing() -> None:
    assert met("索引號：<b>0001</b>") == [("索引號", "index_number")]
    assert met("發佈日期：2024-01-02") == [("發佈日期", "published_on")]
    assert met("發文字號：港府〔2024〕1號") == [("發文字號", "document_number")]
