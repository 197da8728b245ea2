"""A small portal of the family trs-static, and redesigns of its pages: functions from HTML to HTML."""

from __future__ import annotations

import re
from collections.abc import Callable

from crawler.samples.families.specification import Answer, Specification

SAMPLE = Specification(
    family="trs-static",
    cites=(),
    address="/zwgk/$month6/t${day8}_$id.html",
    documents=23,
    page_size=7,
    answers=(
        Answer(
            path=r"/zwgk/zcwj/(?:index(?:_(?P<page>\d+))?\.html)?",
            first=0,
            beyond="stub",
            row='<li><a href="$path" title="$title">$short</a><span>$published</span></li>',
            text="<html><body><ul>$rows</ul>"
            '<script>createPageHTML($total, $pages, $page0, "index", "html");</script></body></html>',
        ),
    ),
    portal='[[directories]]\nkey = "policy"\nname = "政策文件"\nurl = "/zwgk/zcwj/"\n',
)

Redesign = Callable[[str], str]

_BLOCK = re.compile(r'<table class="index">(.*?)</table>', re.DOTALL)
_CELL = re.compile("<td>(.*?)</td>")
_ROW = re.compile(r'<li><a href="([^"]*)" title="([^"]*)">[^<]*</a><span[^>]*>([^<]*)</span></li>')
LABELS = {
    "索引号": "信息编码",
    "发布机构": "公布单位",
    "发布日期": "挂网时日",
    "公开方式": "公布途径",
    "成文日期": "落款时日",
    "文号": "公文编码",
}


def relabelled(html: str) -> str:
    """The metadata block says the same under other words."""
    return _BLOCK.sub(lambda match: _words(match.group()), html)


def _words(html: str) -> str:
    for old, new in LABELS.items():
        html = html.replace(old, new)
    return html


def unlabelled(html: str) -> str:
    """The block's values alone, each with a class of its own."""
    return _BLOCK.sub(
        lambda match: "".join(
            f'<p><b class="k-{"abcdefgh"[n]}">{value}</b></p>'
            for n, value in enumerate(_CELL.findall(match.group())[1::2])
        ),
        html,
    )


def drawn(html: str) -> str:
    """The block is a picture."""
    return _BLOCK.sub('<img src="/block.png" alt="">', html)


def renamed(html: str) -> str:
    """Other classes and ids, headings that are none, and text of the portal's own beside the body."""
    html = html.replace("<h1>", '<div class="wz-bt">').replace("</h1>", "</div>")
    html = re.sub("<title>.*?</title>", "<title>政府信息公开</title>", html)
    html = html.replace('class="index"', 'class="gk-kuai"')
    beside = "<p>本栏目由市政府办公室主办，欢迎广大市民提出意见和建议，我们将认真研究并及时答复。</p>" * 2
    below = "<p>如有疑问请与信息公开办公室联系，办公时间为工作日上午九时至下午五时，节假日休息。</p>"
    html = html.replace('<div id="zoom">', f'<div class="wz"><div class="ce">{beside}</div><div class="nr">')
    return html.replace("</div></body>", f'</div><div class="di">{below}</div></div></body>')


def rows(html: str) -> str:
    """The list is made of other elements, and its pager is another script."""
    html = _ROW.sub(
        r'<article class="tiao"><time>\3</time><p class="t"><a href="\1">\2</a></p></article>', html
    )
    html = re.sub("<ul[^>]*>", '<section class="lie">', html).replace("</ul>", "</section>")
    return html.replace("createPageHTML(", "fanye(")


def days(html: str) -> str:
    """Rows without links, their day over the month; the pager is a phrase."""

    def row(match: re.Match[str]) -> str:
        href, title, day = match.groups()
        return (
            f'<div class="it"><div class="tt" data-href="{href}">{title}</div>'
            f'<div class="dd"><b>{day[8:]}</b><i>{day[:7]}</i></div></div>'
        )

    html = _ROW.sub(row, html)
    html = html.replace("<ul>", '<div class="lst">').replace("</ul>", "</div>")
    return re.sub(
        r"<script>createPageHTML\((\d+), .*?</script>",
        r'<div class="pg">共 \1 条</div>',
        html,
        flags=re.DOTALL,
    )


def scripted(html: str) -> str:
    """Where the list stood a script draws it."""
    return re.sub("<ul>.*?</ul>", '<div id="app"></div><script>draw(731)</script>', html, flags=re.DOTALL)
