"""The further parts that a profile's rules name."""

from __future__ import annotations

from pipelines.bundle import MOST_PARTS, Part, Wanted, wanted
from pipelines.detail import Detail, PartRule

URL = "https://www.example.gov.cn/a/t1.html"
NEXT = PartRule(kind="continuation", link=".pager a::attr(href)")
FRAME = PartRule(kind="iframe", link="iframe#meta::attr(src)")


def test_absolute_once_each_in_order() -> None:
    markup = (
        b"<div class=pager><a href=t1.html>1</a><a href=t1_1.html>2</a><a href=t1_1.html#x>2</a><a>3</a>"
        b"<a href='javascript:go()'>4</a><a href='ftp://x/y'>5</a></div><iframe id=meta src=/meta?id=1></iframe>"
    )
    assert wanted(Part(URL, markup), Detail(parts=[NEXT, FRAME])) == [
        Wanted("continuation", "https://www.example.gov.cn/a/t1_1.html", 1),
        Wanted("iframe", "https://www.example.gov.cn/meta?id=1", 2),
    ]


def test_bounded() -> None:
    links = "".join(f"<a href={n}.html>{n}</a>" for n in range(500))
    found = wanted(Part(URL, f"<div class=pager>{links}</div>".encode()), Detail(parts=[NEXT]))
    assert len(found) == MOST_PARTS


def test_nothing_without_rules_or_without_a_page() -> None:
    assert wanted(Part(URL, b"<a href=x>"), Detail()) == []
    for body in (b"", b"%PDF-1.4 binary", b"\x00\x01\x02"):
        assert wanted(Part(URL, body), Detail(parts=[NEXT])) == []
