"""A TRS portal whose documents come and go as a test says, and which says that they are gone in its own way."""

from __future__ import annotations

import re
from collections.abc import Callable

from crawler.samples.wire import Request, Response, redirect

from .runner import Gongkai, portal_text
from .sites import HTML, LocalSite

NIGHT = "2026-06-{:02}T02:00:00+08:00"
CHALLENGE = Response(
    b"<html><script>document.cookie='__jsl_clearance_s=1';location.href=location.pathname</script></html>",
    521,
    (HTML, ("Set-Cookie", "__jsluid_s=0123456789abcdef; path=/")),
)

Missing = Callable[["Portal", Request], Response]


def dressed(body: str, title: str = "样例县人民政府") -> Response:
    """A page in the portal's template: head, menu and foot are longer than a short document."""
    menu = "".join(
        f"<li>{name}</li>" for name in ("首页", "政务公开", "办事服务", "政民互动", "走进样例", "数据开放")
    )
    foot = "主办单位：样例县人民政府办公室 技术支持：样例县大数据中心 网站标识码 备案编号 联系我们 网站地图 免责声明"
    markup = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f'<div class="top">欢迎访问样例县人民政府门户网站</div><div class="menu">{menu}</div>{body}'
        f'<div class="foot">{foot}</div></body></html>'
    )
    return Response(markup.encode(), 200, (HTML,))


class Portal:
    """``documents``: body by number; ``listed``: what the listing has; ``blocked``: answered with a challenge."""

    def __init__(self, missing: Missing, count: int = 5) -> None:
        self.missing = missing
        self.documents = {number: self.text(number) for number in range(1, count + 1)}
        self.listed = set(self.documents)
        self.blocked: set[int] = set()
        self.everything: Callable[[Request], Response] | None = None
        self.asked = 0
        self.site = LocalSite(self.answer)

    @staticmethod
    def text(number: int) -> str:
        """A body of a document's own."""
        return "".join(
            f"<p>{'甲乙丙丁戊己庚辛'[number % 8]}类第{number}号通告第{n}段：综合科第{number * 7 + n}组负责解释"
            f"{'春夏秋冬'[n % 4]}季{'东南西北'[number % 4]}片区的有关事项。</p>"
            for n in range(1, 6)
        )

    @staticmethod
    def title(number: int) -> str:
        """Of a document."""
        return f"关于{'东南西北中'[number % 5]}片区{'道路河道桥梁绿地路灯'[number * 2 % 10 :][:2]}养护的通告"

    @staticmethod
    def path(number: int) -> str:
        """Of a document."""
        return f"/zwgk/202601/t20260105_{number}.html"

    def withdraw(self, number: int) -> None:
        """Take a document from the listing and from the portal."""
        self.listed.discard(number)
        del self.documents[number]

    def publish(self, number: int, body: str | None = None) -> None:
        """Put a document there, or back, or exchange its body."""
        self.documents[number] = body or self.text(number)
        self.listed.add(number)

    def answer(self, request: Request) -> Response:
        """What the portal answers."""
        self.asked += 1
        if request.path == "/robots.txt":
            return Response(b"", 404, (HTML,))
        if self.everything is not None:
            return self.everything(request)
        if request.path == "/":
            return self.home(request)
        if request.path == "/zwgk/":
            return self.listing()
        found = re.fullmatch(r"/zwgk/202601/t20260105_(\d+)\.html", request.path)
        number = int(found[1]) if found else 0
        if number in self.blocked:
            return CHALLENGE
        return self.document(number) if number in self.documents else self.missing(self, request)

    def document(self, number: int) -> Response:
        """A document's page."""
        block = (
            f"<table><tr><td>索引号</td><td>000990901/2026-{number:05d}</td></tr></table>"
            if number < 5
            else ""
        )
        return dressed(
            f'{block}<h1>{self.title(number)}</h1><div class="TRS_Editor">{self.documents[number]}</div>'
        )

    def listing(self) -> Response:
        """The one page of the directory."""
        return dressed(
            f'<ul>{self._rows()}</ul><script>createPageHTML(1, 0, "index", "html");</script>', "政务公开"
        )

    def home(self, request: Request) -> Response:
        """The home page: it has the newest rows too, and a counter."""
        return dressed(
            f"<h2>要闻</h2><p>今日访问{self.asked}人</p><ul>{self._rows(3)}</ul>{'<p>县情概览</p>' * 9}"
        )

    def _rows(self, at_most: int = 99) -> str:
        return "".join(
            f'<li><a href="{self.path(number)}">{self.title(number)}</a><span>2026-01-0{number}</span></li>\n'
            for number in sorted(self.listed, reverse=True)[:at_most]
        )


def not_found(portal: Portal, request: Request) -> Response:
    """A true 404."""
    return Response("页面不存在".encode(), 404, (HTML,))


def soft(portal: Portal, request: Request) -> Response:
    """200 in the portal's template, with the address, a counter and another advertisement each time."""
    ad = ("防火防汛宣传月", "全民反诈在行动", "招商引资服务线")[portal.asked % 3]
    return dressed(
        f"<p>{ad}</p><p>抱歉，您访问的页面不存在或已被删除</p><p>{request.target}</p><p>第{portal.asked}次</p>"
    )


def home(portal: Portal, request: Request) -> Response:
    """A redirect to the home page."""
    return redirect("/")


def refresh_home(portal: Portal, request: Request) -> Response:
    """A page that the browser leaves for the home page."""
    return Response(
        '<html><head><meta http-equiv="refresh" content="0;url=/index.html"></head><body>正在返回</body></html>'.encode(),
        200,
        (HTML,),
    )


def home_page(portal: Portal, request: Request) -> Response:
    """The home page itself, under the document's address."""
    return portal.home(request)


def error_page(portal: Portal, request: Request) -> Response:
    """A redirect to an error page that answers 200."""
    return dressed("<p>出错了</p>") if request.path == "/error.html" else redirect("/error.html")


class Nights:
    """Crawls a portal night after night; says what happened in each."""

    def __init__(self, gongkai: Gongkai, portal: Portal, *, budget: int = 0, directory: str = "") -> None:
        self.gongkai = gongkai
        self.portal = portal
        self.told = 0
        gongkai.portal(
            "local",
            portal_text(
                portal.site.base_url,
                "trs-static",
                'key = "zwgk"\nname = "政务公开"\nurl = "/zwgk/"\n' + directory,
                http="allow_private_hosts = true",
                more=f"[schedule]\nrevisit_budget = {budget}",
            ),
        )

    def __call__(self, day: int, *options: str, code: int = 0) -> list[tuple[str, str]]:
        """Crawl on a night of June; the events that came, with the title of their document."""
        ran = self.gongkai("crawl", "local", "--sweep", *options, now=NIGHT.format(day))
        assert ran.code == code, ran.out + ran.err
        rows = self.gongkai.query(
            "SELECT e.kind, d.title FROM events AS e JOIN documents AS d ON d.id = e.document_id ORDER BY e.seq"
        )
        new, self.told = rows[self.told :], len(rows)
        return new
