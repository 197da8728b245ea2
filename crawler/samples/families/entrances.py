"""What leads to a sample portal's list: its home page, its disclosure section, and a column's page where the list has no address."""

from __future__ import annotations

import tomllib
from html import escape

from crawler.samples.families.specification import Specification

HOME, SECTION, COLUMN = "/", "/zfxxgk/index.html", "/zfxxgk/zcwj/index.html"
_FRAME = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="SiteName" content="样例市人民政府">'
    '<meta name="SiteIDCode" content="9901000022"><title>{title}</title></head><body>'
    '<ul class="nav"><li><a href="/">首页</a></li><li><a href="/xwzx/">新闻中心</a></li>'
    '<li><a href="{section}">政府信息公开</a></li><li><a href="/hdjl/">互动交流</a></li></ul>{main}</body></html>'
)


def entrances(specification: Specification) -> dict[str, str]:
    """The pages by their addresses; an address that the portal needs for itself is left to it."""
    directories = tomllib.loads(specification.portal)["directories"]
    columns = [(directory["url"], directory["name"]) for directory in directories if "url" in directory]
    if specification.column:
        columns.append((COLUMN, directories[0]["name"]))
    menu = "".join(f'<li><a href="{escape(url)}">{name}</a></li>' for url, name in columns)
    pages = {
        HOME: _page("样例市人民政府", "<p>欢迎访问样例市人民政府网站。</p>"),
        SECTION: _page("政府信息公开", f'<ul class="tree">{menu}</ul>'),
    }
    if specification.column:
        pages[COLUMN] = _page(directories[0]["name"], specification.column)
    return pages


def _page(title: str, main: str) -> str:
    return _FRAME.format(title=title, section=SECTION, main=main)
