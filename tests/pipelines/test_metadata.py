"""Metadata: every layout of a block, every source, and which of them is believed."""

from __future__ import annotations

import pytest

from archive.record import Record
from pipelines.bundle import Bundle, ListingFacts, Part
from pipelines.detail import Detail
from pipelines.extract import extract

BODY = (
    "<div id='content'>"
    + "<p>根据有关规定，现将本年度工作情况报告如下，请各单位认真研究，抓好落实。</p>" * 4
    + "</div>"
)
URL = "http://www.example.gov.cn/zwgk/a.html"


def read(
    block: str,
    *,
    head: str = "",
    url: str = URL,
    listing: ListingFacts | None = None,
    detail: Detail | None = None,
    parts: tuple[Part, ...] = (),
) -> Record:
    html = f"<html><head>{head}</head><body>{block}{BODY}</body></html>"
    page = Part(url, html.encode())
    return extract(Bundle(page, detail=detail or Detail(), listing=listing, parts=parts))


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


META = (
    "<meta name='ArticleTitle' content='关于公开的通知'><meta name='PUBDATE' content='时间：2019-03-21 10:00'>"
    "<meta name='ContentSource' content='来源：云岭日报'><meta name='ColumnName' content='通知公告'>"
)


def test_meta_tags_and_what_beats_them() -> None:
    record = read("", head=META)
    assert (record.title, record.published_on) == ("关于公开的通知", "2019-03-21")
    assert (record.source, record.catalog) == ("云岭日报", "通知公告")
    assert set(record.field_sources.values()) == {"meta"}
    record = read(
        "<ul><li>索引号：1/2019-1</li><li>标题：关于公开工作的通知</li><li>公开日期：2019-03-20</li></ul>",
        head=META,
    )
    assert (record.title, record.published_on) == ("关于公开工作的通知", "2019-03-20")
    assert {(finding.rule, finding.severity) for finding in record.findings} == {
        ("published-conflict", "info"),
        ("title-conflict", "warning"),
    }


def test_the_moment_of_generation_is_no_date_of_publication() -> None:
    generated = (
        "<meta name='PubDate' content='2020-10-16 17:07:14'>"
        "<meta name='others' content='页面生成时间 2020-10-16 17:07:14'>"
    )
    assert read("", head=generated).published_on is None


def test_templates_left_in_meta_tags_say_nothing() -> None:
    head = "<meta name='ArticleTitle' content='<$[Title]>'><meta name='PubDate' content=''><title>关于公开的通知</title>"
    record = read("", head=head)
    assert (record.title, record.published_on) == ("关于公开的通知", None)


def test_info_line_under_the_title() -> None:
    record = read(
        "<h1>关于公开的通知</h1><p>【来源： 云岭日报】 发布时间：2019-03-20 10:00 点击：<span id='n'>81</span>"
        "【字体：<a>大</a> <a>小</a>】</p>"
    )
    assert (record.title, record.source, record.published_on) == ("关于公开的通知", "云岭日报", "2019-03-20")
    assert record.extra == {}
    assert "点击" not in record.body_text


def test_a_bare_date_under_the_title_is_weaker_than_meta() -> None:
    bare = "<h1>关于公开的通知</h1><div class='i'>2019年03月20日 13时44分</div>"
    record = read(bare)
    assert (record.published_on, record.field_sources["published_on"]) == ("2019-03-20", "text")
    assert read(bare, head=META).field_sources["published_on"] == "meta"


def test_a_date_written_by_a_script() -> None:
    record = read(
        "<h1>关于公开的通知</h1><div>发布时间：<script>var d='2019年03月20日';if(d!=''){document.write(d);}</script>"
        " 来源：<script>if(a){document.write('甲报')}else{document.write('乙报')}</script></div>"
    )
    assert (record.published_on, record.source) == ("2019-03-20", None)


def test_listing_then_address() -> None:
    listing = ListingFacts("关于公开的通知", "2019-03-20", {"index_number": "1/2019-1", "agency": "市档案局"})
    record = read("", listing=listing, url="http://www.example.gov.cn/201903/t20190322_1.html")
    assert (record.title, record.published_on, record.index_number) == (
        "关于公开的通知",
        "2019-03-20",
        "1/2019-1",
    )
    assert set(record.field_sources.values()) == {"listing"}
    record = read("", url="http://www.example.gov.cn/art/2019/3/22/art_1_2.html")
    assert (record.published_on, record.field_sources) == ("2019-03-22", {"published_on": "url"})
    assert read("", url="http://www.example.gov.cn/a/20199999.html").published_on is None


def test_another_index_number_in_the_listing_is_a_finding() -> None:
    listing = ListingFacts(fields={"index_number": "1/2019-2"})
    record = read("<ul><li>索引号：1/2019-1</li><li>发布机构：市档案局</li></ul>", listing=listing)
    assert record.index_number == "1/2019-1"
    assert [finding.rule for finding in record.findings] == ["index-number-conflict"]


def test_a_cut_title_is_completed() -> None:
    record = read(
        "<h1>关于进一步做好档案查阅…</h1>", listing=ListingFacts("关于进一步做好档案查阅工作的通知")
    )
    assert (record.title, record.field_sources["title"]) == ("关于进一步做好档案查阅工作的通知", "listing")


@pytest.mark.parametrize(
    ("head", "block", "title"),
    [
        ("<title>关于公开的通知-通知公告-云岭市人民政府</title>", "", "关于公开的通知"),
        (
            "<title>云岭市人民政府_通知公告_关于公开的通知</title>",
            "<div class='article-title'>关于公开的通知</div>",
            "关于公开的通知",
        ),
        ("<title>云岭市人民政府</title>", "<h1>关于公开<br>的通知</h1>", "关于公开的通知"),
        (
            "<title>关于公开的通知-云岭市人民政府</title>",
            "<h1>云岭市人民政府</h1><div class='title'>关于公开的通知</div>",
            "关于公开的通知",
        ),
        ("<title>关于公开的通知</title>", "<h1>通知公告</h1><h2>关于公开的通知</h2>", "关于公开的通知"),
    ],
)
def test_titles(head: str, block: str, title: str) -> None:
    assert read(block, head=head).title == title


def test_profile_names_title_block_and_labels() -> None:
    detail = Detail(title=[".t"], block=[".own"], labels={"编号": "index_number"})
    record = read(
        "<h1>政务公开</h1><p class='t'>关于公开的通知</p><div class='own'><p>编号：1/2019-1</p></div>",
        detail=detail,
    )
    assert (record.title, record.index_number) == ("关于公开的通知", "1/2019-1")


def test_a_metadata_frame_speaks_for_the_page() -> None:
    frame = Part("http://www.example.gov.cn/meta.html", LAYOUTS["td td"].encode(), kind="iframe", ordinal=1)
    assert read("", parts=(frame,)).index_number == "1/2019-1"


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


def test_a_column_is_the_title_of_its_own_page() -> None:
    head = "<meta name='ColumnName' content='政府信息公开指南'><title>政府信息公开指南-云岭市人民政府</title>"
    assert read("<h1>云岭市人民政府</h1><h2>友情链接</h2>", head=head).title == "政府信息公开指南"
