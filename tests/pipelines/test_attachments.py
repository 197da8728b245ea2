"""Attachments: every kind of link and viewer of platforms.md §26, the best name, nothing twice, no site furniture."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.record import Attachment
from pipelines.attachments.find import find_attachments
from pipelines.body.find import find_body
from pipelines.bundle import Bundle, Part
from pipelines.detail import Detail
from pipelines.page import Page, Unreadable

URL = "http://www.example.gov.cn/zwgk/201903/t20190320_1.html"
TEXT = "<p>根据要求，现将有关事项通知如下，请各单位认真贯彻执行，并及时报送情况。</p>"


def attachments(inner: str, detail: Detail | None = None, outside: str = "") -> list[Attachment]:
    markup = f"<html><body><div class=main>{TEXT}{inner}</div>{outside}</body></html>"
    page = Page.parse(Bundle(Part(URL, markup.encode())))
    detail = detail or Detail(body=[".main"])
    return find_attachments(page, find_body(page, detail), detail)


@pytest.mark.parametrize(
    ("href", "name"),
    [
        ("P020190320123456.doc", "通知"),
        ("./W020190320.PDF?v=1", "通知"),
        ("/module/download/downfile.jsp?classid=0&filename=ab12.xls&showname=x.xls", "通知"),
        ("/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=12", "通知"),
        ("/attachment/0/123/456", "通知"),
        ("/attachments/1/abc", "通知"),
        ("/group1/M00/01/02/abcdef.docx", "通知"),
        ("/download/5f3a9c0012", "通知"),
        ("/__local/A/B/C/x.rar", "通知"),
        ("/attach/0/abc", "通知"),
        ("/file.do?id=9", "通知"),
        ("/upload/files/2019/abc", "通知"),
        ("javascript:window.open('/u/f.ofd')", "通知"),
    ],
)
def test_links_to_files(href: str, name: str) -> None:
    (found,) = attachments(f'<p>附件：<a href="{href}">{name}</a></p>')
    assert found.name == name
    assert found.url.startswith("http://www.example.gov.cn/")


@pytest.mark.parametrize(
    "href",
    [
        "/",
        "#",
        "t2.html",
        "/list/",
        "javascript:void(0)",
        "mailto:a@b.cn",
        "/upload/index.html",
        "data:a/b,x.pdf",
        "//[",
    ],
)
def test_links_to_pages(href: str) -> None:
    assert attachments(f'<p><a href="{href}">另一页</a></p>') == []


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ('<a href="a.pdf">附件1：统计表</a>', "附件1：统计表"),
        ('<a href="a.pdf" title="年度统计表.pdf">年度统…</a>', "年度统计表.pdf"),
        ('<a href="a.pdf" title="年度统计表.pdf">点击下载</a>', "年度统计表.pdf"),
        ('<a href="/downfile.jsp?filename=1.pdf&showname=%E8%A1%A8.pdf">下载</a>', "表.pdf"),
        ('<a href="/downfile.jsp?filename=1.pdf&showname=%B1%ED.pdf">下载</a>', "表.pdf"),
        ('<a href="/u/%E8%A1%A8.pdf">附件下载</a>', "表.pdf"),
        ('<a href="/u/%B1%ED.pdf"><img src="/icon/pdf.gif"></a>', "表.pdf"),
        ('<a href="/attach/0/abc">点击下载</a>', "点击下载"),
        ('<a href="/attach/0/abc"><img src="x.gif"></a>', "abc"),
    ],
)
def test_names(link: str, name: str) -> None:
    (found,) = attachments(f"<p>{link}</p>")
    assert found.name == name


def test_once_each_with_the_better_name_and_no_icons() -> None:
    found = attachments(
        '<p><a href="a.doc"><img src="/icon/doc.png"></a> <a href="a.doc#x">统计表.doc</a></p>'
        '<p><a href="big.jpg"><img src="small.jpg"></a><a href="scan.jpg">扫描件</a></p>'
    )
    assert [(item.name, item.media_type) for item in found] == [
        ("统计表.doc", "application/msword"),
        ("扫描件", "image/jpeg"),
    ]


def test_viewers_and_written_links() -> None:
    found = attachments(
        '<iframe src="/pdfjs/web/viewer.html?file=%2Fu%2F%E6%8A%A5%E5%91%8A.pdf"></iframe><embed src="/u/b.pdf">'
        '<object data="/u/c.pdf"></object><iframe src="/counter.html"></iframe>'
        """<script>document.write("<a href='/u/d.xls'>表二</a>");</script>"""
        """<script>var d = {"resList":[{"fileName":"\u8868.docx","filePath":"/r/e.docx"}]}</script>"""
    )
    assert {(item.url.rpartition("/")[2], item.name) for item in found} == {
        ("报告.pdf", "报告.pdf"),
        ("b.pdf", "b.pdf"),
        ("c.pdf", "c.pdf"),
        ("d.xls", "表二"),
        ("e.docx", "表.docx"),
    }


def test_outside_the_body_only_attachment_blocks_and_what_the_profile_says() -> None:
    outside = (
        "<div><h3>相关附件</h3><ul><li><a href=1.zip>打包</a></li></ul></div>"
        "<div class=fujian-list><a href=2.doc>表</a></div>"
        "<div class=foot><a href=site.pdf>使用说明</a></div>"
        "<div class=files><a href=/get/3>第三</a></div>"
    )
    assert [item.name for item in attachments("", outside=outside)] == ["打包", "表"]
    chosen = Detail(body=[".main"], attachments=[".files a"])
    assert {item.name for item in attachments("", chosen, outside)} == {"打包", "表", "第三"}


def test_other_schemes_are_left_out() -> None:
    assert attachments('<a href="file:///C:/x.doc">x.doc</a><a href="thunder://x.rar">y</a>') == []


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="<>/a href=\"'.pdf?%&[]:\\x附件", max_size=400))
def test_never_raises(noise: str) -> None:
    try:
        page = Page.parse(Bundle(Part(URL, f'<div>{TEXT}<a href="{noise}">附件'.encode())))
    except Unreadable:
        return
    detail = Detail(attachments=["div"])
    find_attachments(page, find_body(page, detail), detail)


@pytest.mark.parametrize("detail", [Detail(), Detail(body=[".main"])])
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_link_to_a_page_in_a_list_of_files_costs_no_file(detail: Detail, place: int) -> None:
    links = ["<a href='/u/a.xlsx'>甲表</a>", "<a href='/u/b.docx'>乙表</a>", "<a href='/u/c.zip'>丙表</a>"]
    links.insert(place, "<a href='/d.html'>办理说明</a>")
    entries = "".join(f"<p>{number}. {link}</p>" for number, link in enumerate(links, 1))
    markup = f"<html><body><div class=main>{TEXT}<p>附件：</p>{entries}</div></body></html>"
    page = Page.parse(Bundle(Part(URL, markup.encode())))
    body = find_body(page, detail)
    assert [item.name for item in find_attachments(page, body, detail)] == ["甲表", "乙表", "丙表"]
    assert all(word in body.text for word in ("附件：", "甲表", "乙表", "丙表", "办理说明"))
