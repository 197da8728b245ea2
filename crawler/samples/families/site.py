"""A sample portal that answers as its family's file says; a pure function from request to response."""

from __future__ import annotations

import json
import re
from string import Template
from typing import Any
from urllib.parse import unquote

from crawler.samples.families.entrances import entrances
from crawler.samples.families.specification import Answer, Paper, Specification
from crawler.samples.wire import Request, Response, not_found, redirect

_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>$title</title></head><body>
<div class="path"><a href="/">首页</a> &gt; 政府信息公开</div>
<table class="index"><tr><td>索引号</td><td>$index</td><td>发布机构</td><td>$agency</td></tr>
<tr><td>发布日期</td><td>$published</td><td>公开方式</td><td>主动公开</td></tr>$more</table>
<h1>$title</h1>
<div id="zoom"><p>各村（社区）、各有关单位：</p>
<p>现将第$n件公文的有关事项告知如下，请结合实际认真贯彻落实，确保各项任务按期完成。</p>
<p>一、各单位应当于每季度末向$agency报送进展情况，逾期不报的予以通报。</p>
<p>二、本件自$published起施行，由$agency负责解释，编号为$n的旧件同时废止。</p></div></body></html>"""
_NUMBER_ROW = "<tr><td>文号</td><td>$number</td><td>成文日期</td><td>$written</td></tr>"
_STUB = b"<html><body></body></html>"


class FamilySite:
    """Answers requests for a specification's portal."""

    def __init__(self, specification: Specification):
        self.specification = specification
        self._papers = specification.papers()
        self._pages = {self.path_of(paper): paper for paper in self._papers}
        self._entrances = entrances(specification)

    def path_of(self, paper: Paper) -> str:
        """The address of a document below the site's root, with its query."""
        return Template(self.specification.address).substitute(paper.values)

    def respond(self, request: Request) -> Response:
        """The answer to one request; 404 for what the file does not name."""
        target = request.target.partition("#")[0]
        paper = self._pages.get(target) or self._pages.get(target.partition("?")[0])
        if paper is not None:  # a query that nobody asked for changes nothing
            return self._document(paper)
        if target in self._entrances:
            return Response(
                self._entrances[target].encode(), 200, (("Content-Type", "text/html; charset=utf-8"),)
            )
        for answer in self.specification.answers:
            match = re.fullmatch(answer.path, request.path)
            if match and request.method == answer.method and self._fits(answer, request):
                if answer.needs and answer.needs not in request.headers:
                    return not_found("没有找到")
                if answer.cookie and f"{answer.cookie}=" not in request.headers.get("cookie", ""):
                    return redirect(target).with_headers(("Set-Cookie", f"{answer.cookie}=1; Path=/"))
                return self._listing(answer, request, match)
        return not_found("没有找到")

    def _document(self, paper: Paper) -> Response:
        hidden = "document_number" in self.specification.listing_only
        template = self.specification.detail or _PAGE
        more = "" if hidden else Template(_NUMBER_ROW).substitute(paper.values)
        text = Template(template).substitute({**paper.values, "more": more})
        return Response(text.encode(), 200, (("Content-Type", "text/html; charset=utf-8"),))

    def _fits(self, answer: Answer, request: Request) -> bool:
        return all(_asked(request, name) == value for name, value in answer.when.items())

    def _listing(self, answer: Answer, request: Request, match: re.Match[str]) -> Response:
        papers = self._papers
        if answer.days:
            first, last = (str(_asked(request, name) or "") for name in answer.days)
            papers = [paper for paper in papers if (first or "0") <= paper.published_on <= (last or "9")]
        size = int(_asked(request, answer.size) or self.specification.page_size) if answer.size else None
        size = min(size or self.specification.page_size, answer.most or 10_000)
        reachable = papers[: answer.cap] if answer.cap else papers
        pages = max(1, -(-len(reachable) // size))
        if answer.window:
            start, end = (int(_asked(request, name) or 1) for name in answer.window)
            page, shown = 1, reachable[start - 1 : min(end, start + size - 1)]
        else:
            page = self._page(answer, request, match, pages)
            shown = reachable[(page - 1) * size : page * size]
        if not shown and papers and not answer.window:
            if answer.beyond == "404":
                return not_found("没有找到")
            if answer.beyond == "stub":
                return Response(_STUB, 200, (("Content-Type", "text/html"),))
            if answer.beyond == "first":
                page, shown = 1, reachable[:size]
        values = {
            "site": f"http://{request.headers.get('host', '')}",
            "total": str(len(papers)),
            "pages": str(pages),
            "page": str(page),
            "page0": str(page - 1),
            "size": str(size),
        }
        rows = (self._row(answer, paper, values) for paper in shown)
        text = Template(answer.text).substitute({**values, "rows": answer.join.join(rows)})
        return Response(text.encode(), 200, (("Content-Type", answer.content_type),))

    def _page(self, answer: Answer, request: Request, match: re.Match[str], pages: int) -> int:
        asked = (
            match.groupdict().get("page") if "page" in match.re.groupindex else _asked(request, answer.page)
        )
        if not asked or not str(asked).isdecimal():
            return 1
        number = int(asked)
        if answer.numbering == "descending":
            return pages - number + 1
        return max(1, number - answer.first + 1)

    def _row(self, answer: Answer, paper: Paper, values: dict[str, str]) -> str:
        own = {**paper.values, "path": self.path_of(paper)}
        if answer.escape == "json":
            own = {name: json.dumps(text, ensure_ascii=False)[1:-1] for name, text in own.items()}
        elif answer.escape == "percent":
            own = {name: _percent(text) for name, text in own.items()}
        elif answer.escape == "line-ends":
            own["title"] = f"{own['title'][:9]}\r\n{own['title'][9:]}"
        return Template(answer.row).substitute({**values, **own})


def _percent(text: str) -> str:
    """Chinese as ``%uXXXX``, the rest as it is."""
    return "".join(sign if ord(sign) < 128 else f"%u{ord(sign):04X}" for sign in text)


def _asked(request: Request, name: str) -> Any:
    """What a request gives under ``query.x``, ``form.x``, ``json.a.b`` or ``query.x.a`` (JSON inside a parameter)."""
    if not name:
        return None
    place, _, rest = name.partition(".")
    if place == "json":
        return _inside(request.body.decode(), rest)
    parameters = request.query if place == "query" else request.parameters
    if rest in parameters:
        return parameters[rest]
    key, _, inner = rest.partition(".")
    return _inside(parameters.get(key, "null"), inner) if inner else None


def _inside(text: str, path: str) -> Any:
    try:
        value = json.loads(unquote(text) if text.startswith("%7B") else text)  # escaped twice
    except ValueError:
        return None
    for key in path.split("."):
        if isinstance(value, list):
            value = value[0] if value else None
        value = value.get(key) if isinstance(value, dict) else None
    return str(value) if isinstance(value, int | str) else None
