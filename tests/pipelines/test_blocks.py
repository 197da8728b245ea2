"""Metadata blocks: every layout, what belongs to a block and what does not."""

from __future__ import annotations

import pytest

from pipelines.bundle import Bundle, Part
from pipelines.extract import extract
from tests.metadata_pages import URL, read

LAYOUTS = {
    "colon in its own td": "<table><tr><td>索引号</td><td>：</td><td>1/2019-1</td></tr><tr><td>发布机构</td><td>：</td>"
    "<td>市档案局</td></tr><tr><td>文号</td><td>：</td><td></td></tr><tr><td>成文日期</td><td>：</td>"
    "<td>2019-03-18</td></tr></table>",
    "rowspan": "<table><tr><td rowspan=2>基本信息</td><td>索引号</td><td>1/2019-1</td><td>发布机构</td><td>市档案局</td>"
    "</tr><tr><td>文号</td><td></td><td>成文日期</td><td>2019-03-18</td></tr></table>",
    "p p": "<div><p>索引号：</p><p>1/2019-1</p><p>发布机构：</p><p>市档案局</p><p>成文日期：</p><p>2019-03-18</p></div>",
    "li strong p": "<ul><li><strong>索引号：</strong><p>1/2019-1</p></li><li><strong>发布机构：</strong><p>市档案局</p></li>"
    "<li><strong>文号：</strong><p></p></li><li><strong>成文日期：</strong><p>2019-03-18</p></li></ul>",
    "label li, value li": "<ul><li>索引号</li><li>1/2019-1</li><li>发布机构</li><li>市档案局</li><li>成文日期</li>"
    "<li>2019-03-18</li></ul>",
    "td with all": "<table><tr><td>索引号：1/2019-1</td><td>发布机构：市档案局</td></tr><tr><td>文号：</td>"
    "<td>成文日期：2019-03-18</td></tr></table>",
    "no space": "<p>索引号：1/2019-1发布机构：市档案局成文日期：2019年3月18日</p>",
    "td td": "<table><tr><td>索引号</td><td>1/2019-1</td><td>发布机构</td><td>市档案局</td></tr>"
    "<tr><td>文号</td><td></td><td>成文日期</td><td>2019-03-18</td></tr></table>",
    "th td": "<table><tr><th>索引号：</th><td>1/2019-1</td></tr><tr><th>发布机构：</th><td>市档案局</td></tr>"
    "<tr><th>文号：</th><td></td></tr><tr><th>成文日期：</th><td>2019年3月18日</td></tr></table>",
    "td b": "<table><tr><td><b>索 引 号：</b>1/2019-1</td><td><b>发布机构：</b>市档案局</td></tr>"
    "<tr><td><b>文　　号：</b></td><td><b>成文日期：</b>2019-03-18</td></tr></table>",
    "header row": "<table><thead><tr><td>索引号</td><td>发布机构</td><td>文号</td><td>成文日期</td></tr></thead>"
    "<tr><td>1/2019-1</td><td>市档案局</td><td></td><td>2019-03-18</td></tr></table>",
    "nested": "<table><tr><td><table><tr><td>索引号</td><td>1/2019-1</td></tr></table></td><td><table><tr><td>"
    "发布机构</td><td>市档案局</td></tr></table></td></tr><tr><td>文号</td><td>无</td></tr>"
    "<tr><td>成文日期</td><td><span>2019</span>年<span>3月18日</span></td></tr></table>",
    "li": "<ul><li>索引号：1/2019-1</li><li>发布机构：市档案局</li><li>文号：</li><li>成文日期：2019-03-18</li></ul>",
    "li span em": "<ul><li><span>索引号：</span><em>1/2019-1</em></li><li><span>发布机构：</span><em>市档案局</em></li>"
    "<li><span>文号：</span><em></em></li><li><span>成文日期：</span><em>2019-03-18</em></li></ul>",
    "dt dd": "<dl><dt>索引号</dt><dd>1/2019-1</dd><dt>发布机构</dt><dd>市档案局</dd><dt>文号</dt><dd></dd>"
    "<dt>成文日期</dt><dd>2019-03-18</dd></dl>",
    "dd label div": "<dl><dd><label><font>索引号：</font></label><div>1/2019-1</div></dd><dd><label>发布机构：</label>"
    "<div>市档案局</div></dd><dd><label>文号：</label><div></div></dd><dd><label>成文日期：</label>"
    "<div>2019-03-18</div></dd></dl>",
    "div span": "<div class='m'><div><label>索引号</label><span>1/2019-1</span></div><div><label>发布机构</label>"
    "<span>市档案局</span></div><div><label>文号</label><span></span></div><div><label>成文日期</label>"
    "<span>2019-03-18</span></div></div>",
    "div div": "<div class='r'><div>索引号：</div><div>1/2019-1</div></div><div class='r'><div>发布机构：</div>"
    "<div>市档案局</div></div><div class='r'><div>文号：</div><div></div></div><div class='r'><div>成文日期：</div>"
    "<div>2019-03-18</div></div>",
    "p strong": "<p><strong>索引号</strong>：1/2019-1</p><p><strong>发布机构</strong>：市档案局</p>"
    "<p><strong>文号</strong>：无</p><p><strong>成文日期</strong>：2019-03-18</p>",
    "one p": "<p>索引号: 1/2019-1 发布机构 市档案局 文号 成文日期 2019-03-18</p>",
    "one p with br": "<p>索引号：1/2019-1<br>发布机构：市档案局<br>文号：<br>成文日期：2019-03-18</p>",
    "lines": "<p>索引号: 1/2019-1 发布机构 市档案局</p><p>文号 成文日期 2019-03-18</p>",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout: str) -> None:
    record = read(LAYOUTS[layout])
    assert record.index_number == "1/2019-1"
    assert record.agency == "市档案局"
    assert record.document_number is None
    assert record.written_on == "2019-03-18"
    assert record.extra == {}
    assert record.findings == []
    assert "索引号" not in record.body_text and "市档案局" not in record.body_text
    assert record.field_sources == dict.fromkeys(("index_number", "agency", "written_on"), "block")


