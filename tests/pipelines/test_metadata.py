"""Metadata: every source beside a block, and which of them is believed."""

from __future__ import annotations

import pytest

from pipelines.bundle import ListingFacts, Part
from pipelines.detail import Detail
from tests.metadata_pages import read

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
    frame = Part(
        "http://www.example.gov.cn/meta.html",
        "<ul><li>索引号：1/2019-1</li><li>发布机构：市档案局</li></ul>".encode(),
        kind="iframe",
        ordinal=1,
    )
    assert read("", parts=(frame,)).index_number == "1/2019-1"


def test_a_column_is_the_title_of_its_own_page() -> None:
    head = "<meta name='ColumnName' content='政府信息公开指南'><title>政府信息公开指南-云岭市人民政府</title>"
    assert read("<h1>云岭市人民政府</h1><h2>友情链接</h2>", head=head).title == "政府信息公开指南"
