"""Bounds on what is read of a page: hostile sizes end soon, real pages pass untouched."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from crawler.engines.markup import parse
from pipelines import limits
from pipelines.bundle import Bundle, Part
from pipelines.detail import Detail
from pipelines.extract import extract
from pipelines.limits import MOST_ATTRIBUTES, MOST_TAGS, MOST_TEXT, bounded, few_attributes

URL = "http://www.example.gov.cn/t1.html"
END = "<div class=TRS_Editor><p>现将某某工作情况公开如下，请各单位认真贯彻执行。</p></div>"


def rules(markup: str) -> set[str]:
    record = extract(Bundle(Part(URL, markup.encode()), Detail(body=[".TRS_Editor"])))
    return {finding.rule for finding in record.findings}


@pytest.mark.parametrize("value", ["", "=b", "='</p>'", '=">"', "='\">'"])
@pytest.mark.parametrize("before", ["", "<!-- <a ' -->", "<script>'<a '</script>", "<p '>", '<a x="<b">'])
def test_attributes_beyond_the_bound_go(value: str, before: str) -> None:
    tag = " ".join(f"a{number}{value}" for number in range(60_000))
    source = f"<p>1</p>{before}<p {tag}>x</p>{END}".encode()
    started = time.process_time()
    cut = few_attributes(source)
    root = etree.fromstring(cut, etree.HTMLParser(encoding="utf-8"))
    assert time.process_time() - started < 1
    assert max(len(node.attrib) for node in root.iter()) == MOST_ATTRIBUTES
    assert cut.endswith(f">x</p>{END}".encode())


def test_one_long_tag_holds_up_neither_page_nor_listing() -> None:
    markup = "<p " + " ".join(f"a{number}" for number in range(40_000)) + f">x</p>{END}"
    started = time.process_time()
    assert "现将" in extract(Bundle(Part(URL, f"<meta charset=utf-8>{markup}".encode()))).body_text
    root = parse(markup)
    assert root is not None and "现将" in "".join(root.itertext())
    assert time.process_time() - started < 1


def test_real_pages_pass_untouched(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_HARMLESS", 2)
    monkeypatch.setattr(limits, "_SURE", 0)
    pages = [path.read_bytes() for path in sorted((shared / "realpages").glob("*/*.html"))]
    assert len(pages) > 100
    for page in pages:
        assert few_attributes(page) == page
        kept, cut = bounded(page)
        assert not cut and (kept == page or b";base64," in page)


def test_a_page_too_large_is_read_to_the_bound_and_says_so() -> None:
    table = "<table>" + "<tr><td>1</td><td>2</td></tr>" * (MOST_TAGS // 6) + "</table>"
    assert "page-too-large" in rules(END.replace("</div>", table + "</div>"))
    assert "page-too-large" not in rules(END)
    kept, cut = bounded("字".encode() * 9_000_000)
    assert cut and len(kept) <= limits.MOST_BYTES


def test_a_body_too_long_keeps_its_beginning() -> None:
    markup = f"<meta charset=utf-8><div class=TRS_Editor>开头<p>{'一' * MOST_TEXT}</p>末尾</div>"
    record = extract(Bundle(Part(URL, markup.encode()), Detail(body=[".TRS_Editor"])))
    assert "body-too-long" in {finding.rule for finding in record.findings}
    assert record.body_text.startswith("开头") and "末尾" not in record.body_text + record.body_html
    assert len(record.body_text) <= MOST_TEXT + 10


def test_pictures_inlined_in_a_large_page_take_no_room() -> None:
    picture = f"<img src='data:image/png;base64,{'QUJD' * 3_000_000}'>"
    markup = f"<meta charset=utf-8>{picture}{END}"
    assert "page-too-large" not in rules(markup)


@pytest.mark.parametrize(
    "inner",
    [
        "&nbsp;" * 1_000_000,
        "字&nbsp;" * 400_000,
        "<p>&nbsp;</p>" * 100_000,
        "字&amp;" * 400_000,
        "<table>" + "<tr><td>1</td><td>2</td></tr>" * 150_000,
        "<img src='x.png'>" * 300_000,
        "<td>索引号</td>" * 200_000,
        "<p " + " ".join(f"a{number}" for number in range(200_000)) + ">",
        "<!-- " * 500_000,
        "公开，" * 1_000_000,
    ],
    ids=[
        "nbsp",
        "nbsp-between",
        "nbsp-lines",
        "ampersands",
        "rows",
        "pictures",
        "labels",
        "attributes",
        "comments",
        "plain",
    ],
)
def test_large_pages_end_soon(inner: str) -> None:
    markup = f"<meta charset=utf-8><div class=TRS_Editor>{inner}</div>"
    started = time.process_time()
    extract(Bundle(Part(URL, markup.encode()), Detail(body=[".TRS_Editor"])))
    assert time.process_time() - started < 5


QUADRATIC: list[Callable[[int], bytes]] = [
    lambda n: b"<a '\" " * n,
    lambda n: b"<a b=\"<a c='" * n,
    lambda n: b"<" * n,
    lambda n: b"<a b " + b"= " * n,
    lambda n: b"<a" + b" " * n,
    lambda n: b"<!--" * n,
    lambda n: b"<script></scripx" * n,
]


@pytest.mark.parametrize("made", QUADRATIC, ids=range(len(QUADRATIC)))
def test_the_bounds_themselves_are_linear(made: Callable[[int], bytes]) -> None:
    started = time.process_time()
    few_attributes(made(1_000_000))
    assert time.process_time() - started < 2


@given(st.binary(max_size=300))
def test_any_bytes(source: bytes) -> None:
    kept, cut = bounded(source)
    assert kept == source and not cut