def test_unknown_labels_stay_verbatim_and_counters_nowhere() -> None:
    record = read(
        "<table><tr><td>索引号</td><td>1/2019-1</td><td>公开时限</td><td>长期公开</td></tr>"
        "<tr><td>统一登记号：</td><td>ML-01</td><td>浏览次数</td><td>1234</td></tr>"
        "<tr><td>发布机构</td><td>市档案局</td><td>备注</td><td></td></tr></table>"
    )
    assert record.extra == {"公开时限": "长期公开", "统一登记号": "ML-01"}
    assert record.agency == "市档案局"


def test_what_follows_a_block_is_not_extra() -> None:
    record = read(
        "<ul><li>索引号：1/2019-1</li><li>发布机构：市档案局</li></ul><p>联系人：张三</p><p>地址：中山路</p>"
    )
    assert record.extra == {}


def test_a_list_of_documents_is_no_block() -> None:
    rows = "".join(
        f"<tr><td>关于第{n}号事项的通知</td><td>1/2019-{n}</td><td>2019-03-0{n}</td></tr>" for n in (1, 2, 3)
    )
    record = read(f"<table><tr><td>名称</td><td>索引号</td><td>发布日期</td></tr>{rows}</table>")
    assert (record.index_number, record.title, record.published_on) == (None, None, None)


def test_blocks_in_comments_and_empty_hidden_blocks_say_nothing() -> None:
    record = read(
        "<!--<ul><li>索引号：9/2009-9</li><li>发布机构：旧局</li></ul>-->"
        "<ul style='display:none'><li>索引号：</li><li>发布机构：</li><li>文号：〔〕 号</li></ul>"
    )
    assert (record.index_number, record.agency, record.document_number) == (None, None, None)
    assert record.index_number_raw is None


def test_two_blocks_complete_each_other() -> None:
    record = read(
        "<table><tr><td>索引号</td><td>1/2019-1</td><td>主题分类</td><td>政务公开</td></tr></table><h1>关于公开的通知</h1>"
        "<div><div><label>索引号</label><span>1/2019-1</span></div><div><label>发布日期</label>"
        "<span>2019-03-20</span></div></div>"
    )
    assert (record.index_number, record.topic, record.published_on) == ("1/2019-1", "政务公开", "2019-03-20")
    assert record.title == "关于公开的通知"
    assert record.findings == []


