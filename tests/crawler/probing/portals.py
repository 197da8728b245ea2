"""Portals with a section of several columns, pagers and details, of no family's sample: what a probe meets outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from crawler.samples.challenges import challenge
from crawler.samples.wire import Request, Response, not_found

COLUMNS = {
    "guizhang": ("政府规章", 23),
    "gfxwj": ("行政规范性文件", 38),
    "ysjs": ("预算决算", 7),
    "nb": ("政府信息公开年报", 4),
}
PER_PAGE = 15
HTML = ("Content-Type", "text/html; charset=utf-8")


@dataclass(frozen=True)
class Paper:
    """One document."""

    column: str
    n: int

    @property
    def day(self) -> date:
        return date(2021, 3, 1) + timedelta(days=11 * self.n + len(self.column))

    @property
    def title(self) -> str:
        return f"关于{COLUMNS.get(self.column, ('新闻', 0))[0]}第{self.n}号事项的通知"


class Portal:
    """Own addresses and lists are a subclass's; home page, section, guide and details are shared."""

    section = "/xxgk/"

    def url(self, paper: Paper) -> str:
        raise NotImplementedError

    def column_url(self, column: str) -> str:
        raise NotImplementedError

    def list_page(self, request: Request) -> str | None:
        raise NotImplementedError

    def papers(self, column: str) -> list[Paper]:
        return [Paper(column, n) for n in range(COLUMNS[column][1], 0, -1)]

    def all(self) -> list[Paper]:
        return [paper for column in COLUMNS for paper in self.papers(column)]

    def rows(self, papers: list[Paper], tag: str = "li") -> str:
        return "".join(
            f'<{tag}><a href="{self.url(paper)}">{paper.title}</a><em>{paper.day}</em></{tag}>'
            for paper in papers
        )

    def page(self, title: str, main: str) -> Response:
        links = {
            "/": "首页",
            "/xw/": "新闻中心",
            self.section: "政务公开",
            "/hdjl/": "互动交流",
            "/wzdt.html": "网站地图",
        }
        menu = "".join(f'<li><a href="{url}">{name}</a></li>' for url, name in links.items())
        text = (
            f'<html><head><meta charset="utf-8"><title>{title}-临安市人民政府</title></head><body><ul>{menu}</ul>{main}'
            "<p>网站标识码：3703010001</p></body></html>"
        )
        return Response(text.encode(), 200, (HTML,))

    def menu(self) -> str:
        own = "".join(
            f'<li><a href="{self.column_url(key)}">{name}</a></li>' for key, (name, _) in COLUMNS.items()
        )
        return f'<ul class="left"><li><a href="{self.section}zn.html">政府信息公开指南</a></li>{own}</ul>'

    def respond(self, request: Request) -> Response:
        """The answer to any request."""
        newest = [paper for column in COLUMNS for paper in self.papers(column)[:3]]
        if request.target == "/":
            return self.page("首页", f"<ul>{self.rows(newest[:5])}</ul>")
        if request.target == self.section:
            return self.page("政府信息公开", f"{self.menu()}<ul>{self.rows(newest)}</ul>")
        if request.target == f"{self.section}zn.html":
            return self.page(
                "指南", f"{self.menu()}<div>本指南说明公民、法人和其他组织怎样获取政府信息。</div>"
            )
        known = {self.url(paper): paper for paper in self.all()}
        if request.target in known:
            return self.page(
                known[request.target].title, f"<h1>{known[request.target].title}</h1><p>请遵照执行。</p>"
            )
        main = self.list_page(request)
        return self.page("栏目", f"{self.menu()}{main}") if main is not None else not_found("没有找到")


class Trs(Portal):
    """TRS below a folder of its own, relative links, shtml; a stub behind the last page."""

    def url(self, paper: Paper) -> str:
        return f"{self.column_url(paper.column)}{paper.day:%Y%m}/t{paper.day:%Y%m%d}_{3000 + paper.n}.shtml"

    def column_url(self, column: str) -> str:
        return f"/xxgk/fdnr/{column}/"

    def list_page(self, request: Request) -> str | None:
        column, _, name = request.path.removeprefix("/xxgk/fdnr/").partition("/")
        number = name.removeprefix("index").removesuffix(".shtml").strip("_") or "0"
        if column not in COLUMNS or not number.isdecimal():
            return None
        papers, page = self.papers(column), int(number)
        rows = self.rows(papers[page * PER_PAGE : (page + 1) * PER_PAGE])
        pages = -(-len(papers) // PER_PAGE)
        return f'<ul>{rows}</ul><script>createPageHTML({pages}, {page}, "index", "shtml");</script>'


class Unknown(Portal):
    """A system of no known family: rows without a list element, a box of news beside every list, a next link."""

    section = "/open/"

    def url(self, paper: Paper) -> str:
        return f"/open/view.php?doc={paper.column}.{paper.n}"

    def column_url(self, column: str) -> str:
        return f"/open/list.php?c={column}"

    def list_page(self, request: Request) -> str | None:
        if request.path != "/open/list.php":
            return None
        column, page = request.query["c"], int(request.query.get("pg", 1))
        papers = self.papers(column)
        shown = papers[(page - 1) * PER_PAGE : page * PER_PAGE]
        more = page * PER_PAGE < len(papers)
        onward = f'<a href="?c={column}&pg={page + 1}">下一页</a>' if more else ""
        news = "".join(f'<p><a href="/news.php?n={n}">要闻第{n}条</a> 2026-01-0{n}</p>' for n in range(1, 7))
        return f'<div class="box">{news}</div><div class="items">{self.rows(shown, "div")}</div>{onward}'


class Numbered(Unknown):
    """The same with a pager of numbers alone, and rows of a table whose dates stand in a cell."""

    def list_page(self, request: Request) -> str | None:
        if request.path != "/open/list.php":
            return None
        column, page = request.query["c"], int(request.query.get("pg", 1))
        papers = self.papers(column)
        cells = "".join(
            f'<tr><td>{paper.n}</td><td><a href="{self.url(paper)}">{paper.title}…</a></td><td>{paper.day}</td></tr>'
            for paper in papers[(page - 1) * PER_PAGE : page * PER_PAGE]
        )
        pages = range(1, -(-len(papers) // PER_PAGE) + 1)
        pager = "".join(f'<a href="?c={column}&pg={number}">{number}</a>' for number in pages)
        return f'<table class="t">{cells}</table>{pager}'


class Blocked(Portal):
    """Every page of the section is a challenge."""

    def respond(self, request: Request) -> Response:
        return challenge("challenge-jsl", 1) if request.path != "/" else self.page("首页", "")


class Shell(Portal):
    """The section is made in the browser."""

    def respond(self, request: Request) -> Response:
        if request.path == "/":
            return self.page("首页", "")
        return Response(
            b'<html><body><div id="app"></div><script src="/static/app.1.js"></script></body></html>',
            200,
            (HTML,),
        )
