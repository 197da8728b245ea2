"""The pages of the load portal, as bytes: listings, and documents whose greater part is shared."""

from __future__ import annotations

from datetime import date, timedelta

from crawler.samples.genres import compose
from crawler.samples.sites.trs import TrsSite
from crawler.samples.text import to_html

LISTING = "/zwgk/load/"
_GENRES = ("notice", "rule", "plan", "recruitment", "land", "publicity")
_PLACES = ("东坝镇", "西渡街道", "南浦区", "北塘县", "上河乡", "下湾镇", "青石桥街道")
_SUBJECTS = (
    "供水管网改造",
    "校园安全",
    "古桥修缮",
    "农机购置补贴",
    "湿地保护",
    "公共自行车运营",
    "档案数字化",
)
_FIRST = date(2015, 1, 5)


def _day(number: int) -> date:
    return _FIRST + timedelta(days=number % 3650)


def document_path(number: int) -> str:
    """The path of document ``number`` (from 0)."""
    day = _day(number).strftime("%Y%m%d")
    return f"{LISTING}{day[:6]}/t{day}_{number}.html"


def index_number(number: int) -> str:
    """The index number of a document: unique for fewer than 100,000 a year."""
    return f"000990777/{_day(number).year}-{number:05d}"


def title(number: int) -> str:
    """The title of a document."""
    place, subject = _PLACES[number % len(_PLACES)], _SUBJECTS[number // 7 % len(_SUBJECTS)]
    return f"{place}关于{subject}有关事项的公告（第{number}号）"


def document(number: int) -> bytes:
    """The part of a document that is its own: block, title, text."""
    day = _day(number).isoformat()
    values = {
        "id": str(number),
        "place": _PLACES[number % len(_PLACES)],
        "agency": _PLACES[number % len(_PLACES)] + "办事服务中心",
        "written_on": day,
    }
    text = compose(
        _GENRES[number % len(_GENRES)], values, f"subject={_SUBJECTS[number // 7 % len(_SUBJECTS)]}"
    )
    body = to_html(text, TrsSite.style, lambda _name, file: f"./{file}")
    name = title(number)
    return (
        f"<title>{name}</title><meta name='ArticleTitle' content='{name}'><meta name='PubDate' content='{day}'>"
        f"</head><body><table class='xxgk'><tr><td>索引号</td><td>{index_number(number)}</td><td>发布机构</td>"
        f"<td>{values['agency']}</td></tr><tr><td>公开日期</td><td>{day}</td><td>文号</td><td></td></tr></table>"
        f"<h1>{name}</h1><div class='TRS_Editor' id='zoom'>{body}</div>"
    ).encode()


def head() -> bytes:
    """What every document begins with."""
    css = "".join(f".m{n}{{float:left;width:{n % 90 + 10}px;color:#{n:06x}}}\n" for n in range(300))
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><style>{css}</style>".encode()


def tail(size: int) -> bytes:
    """What every document ends with, about ``size`` bytes: half navigation, half scripts, and a footer."""
    links = _lines("<li><a href='/zwgk/c{0}/' title='栏目{0}'>栏目{0}</a></li>\n", size // 2)
    script = _lines("var option{0} = {{name: 'item{0}', show: true}};\n", size // 2)
    foot = "<div class='foot'><p>主办：样例　网站标识码：9907770001</p></div></body></html>"
    return f"<div class='nav'><ul>{links}</ul></div><script>{script}</script>{foot}".encode()


def _lines(form: str, size: int) -> str:
    """The numbered lines of ``form`` that fill ``size`` bytes."""
    length = len(form.format(1000).encode())
    return "".join(form.format(1000 + number) for number in range(size // length))


def listing(page: int, pages: int, rows: range) -> bytes:
    """Listing page ``page`` (from 0) of ``pages``."""
    items = "".join(
        f'<li><a href="{document_path(number)}" title="{title(number)}">{title(number)[:18]}…</a>'
        f"<span>{_day(number).isoformat()}</span></li>\n"
        for number in rows
    )
    script = f'createPageHTML({pages}, {page}, "index", "html");'
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>通知公告</title></head><body>"
        f"<ul class='list'>{items}</ul><script>{script}</script></body></html>"
    ).encode()
