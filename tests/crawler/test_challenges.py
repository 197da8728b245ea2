"""Answers of web application firewalls are recognised; pages are not taken for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.challenges import recognise

LONG = "政府信息公开" * 100


@pytest.mark.parametrize(
    ("status", "body", "name"),
    [
        (521, "<script>document.cookie='__jsl_clearance_s=1';location.reload()</script>", "加速乐"),
        (412, "<html><head><script>$_ts={};</script></head><body></body></html>", "瑞数"),
        (200, "<html><script>$_ts=window['$_ts'];</script></html>", "瑞数"),
        (200, "<script>var C3VK='abc';document.cookie='C3VK='+C3VK;</script>", "C3VK"),
        (200, "<html><a href='/wzws-waf-cgi/'></a></html>", "WZWS"),
        (403, "<html><body>您的访问被拦截</body></html>", "访问被拦截"),
    ],
)
def test_known_challenges(status: int, body: str, name: str) -> None:
    assert recognise(status, body.encode()) == name


def test_a_gbk_block_page_is_read_as_such() -> None:
    assert recognise(200, "<html><body>您的请求可能存在威胁</body></html>".encode("gb18030")) == "访问被拦截"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, f"<html><script>$_ts={{}};</script><body><p>{LONG}</p></body></html>"),
        (200, f"<html><body><p>{LONG}验证码：人机验证的通知</p></body></html>"),
        (404, "<html><body>页面不存在</body></html>"),
        (200, ""),
        (200, "%PDF-1.7 binary"),
    ],
)
def test_pages_are_not_challenges(status: int, body: str) -> None:
    assert recognise(status, body.encode()) is None


def test_no_real_page_is_taken_for_a_challenge(shared: Path) -> None:
    pages = [
        *(shared / "realpages" / "gov").glob("*.html"),
        *(shared / "realpages" / "detail").rglob("*.html"),
    ]
    wrong = [page.name for page in pages if recognise(200, page.read_bytes())]
    assert len(pages) > 100
    assert wrong == []
