"""What all sample portals share: how they answer for documents, attachments, single pages and robots.txt.

A site is a function of request, edition and serial number: ``serial`` counts the portal's requests and moves what
differs on every fetch (visit counters, advertisements, tokens), so that a test may know what it will get.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, ClassVar

from crawler.samples import text
from crawler.samples.challenges import challenge
from crawler.samples.data import data_folder
from crawler.samples.files import make_file
from crawler.samples.furniture import Furniture, template
from crawler.samples.genres import chinese_date
from crawler.samples.model import Column, Document, PortalData
from crawler.samples.sites.holdings import Holdings
from crawler.samples.wire import Request, Response, conditional, redirect

_MODIFIED = {1: "Mon, 01 Jun 2026 02:00:00 GMT", 2: "Tue, 02 Jun 2026 02:00:00 GMT"}


class Site(Holdings):
    """One sample portal; families override the addresses, the listings and the look of the metadata block."""

    templates: ClassVar[str]
    style: ClassVar[text.Style]

    def __init__(self, data: PortalData, *, crawl_delay: float) -> None:
        super().__init__(data)
        self.crawl_delay = crawl_delay
        self.furniture = Furniture(data)
        self.addresses = {
            self.address(document, data.column(key)): (document, data.column(key))
            for document in data.documents
            for key in document.directories
        }
        self.files = {
            self.file_path(document, data.column(key), file): (document, name)
            for document in data.documents
            for key in document.directories
            for name, file in text.attachments(document.text)
        }
        self.pages = {column.url: column for column in data.columns if column.expect == "single"}

    # --- what a family says -------------------------------------------------------------------------------

    def file_path(self, document: Document, column: Column, file: str) -> str:
        """The path (and query) of an attachment."""
        raise NotImplementedError

    def block(self, document: Document, column: Column) -> str:
        """The HTML of the metadata block."""
        raise NotImplementedError

    def extras(self, column: Column) -> dict[str, str]:
        """Further values for the detail template."""
        del column
        return {}

    def listing(self, request: Request, edition: int, serial: int) -> Response | None:
        """The answer to a listing request, None where the address is none of a listing."""
        raise NotImplementedError

    # --- answers ------------------------------------------------------------------------------------------

    def respond(self, request: Request, edition: int, serial: int) -> Response:
        """The answer to any request."""
        response = self._answer(request, edition, serial)
        if self.data.quirk("validators"):
            response = conditional(request, response, _MODIFIED[edition])
        gzip = self.data.quirk("gzip")
        asked = "gzip" in request.headers.get("accept-encoding", "")
        if gzip and response.body and (asked or gzip.data.get("unasked", False)):
            response = response.gzipped()
        return response

    def _answer(self, request: Request, edition: int, serial: int) -> Response:
        if request.path == "/robots.txt":
            return self._robots()
        target = request.target if request.target in self.addresses | self.files else request.path
        if target in self.files:
            return self.file(*self.files[target], edition)
        if target in self.addresses:
            document, column = self.addresses[target]
            if not self.present(document, edition):
                return self.absent(request.target, serial)
            return self.document(document, column, edition, serial)
        for quirk in self.data.quirks:
            if quirk.kind == "row" and quirk.data["href"] == request.target:
                return self._extra_row(quirk.data["row_kind"], quirk.data, edition)
        if request.path in self.pages:
            return self._single(self.pages[request.path], serial)
        if request.path + "/" in {column.url for column in self.data.columns}:
            return redirect(request.path + "/", 301)
        if request.path == "/":
            return self.home(edition, serial)
        return self.listing(request, edition, serial) or self.absent(request.target, serial)

    def html(self, markup: str, status: int = 200) -> Response:
        """A page in the portal's charset, under the Content-Type that the portal sends (right or wrong)."""
        body = markup.encode(self.data.charset, "xmlcharrefreplace")
        return Response(body, status, (("Content-Type", self.data.content_type),))

    def missing(self, serial: int) -> Response:
        """The portal's 404 page."""
        values = self.furniture.values(serial) | {"title": "页面不存在", "visits": str(serial)}
        return self.html(template("missing.html").render(values), 404)

    def absent(self, target: str, serial: int) -> Response:
        """What the portal answers for a document that is not there: a 404, or something that does not say so."""
        if self.data.quirk("redirect-home"):
            return redirect("/")
        if not self.data.quirk("soft-404"):
            return self.missing(serial)
        values = self.furniture.values(serial) | self.furniture.of_column(self.data.columns[0])
        values |= {"title": "页面提示", "body": template("soft_404.html").render({"address": escape(target)})}
        return self.html(template(f"{self.templates}/single.html").render(values))

    def home(self, edition: int, serial: int) -> Response:
        """The home page, with the newest documents of every column."""
        rows = [row for column in self.data.columns for row in self.rows(column, edition)[:3]]
        values = self.furniture.values(serial)
        values["rows"] = "\n".join(
            f'<li><a href="{escape(row.href)}">{escape(row.title)}</a><span>{row.published_on}</span></li>'
            for row in rows
        )
        return self.html(template("home.html").render(values))

    def document(self, document: Document, column: Column, edition: int, serial: int) -> Response:
        """A detail page, or what stands in its place."""
        for quirk in self.data.quirks:
            if quirk.document == document.id and quirk.kind.startswith(("challenge", "error")):
                return challenge(quirk.kind, serial)
        markup = self.detail(document, column, edition, serial)
        if self.data.quirk("truncated", document=document.id):
            markup = markup[: markup.index("<!--cut-->")]
        return self.html(markup)

    def detail(self, document: Document, column: Column, edition: int, serial: int) -> str:
        """The HTML of a detail page."""
        values = self.furniture.values(serial) | self.furniture.of_document(document, column)
        values |= self.neighbours(document, column, edition)
        values |= self.extras(column)
        values["block"] = self.block(document, column)
        values["body"] = text.to_html(
            self.body_text(document, edition),
            self.style,
            lambda name, file: self.file_link(document, column, name, file),
        )
        return template(f"{self.templates}/detail.html").render(values)

    def file_link(self, document: Document, column: Column, name: str, file: str) -> str:
        """The address of an attachment as the body writes it."""
        del name
        return self.file_path(document, column, file)

    def neighbours(self, document: Document, column: Column, edition: int) -> dict[str, str]:
        """上一篇 and 下一篇: they change when a document is inserted beside this one, and are not its content."""
        rows = [row for row in self.rows(column, edition) if row.document]
        here = next(index for index, row in enumerate(rows) if row.document == document)
        sides = {
            "previous": rows[here - 1] if here else None,
            "next": rows[here + 1] if here + 1 < len(rows) else None,
        }
        return {
            side: f'<a href="{row.href}">{row.title}</a>' if row else "没有了" for side, row in sides.items()
        }

    def file(self, document: Document, name: str, edition: int) -> Response:
        """The bytes of an attachment."""
        if not self.present(document, edition):
            return self.missing(0)
        lines = text.paragraphs(document.text)
        change = self.data.change(document.id, "replaced", edition)
        if change is not None and change.file == name:
            lines.append(change.adds)
        return make_file(name, document.title, lines)

    def _single(self, column: Column, serial: int) -> Response:
        """A column that is one page: 公开指南 and the like (platforms.md §27)."""
        source = (data_folder() / self.data.id / "texts" / column.data["text"]).read_text(encoding="utf-8")
        values = self.furniture.values(serial) | self.furniture.of_column(column)
        values["body"] = text.to_html(source, self.style, lambda _name, file: file)
        return self.html(template(f"{self.templates}/single.html").render(values))

    def _extra_row(self, kind: str, values: Mapping[str, Any], edition: int) -> Response:
        """A listed file, or an address that leads to a document."""
        if kind == "redirect":
            target = self.data.document(values["to"])
            return redirect(
                self.address(target, self.data.column(target.directories[0])), values.get("status", 302)
            )
        return make_file(
            values["name"],
            values["title"],
            [values["title"], f"第{edition}版" if "versions" in values else ""],
        )

    def _robots(self) -> Response:
        quirk = self.data.quirk("robots")
        if quirk is None:
            return Response(b"Not Found", 404, (("Content-Type", "text/plain"),))
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in quirk.data["disallow"])]
        if quirk.data.get("crawl_delay"):
            lines.append(f"Crawl-delay: {self.crawl_delay:g}")
        return Response("\r\n".join([*lines, ""]).encode(), 200, (("Content-Type", "text/plain"),))

    @staticmethod
    def day(iso: str) -> str:
        """A day written out."""
        return chinese_date(iso)
