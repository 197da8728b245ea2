"""What stands in a body stays there: lines that read like labels, lists of documents, numbers of other documents."""

from __future__ import annotations

import pytest

from archive.record import Record
from pipelines.bundle import Bundle, Part
from pipelines.detail import Detail
from pipelines.extract import extract
from tests.metadata_pages import URL

BLOCK = (
    "<table><tr><td>索引号</td><td>YL-2021-0007</td><td>公开日期</td><td>2021-04-02</td></tr>"
    "<tr><td>文号</td><td>云政〔2021〕7号</td><td>发布机构</td><td>市水务局</td></tr></table>"
)
FIRST = "一、总体情况。本年度我局围绕供水保障和河道治理两件大事，主动接受社会监督，各项工作有序推进。"
SECOND = "二、主要做法。全年受理来电来信一百二十件，件件有回音，群众对答复的满意率逐年提高。"
OWN = ("YL-2021-0007", "2021-04-02", "云政〔2021〕7号", "市水务局")


def page(body: str, block: str = BLOCK, *, profile: bool, title: str = "关于河道治理情况的报告") -> Record:
    html = f"<html><head><title>{title}-云岭市人民政府</title></head><body><h1>{title}</h1>{block}{body}</body></html>"
    return extract(Bundle(Part(URL, html.encode()), detail=Detail(body=["#zoom"] if profile else [])))


def own(record: Record) -> tuple[str | None, ...]:
    return record.index_number, record.published_on, record.document_number, record.agency


LINES = [
    ["来源：市水务局"],
    ["（来源：云岭日报）"],
    ["发布日期：2021年3月30日"],
    ["发布机构：市河道管理处", "发布日期：2021年3月30日"],
    ["索引号：YL-1999-0001", "发布日期：1999年1月5日"],
    ["单位负责人：甄守正", "审核人：白明", "填报人：方实"],
    ["单位负责人：甄守正　审核人：白明　填报人：方实", "联系电话：5550123　填报日期：2021年1月8日"],
    ["附件：情况统计表", "其中：主动公开 19 件", "主题分类：水利"],
]


@pytest.mark.parametrize("lines", LINES)
@pytest.mark.parametrize("profile", [True, False])
@pytest.mark.parametrize(
    "markup",
    ["<div id=zoom>{}</div>", "<table><tr><td id=zoom>{}</td></tr></table>", "<div id=zoom><p>{}</p></div>"],
)
def test_no_line_costs_a_body_its_text(lines: list[str], profile: bool, markup: str) -> None:
    record = page(markup.format("<br>　　".join([FIRST, SECOND, *lines])), profile=profile)
    assert FIRST in record.body_text and SECOND in record.body_text
    assert all(" ".join(line.split()) in record.body_text for line in lines) or not profile
    assert own(record) == OWN
    assert record.extra == {}
    assert "YL-2021-0007" not in record.body_text


def test_a_credit_at_the_end_of_a_paragraph_takes_no_section_with_it() -> None:
    record = page(f"<div id=zoom><p>{FIRST}</p><p>{SECOND}<br>（来源：云岭日报）</p></div>", profile=False)
    assert SECOND in record.body_text
    assert record.source == "云岭日报"


@pytest.mark.parametrize("field", ["source", "published_on"])
def test_a_value_ends_with_its_line(field: str) -> None:
    body = f"<div><p>来源：云岭日报<br>发布日期：2021-04-02<br>{FIRST}<br>{SECOND}</p></div>"
    record = page(body, "", profile=False)
    assert getattr(record, field) == {"source": "云岭日报", "published_on": "2021-04-02"}[field]
    assert FIRST in record.body_text and SECOND in record.body_text


def test_a_title_may_be_broken_and_an_index_number_not() -> None:
    block = "<ul><li>索引号：YL-1<br>关于治理</li><li>标题：关于河道治理<br>情况的报告</li></ul>"
    record = page(f"<div>{FIRST}</div>", block, profile=False)
    assert (record.index_number, record.index_number_raw) == ("YL-1", "YL-1")
    assert record.title == "关于河道治理情况的报告"


