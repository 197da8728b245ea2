"""What is told of absence from one answer: addresses that cannot exist, redirects, error pages, and no false alarm."""

from __future__ import annotations

import contextlib
import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.history.similarity import shingles
from archive.urls import url_key
from crawler.absence.elsewhere import Elsewhere
from crawler.absence.impossible import impossible
from crawler.absence.likeness import is_missing
from crawler.absence.said import Said, said, steady
from crawler.portals.model import Portal

FURNITURE = "欢迎访问样例县人民政府门户网站首页政务公开办事服务政民互动走进样例主办单位样例县人民政府办公室技术支持大数据中心"
NOTICE = "抱歉，您访问的页面不存在或者已被删除，系统将自动返回首页"
BODY = "为规范全县河道采砂管理，自发布之日起在青龙河段实行禁采，违者依法处理，有关单位应当严格遵照执行。"
LONGER = (
    "县水务局负责日常巡查，发现违法采砂行为的，责令停止并依法没收违法所得，构成犯罪的移送司法机关追究责任。"
)


def page(body: str, title: str = "样例县人民政府") -> Said:
    half = len(FURNITURE) // 2
    markup = f"<html><head><title>{title}</title></head><body><div>{FURNITURE[:half]}</div>{body}<div>{FURNITURE[half:]}</div>"
    found = said(markup.encode(), "text/html; charset=utf-8", None)
    assert found is not None
    return found


def judged(answer: Said, missing: Said, *, own: Any = (), beside: Any = (), title: str = "") -> bool:
    return is_missing(answer, missing, shingles(steady(title)), own=own, beside=beside)


GOOD = [page(f"<h1>关于河道禁采的通告</h1><p>{BODY}</p>")]
MISSING = page(f"<p>{NOTICE}</p><p>/zwgk/202601/t20260105_912345678.html</p><p>访问量 12345</p>")


@pytest.mark.parametrize(
    ("address", "like"),
    [
        ("http://x/zwgk/202601/t20260105_1.html", r"http://x/zwgk/202601/t20260105_9\d{8}\.html"),
        ("http://x/c/3f0c1d2e4b5a69788796a5b4c3d2e1f0.shtml", r"http://x/c/[0-9a-f]{32}\.shtml"),
        ("http://x/Show.aspx?ID=55123&page=1", r"http://x/Show.aspx\?ID=9\d{8}&page=1"),
        ("http://x/zwgk/guide.html#top", r"http://x/zwgk/guide9\d{8}\.html"),
        ("http://x", r"http://x/9\d{8}"),
        ("http://x/a/1234567890123456789012.html", r"http://x/a/8\d{17}\.html"),
    ],
)
def test_an_address_that_cannot_exist_looks_like_one_that_does(address: str, like: str) -> None:
    made, token = impossible(address, "crawl")
    assert re.fullmatch(like, made) and token in made
    assert made == impossible(address, "crawl")[0] != impossible(address, "another")[0]


@given(st.text(max_size=60))
def test_any_address_makes_another_one(rest: str) -> None:
    address = f"http://x/{rest}"
    made, token = impossible(address, "crawl")
    assert made.startswith("http://x/") and token in made
    with contextlib.suppress(ValueError):  # no address
        assert url_key(made) != url_key(address.partition("#")[0])


def portal() -> Portal:
    return Portal.model_validate(
        {
            "id": "x", "schema": 1, "name": "样例", "family": "trs-static", "base_url": "http://x.gov.cn/",
            "hosts": ["x.gov.cn"],
            "directories": [
                {"key": "tz", "name": "通知", "url": "/zwgk/tz/"},
                {"key": "zn", "name": "指南", "url": "/zwgk/zn/", "expect": "single"},
            ],
        }
    )  # fmt: skip


DOCUMENT = "http://x.gov.cn/zwgk/tz/202601/t20260105_1.html"


