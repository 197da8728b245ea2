"""Selectors find what lxml's own do, by shorter ways."""

from __future__ import annotations

import pytest
from lxml import etree
from lxml.cssselect import CSSSelector

from pipelines.select import Selector

PAGE = """<body class="content"><div class="zw main"><p id="zoom" class="zw">一</p></div><td class="zw"></td>
<span class="zwnr">二</span><div id="zoom">三</div><DIV CLASS="a
zw">四</DIV><div class="main"><a class="on" href="/a.pdf">五</a></div>"""


@pytest.mark.parametrize(
    "selector",
    [
        ".zw",
        "div.zw",
        "DIV.zw",
        "p.zw",
        "#zoom",
        "div#zoom",
        "h1.zw",
        ".z",
        "div.main a",
        "a[href$='.pdf']",
        "div, p",
    ],
)
def test_as_lxml_finds_them(selector: str) -> None:
    root = etree.fromstring(PAGE, etree.HTMLParser())
    assert Selector(selector)(root) == CSSSelector(selector, translator="html")(root)
