"""Parsing: one tree out of anything that is text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.bundle import Bundle, Part
from pipelines.page import Page, Unreadable


def parse(body: str | bytes, url: str = "http://www.example.gov.cn/a/b.html") -> Page:
    return Page.of(Part(url, body.encode() if isinstance(body, str) else body))


def said(page: Page) -> str:
    return "".join(page.root.itertext())


def test_comments_and_instructions_are_never_content() -> None:
    page = parse("<p>一<!-- <b>索引号</b> -->二<?php echo 1 ?>三<!--[if IE]>四<![endif]--></p>")
    assert said(page) == "一二三"
    assert "索引号" in page.text


def test_jsp_directives_and_xml_declarations_are_dropped() -> None:
    jsp = '<%--\n Created by\n--%>\n<%@ page contentType="text/html;charset=UTF-8" language="java" %>'
    page = parse(f'<?xml version="1.0" encoding="gb2312"?>{jsp}<html><body><p>公开</p></body></html>')
    assert said(page).strip() == "公开"
    assert said(parse("<p>打折 <% 五折</p>")).startswith("打折")


def test_control_characters_do_not_end_the_text() -> None:
    page = parse(b"<p>\x00ab\x0bc\x1f</p>" + b"<p>" + "公开".encode() * 20 + b"</p>")
    assert said(page) == "abc" + "公开" * 20


def test_unclosed_inline_tags_lose_nothing() -> None:
    page = parse("<body>" + "<font><span>" * 5000 + "深处<p>末尾")
    assert said(page) == "深处末尾"
    assert not page.too_deep


def test_hopeless_depth_is_told() -> None:
    page = parse("<body>起<p>" + "<div>" * 50_000 + "深处")
    assert page.too_deep
    assert said(page).startswith("起")


def test_plain_text_keeps_its_lines() -> None:
    page = parse("标题\n\n第一行 & 1 > 0&nbsp;")
    assert page.is_plain
    assert [element.text for element in page.root.iter("div")] == ["标题", None, "第一行 & 1 > 0\xa0"]


@pytest.mark.parametrize("body", [b"", b"  \n", b"<!-- -->", b"\x00", b"%PDF-1.7", b"\xef\xbb\xbf"])
def test_nothing_to_read_is_one_sentence(body: bytes) -> None:
    with pytest.raises(Unreadable) as raised:
        parse(body)
    assert "http://www.example.gov.cn/a/b.html is" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_links_are_relative_to_base() -> None:
    page = parse("<base href='/c/'><a href='x.html'>")
    assert page.absolute("x.html") == "http://www.example.gov.cn/c/x.html"
    assert parse("<p>1").absolute("../x.html") == "http://www.example.gov.cn/x.html"
    assert parse("<p>1").absolute("http://[bad") == "http://[bad"


def test_bundle_encoding_is_forced() -> None:
    bundle = Bundle(Part("http://a/", "<p>公开</p>".encode("gb18030")), encoding="utf-8")
    assert Page.parse(bundle).encoding == "utf-8"


@given(st.binary(max_size=600))
def test_any_bytes_give_a_page_or_one_sentence(body: bytes) -> None:
    try:
        page = parse(body)
    except Unreadable as error:
        assert "\n" not in str(error)
    else:
        assert page.root.tag == "html"


@pytest.mark.parametrize("body", ['{"a":1}', "[1, 2]", '\ufeff {"list": []}\n', '{"a":[' * 100_000])
def test_data_is_no_page(body: str) -> None:
    if not body.startswith('{"a":['):
        assert parse_api(body).is_plain
    with pytest.raises(Unreadable, match="not a page but data"):
        parse(body)


def parse_api(body: str) -> Page:
    return Page.of(Part("http://www.example.gov.cn/api", body.encode(), kind="api"))


def test_text_in_braces_is_a_page() -> None:
    assert said(parse("{草案} 第一条")).strip() == "{草案} 第一条"
    assert said(parse("[2019] 第一条")).strip() == "[2019] 第一条"


@pytest.mark.parametrize(
    "padded",
    [
        lambda body: body + b"\x00" * 200,
        lambda body: body + b"\x00" * 8192,
        lambda body: b"\x00" * 1000 + body,
        lambda body: b"\x00" * 40_000 + body,
        lambda body: body.replace(b">", b">\x00\x00"),
    ],
    ids=range(5),
)
def test_nul_bytes_in_markup_do_not_make_it_a_file(padded: Callable[[bytes], bytes]) -> None:
    body = "<html><p>政府信息公开</p><p>第一条</p></html>".encode()
    assert said(parse(padded(body))) == "政府信息公开第一条"