def table(*rows: list[str], head: str = "td") -> str:
    def row(cells: list[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"

    return "<table>" + row(rows[0], head) + "".join(row(cells, "td") for cells in rows[1:]) + "</table>"


TABLES = [
    [
        ["序号", "文件名称", "文号", "发布机构"],
        ["1", "关于甲渠的通知", "云政〔2003〕2号", "市政府"],
        ["2", "关于乙渠的通知", "云政〔2004〕3号", "市政府"],
    ],
    [
        ["文件名称", "文号", "发布机构", "公开日期", "有效性"],
        ["甲渠通知", "云政〔2003〕2号", "市政府", "2003-01-01", "有效"],
        ["乙渠通知", "云政〔2004〕3号", "市政府", "2004-01-01", "失效"],
    ],
    [["姓名", "职务", "来源"], ["甄守正", "局长", "甲县"], ["白明", "副局长", "乙市"]],
    [["事项名称", "许可决定", "公开日期"], ["甲渠扩建", "同意", "2019-03-01"]],
    [["项目名称", "文号", "公开日期"], ["甲渠扩建", "云水〔2019〕1号", "2019-03-01"]],
    [["名称", "来源", "备注"], ["甲渠", "甲县", "暂无"], ["乙渠", "乙市", "暂无"]],
    [
        ["项目名称", "甲渠改造"],
        ["建设单位", "市水务局"],
        ["公开日期", "2019-03-01"],
        ["文号", "云环审〔2019〕1号"],
    ],
    [
        ["索引号", "名称", "发布日期"],
        ["YL-2003-1", "甲渠通知", "2003-01-01"],
        ["YL-2003-2", "乙渠通知", "2003-01-02"],
    ],
]


@pytest.mark.parametrize("rows", TABLES)
@pytest.mark.parametrize("profile", [True, False])
@pytest.mark.parametrize("head", ["td", "th"])
def test_a_table_of_the_body_keeps_its_cells(rows: list[list[str]], profile: bool, head: str) -> None:
    record = page(
        f"<div id=zoom><p>{FIRST}</p><p>{SECOND}</p>{table(*rows, head=head)}</div>", profile=profile
    )
    assert [found.rows for found in record.tables] == [rows]
    for row in rows:
        assert " | ".join(row) in record.body_text
    assert own(record) == OWN
    assert (record.source, record.validity, record.extra) == (None, None, {})


def test_a_header_over_one_row_is_a_block_where_no_text_precedes() -> None:
    block = table(["索引号", "发布机构", "文号"], ["YL-9", "市水务局", "云政〔2021〕9号"])
    record = page(f"<div>{FIRST}{SECOND}</div>", block, profile=False)
    assert (record.index_number, record.agency, record.document_number) == (
        "YL-9",
        "市水务局",
        "云政〔2021〕9号",
    )
    assert "市水务局" not in record.body_text


CITED = (
    "经研究，决定废止《关于丙渠管理的通知》（索引号：YL-1998-0003，文号：云政〔1998〕3号，发布日期：1998-02-03）"
    "等文件，自公布之日起施行，请遵照执行。"
)


@pytest.mark.parametrize("profile", [True, False])
@pytest.mark.parametrize("block", [BLOCK, ""])
@pytest.mark.parametrize(
    "cited",
    [CITED, "来文收悉。文号：云政〔1998〕3号，索引号：YL-1998-0003的文件已经失效，请不要再引用，特此函复。"],
)
def test_another_documents_number_is_not_this_ones(block: str, profile: bool, cited: str) -> None:
    record = page(f"<div id=zoom><p>{cited}</p><p>{FIRST}</p></div>", block, profile=profile)
    assert cited in record.body_text
    assert own(record) == (OWN if block else (None, None, None, None))


@pytest.mark.parametrize("gap", [" ", ""])
def test_an_index_number_swallows_no_neighbour(gap: str) -> None:
    side = f"<div><h3>相关文件</h3><ul><li>索引号：X-1{gap}<a href=/x>某文件</a> 2020-01-01</li></ul></div>"
    body = f"<div><p>{FIRST}</p><p>{SECOND}</p></div>{side}"
    assert page(body, "", profile=False).index_number is None
    assert own(page(body, profile=False)) == OWN
    block = f"<p>索引号：YL 2021 0008{gap}<a>附：说明文件</a></p><p>发布机构：市水务局</p>"
    assert page(f"<div>{FIRST}</div>", block, profile=False).index_number == "YL20210008"


@pytest.mark.parametrize("block", [BLOCK, ""])
def test_a_list_of_related_documents_says_nothing_of_this_one(block: str) -> None:
    entries = "".join(f"<li>索引号：Z-{n} 发布日期：2001-01-0{n} 名称：某文件{n}</li>" for n in (1, 2, 3))
    record = page(
        f"<div>{FIRST}{SECOND}</div><div><h3>相关</h3><ul>{entries}</ul></div>", block, profile=False
    )
    assert own(record) == (OWN if block else (None, None, None, None))
    assert (record.title, record.extra, record.findings) == ("关于河道治理情况的报告", {}, [])


@pytest.mark.parametrize(
    "rows", [TABLES[4], [["名称", "甲渠"], ["文号", "云水〔2019〕1号"], ["发布机构", "乙局"]]]
)
def test_a_table_that_opens_the_body_is_text_where_the_page_has_its_block(rows: list[list[str]]) -> None:
    record = page(f"<div id=zoom>{table(*rows)}<p>{FIRST}</p></div>", profile=True)
    assert [found.rows for found in record.tables] == [rows]
    assert own(record) == OWN


@pytest.mark.parametrize("label", ["内容", "正文", "信息内容"])
def test_the_row_called_content_is_the_body(label: str) -> None:
    block = (
        BLOCK.removesuffix("</table>")
        + f"<tr><td>{label}</td><td colspan=3>{FIRST}<br>{SECOND}</td></tr></table>"
    )
    record = page("", block, profile=False)
    assert (record.body_text, record.extra) == (f"{FIRST}\n\n{SECOND}", {})
    assert own(record) == OWN


def test_a_block_that_opens_the_body_is_metadata_and_one_that_closes_it_is_text() -> None:
    lines = "<p>索引号：YL-1</p><p>发布机构：市水务局</p><p>公开日期：2021-04-02</p>"
    opened = page(f"<div id=zoom>{lines}<p>{FIRST}</p><p>{SECOND}</p></div>", "", profile=True)
    assert (opened.index_number, opened.body_text) == ("YL-1", f"{FIRST}\n\n{SECOND}")
    closed = page(f"<div id=zoom><p>{FIRST}</p><p>{SECOND}</p>{lines}</div>", "", profile=True)
    assert closed.index_number == "YL-1" and "公开日期：2021-04-02" in closed.body_text


@pytest.mark.parametrize("profile", [True, False])
def test_a_block_and_the_body_in_one_element(profile: bool) -> None:
    lines = ["索引号：YL-1", "发布机构：市水务局", "公开日期：2021-04-02", FIRST, SECOND, "文号：见附件"]
    record = page(f"<div id=zoom>{'<br>'.join(lines)}</div>", "", profile=profile)
    assert own(record)[:2] == ("YL-1", "2021-04-02")
    assert record.body_text == f"{FIRST}\n\n{SECOND}\n\n文号：见附件"


def test_labels_in_one_list_and_values_in_the_next() -> None:
    block = (
        "<div><ul><li>索引号</li><li>发布机构</li><li>公开日期</li></ul>"
        "<ul><li>YL-5</li><li>市水务局</li><li>2021-04-05</li></ul></div>"
    )
    record = page(f"<div>{FIRST}{SECOND}</div>", block, profile=False)
    assert own(record) == ("YL-5", "2021-04-05", None, "市水务局")
    assert "YL-5" not in record.body_text


def test_a_state_is_validity_only_among_other_labels() -> None:
    more = "<tr><td>状态</td><td>{}</td></tr></table>"
    body = f"<div>{FIRST}{SECOND}</div>"
    record = page(body, BLOCK.removesuffix("</table>") + more.format("现行有效"), profile=False)
    assert (record.validity, record.extra) == ("现行有效", {})
    record = page(body, BLOCK.removesuffix("</table>") + more.format("已办结"), profile=False)
    assert (record.validity, record.extra) == (None, {"状态": "已办结"})
    assert page(f"{body}<p>状态：有效</p>", "", profile=False).validity is None


def test_an_empty_body_on_a_page_with_text_is_a_finding() -> None:
    links = "".join(f"<li><a href='/{n}.html'>第{n}号办事指南的入口</a></li>" for n in range(20))
    record = page(f"<ul>{links}</ul>", "", profile=False)
    assert record.body_text == ""
    assert [(finding.rule, finding.severity) for finding in record.findings] == [("body-empty", "warning")]
    assert page(f"<div>{FIRST}</div>", profile=False).findings == []