def test_a_document_number_or_a_title_in_the_index_cell() -> None:
    record = read(
        "<ul><li>索引号：川教〔2015〕60号</li><li>发文字号：〔〕 号</li><li>发布机构：省教育厅</li></ul>"
    )
    assert record.index_number == record.document_number == "川教〔2015〕60号"
    assert [finding.rule for finding in record.findings] == ["index-number-is-document-number"]
    record = read("<ul><li>索引号：关于印发工作要点的通知</li><li>发布机构：省教育厅</li></ul>")
    assert (record.index_number, record.title) == (None, "关于印发工作要点的通知")
    assert record.index_number_raw == "关于印发工作要点的通知"
    assert [finding.rule for finding in record.findings] == ["index-number-is-title"]


def test_placeholders_are_null_and_raw_is_kept() -> None:
    record = read(
        "<ul><li>索引号：/2019-</li><li>文号：无</li><li>失效日期：暂无</li><li>主题词：</li><li>有效性：-</li></ul>"
    )
    assert (record.index_number, record.index_number_raw) == (None, "/2019-")
    assert (record.document_number, record.expires_on, record.validity, record.keywords) == (
        None,
        None,
        None,
        [],
    )
    assert record.extra == {}


def test_what_is_no_date_is_kept_as_it_stands() -> None:
    record = read(
        "<ul><li>索引号：1/2019-1</li><li>有效期至：长期有效</li><li>生效日期：自2019年5月1日起施行</li></ul>"
    )
    assert (record.expires_on, record.extra) == (None, {"有效期至": "长期有效"})
    assert record.effective_on == "2019-05-01"


def test_keywords_are_split() -> None:
    record = read("<ul><li>索引号：1/2019-1</li><li>主题词：公开、档案；查阅 开放,公开</li></ul>")
    assert record.keywords == ["公开", "档案", "查阅", "开放"]


def test_prose_is_no_block() -> None:
    """Labels in running text, three of them or more, name nothing of the page itself."""
    record = read(
        "<h1>关于举办培训班的通知</h1><p>"
        + "为进一步提高业务水平，经研究，决定举办全市档案业务培训班，现将有关事项通知如下，" * 3
        + "</p>"
        "<p>时间：2013年10月23—25日</p><p>来源：自愿报名</p><p>目录</p><p>第一章总则</p>"
        "<p>此条目需要补充更多<a>来源</a>。</p>"
    )
    assert (record.published_on, record.source, record.catalog) == (None, None, None)
    assert "自愿报名" in record.body_text


def test_the_text_under_an_info_line_stays_in_the_body() -> None:
    html = (
        "<body><h1>关于公开的通知</h1><p>来源：云岭日报 时间：2019-03-20 10:00</p><div id='content'>"
        "<p>各县（市、区）人民政府，市政府各部门：</p>"
        "<p>据介绍，<b>作者：</b>林某，展览面向全市征稿，欢迎投稿，截止时间另行通知。</p>"
        "<p>根据有关规定，现将本次活动的安排通知如下，请各单位认真组织，抓好落实，确保活动取得实效。</p></div></body>"
    )
    record = extract(Bundle(Part(URL, html.encode())))
    assert (record.source, record.published_on) == ("云岭日报", "2019-03-20")
    assert "林某" in record.body_text and "市政府各部门：" in record.body_text
    assert "云岭日报" not in record.body_text


@pytest.mark.parametrize(
    "script",
    [
        'var a = {"no": 1, "indexNo": "009907258\\/2019-00109"};',
        "var a = {indexNo: '009907258/2019-00109', x: 1};",
        '$("#indexNo").html("009907258/2019-00109");',
        "document.getElementById('indexNo').innerHTML = '009907258/2019-00109';",
    ],
)
@pytest.mark.parametrize(
    "markup",
    [
        '<table><tr><td>索引号</td><td id="indexNo"></td><td>发布机构</td><td>某局</td></tr></table>{}',
        '<ul><li>索引号：<span id="indexNo"></span></li><li>发布机构：某局</li></ul>{}',
    ],
)
def test_a_value_that_a_script_fills_in(script: str, markup: str) -> None:
    record = extract(Bundle(Part(URL, markup.format(f"<script>{script}</script>").encode())))
    assert (record.index_number, record.agency) == ("009907258/2019-00109", "某局")


def test_a_script_that_names_another_element_fills_nothing() -> None:
    markup = '<table><tr><td>索引号</td><td id="no"></td><td>发布机构</td><td>某局</td></tr></table>'
    script = "<script>var indexno = '1/2019-1'; f(no); var x = {'not-no': '2/2019-2'}</script>"
    assert extract(Bundle(Part(URL, (markup + script).encode()))).index_number is None