@pytest.mark.parametrize(
    ("location", "away"),
    [
        ("/", True), ("http://x.gov.cn", True), ("https://x.gov.cn/index.shtml", True), ("/zwgk/tz", True),
        ("/zwgk/tz/index.html", True), ("../index.html", True), ("/zwgk/tz/202601/t20260105_2.html", False),
        ("https://x.gov.cn/zwgk/tz/202601/t20260105_1.html", False), ("/?id=5", False), ("/#/detail/5", False),
        ("/zwgk/zn/", False), ("http://y.gov.cn/", False), ("javascript:void(0)", False), ("http://[", False),
        ("/404.html", True), ("/404.html?from=1", False),
    ],
)  # fmt: skip
def test_where_a_redirect_says_that_there_is_nothing(location: str, away: bool) -> None:
    elsewhere = Elsewhere(portal())
    elsewhere.learn("http://x.gov.cn/404.html")
    assert elsewhere.leads_away(DOCUMENT, location) is away


def test_the_home_page_itself_may_be_a_document() -> None:
    assert not Elsewhere(portal()).leads_away("http://x.gov.cn/index.html", "/")


def test_the_error_page_is_known_with_another_address_counter_and_advertisement() -> None:
    again = page(f"<p>{NOTICE}</p><p>/art/7.html</p><p>访问量 99999</p><p>全民反诈在行动</p>")
    assert judged(again, MISSING, own=GOOD)
    assert judged(again, MISSING, beside=GOOD)


@pytest.mark.parametrize(
    "body",
    [
        "<p>今日停水。</p>", "<p>本页面内容已归档</p>", "", f"<h1>关于河道禁采的通告</h1><p>{BODY[:10]}</p>",
        f"<p>{NOTICE}</p><p>{BODY}{LONGER}</p>", f"<p>{NOTICE}</p><p>索引号 000990901/2026-00001</p>",
    ],
)  # fmt: skip
def test_a_document_is_not_taken_for_it_however_short(body: str) -> None:
    assert not judged(page(body), MISSING, own=GOOD)
    assert not judged(page(body), MISSING, beside=GOOD)


def test_a_listed_title_on_the_page_is_a_documents() -> None:
    about = page(f"<h1>关于撤销页面的公告</h1><p>{NOTICE}</p>")
    assert judged(about, MISSING, beside=GOOD)
    assert not judged(about, MISSING, beside=GOOD, title="关于撤销页面的公告")


def test_another_head_title_is_another_page() -> None:
    assert not judged(page(f"<p>{NOTICE}</p>", "关于河道禁采的通告"), MISSING, own=GOOD)


def test_nothing_is_told_without_a_document_that_was_there() -> None:
    assert not judged(MISSING, MISSING)


def test_an_error_page_like_the_last_good_content_is_ignored() -> None:
    shell = page('<div id="app"></div>')
    assert not judged(shell, shell, own=[shell], beside=GOOD)
    assert not judged(shell, shell, beside=[shell])
    assert judged(
        shell, shell, own=GOOD
    )  # but a page that was full and is empty, as any unknown one, is gone


def test_a_redesign_takes_no_short_document() -> None:
    """The new template is in the error page and in no known good page."""
    new = "新版门户全新上线无障碍浏览长者模式智能问答网站支持度本站已支持互联网协议第六版访问政务新媒体矩阵"
    missing = page(f"<div>{new}</div><p>{NOTICE}</p>")
    body = f"<h1>关于河道禁采的通告</h1><p>{BODY}</p>"
    assert not judged(page(f"<div>{new}</div>{body}"), missing, own=GOOD)
    short = page("<h1>关于停水的通告</h1><p>今日停水。</p>")
    renewed = page(f"<div>{new}</div><h1>关于停水的通告</h1><p>今日停水。</p>")
    assert not judged(renewed, missing, own=[short])


def test_binary_is_no_page_and_scripts_speak_where_nothing_is_visible() -> None:
    assert said(b"%PDF-1.7\n" + bytes(range(256)) * 9, None, None) is None
    one = said(b"<html><script>alert('the page is gone');location='/'</script></html>", None, None)
    two = said(b"<html><script>render('document body here')</script></html>", None, None)
    assert one is not None and two is not None and len(one.text - two.text) > 8


def test_hostile_markup_is_read_in_linear_time() -> None:
    for piece in ("<script", "<!--", "<", "<title>", "</script", "a" * 50 + ".", "&", "/" * 9 + " "):
        start = time.perf_counter()
        said((piece * (1 << 20))[: 1 << 20].encode(), "text/html", None)
        assert time.perf_counter() - start < 5
