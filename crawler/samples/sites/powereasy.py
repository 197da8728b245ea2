"""动易 PowerEasy: extension-less columns with ``?page=N``, and older .aspx pages (platforms.md §14, §33)."""

from __future__ import annotations

from html import escape
from typing import ClassVar

from crawler.samples.furniture import template
from crawler.samples.model import Column, Document, Row
from crawler.samples.sites.base import Site
from crawler.samples.text import Style
from crawler.samples.wire import Request, Response


class PowerEasySite(Site):
    """Answers as a PowerEasy portal; columns with ``style = "old"`` are its pages of 2019."""

    templates: ClassVar[str] = "powereasy"
    style: ClassVar[Style] = Style(
        paragraph='<p class="MsoNormal" style="text-indent:32.0pt"><span lang="EN-US"></span><span>{}</span></p>',
        heading='<p class="MsoNormal"><b><span style="font-family:黑体">{}</span></b></p>',
        right='<p class="MsoNormal" align="right"><span>{}</span></p>',
        table='<div align="center"><table class="MsoTableGrid" border="1" cellpadding="0">{}</table></div>',
        cell='<td width="120"><p class="MsoNormal"><span>{}</span><span lang="EN-US"><o:p></o:p></span></p></td>',
        link='<p class="MsoNormal"><img src="/Skin/ico/fj.gif" alt=""><a href="{}">{}</a></p>',
    )

    def address(self, document: Document, column: Column) -> str:
        """``{column path}/content_<id>``, or the old page's query."""
        if column.data.get("style") == "old":
            return f"/Government/PublicInfoShow.aspx?ID={document.id}"
        return f"{column.url}/content_{document.id}"

    def file_path(self, document: Document, column: Column, file: str) -> str:
        """Uploads lie by year and month, under their Chinese names (platforms.md §26)."""
        year, month, _ = document.created_on.split("-")
        return f"/upload/files/{year}/{int(month)}/{file}"

    def block(self, document: Document, column: Column) -> str:
        """The four-column table of Shangqiu (platforms.md §14 no. 4); the old page's has its own class."""
        pairs = [
            ("索引号:", document.index_number),
            ("公开责任部门", document.agency),
            ("公开日期", document.published_on),
            ("公开目录", document.catalog),
            ("公开形式", "主动公开"),
            ("文号", document.document_number),
            ("信息有效性", "有效"),
            ("", ""),
        ]
        name = "imf-public-read-table" if column.data.get("style") == "old" else "xxgk-table"
        rows = [
            "<tr>"
            + "".join(f"<td>{label}</td><td>{escape(value)}</td>" for label, value in pairs[at : at + 2])
            + "</tr>"
            for at in range(0, len(pairs), 2)
        ]
        return f'<table class="{name}" cellspacing="0">{"".join(rows)}</table>'

    def extras(self, column: Column) -> dict[str, str]:
        """The body's class: the 2009 pages' is known, the present one's is not (platforms.md §14)."""
        return {"body_class": "imf-public-read-text" if column.data.get("style") == "old" else "conTxt"}

    def respond(self, request: Request, edition: int, serial: int) -> Response:
        """As every site, with the session and token cookies of ASP.NET (platforms.md §14)."""
        response = super().respond(request, edition, serial)
        if "asp.net_sessionid" in request.headers.get("cookie", "").lower():
            return response
        token = self.furniture.values(serial)["token"]
        return response.with_headers(
            ("Set-Cookie", f"ASP.NET_SessionId={token}; path=/; HttpOnly; SameSite=Lax"),
            ("X-AspNetMvc-Version", "5.2"),
        )

    def listing(self, request: Request, edition: int, serial: int) -> Response | None:
        """A list page; any number beyond the last one answers with page 1 (platforms.md §22, §33)."""
        query = request.query
        for column in self.data.columns:
            path, _, own = column.url.partition("?")
            if request.path.rstrip("/") == path and own in request.target:
                break
        else:
            return None
        page = int(query["page"]) if query.get("page", "").isdecimal() else 1
        rows, pages = self.page_rows(column, page, edition)
        if not 1 <= page <= pages:
            page = 1
            rows, pages = self.page_rows(column, 1, edition)
        old = column.data.get("style") == "old"
        values = self.furniture.values(serial) | self.furniture.of_column(column)
        values["rows"] = "".join((self._old_row if old else self._row)(row, column) for row in rows)
        values["pager"] = self._pager(column, page, pages, len(self.rows(column, edition)))
        return self.html(template(f"powereasy/{'old_' if old else ''}listing.html").render(values))

    def _pager(self, column: Column, page: int, pages: int, records: int) -> str:
        def link(number: int, name: str) -> str:
            joint = "&amp;" if "?" in column.url else "?"
            return f'<a href="{escape(column.url)}{joint}page={number}">{name}</a>'

        links = [link(number, str(number)) for number in range(1, pages + 1) if number != page]
        if page < pages:
            links.append(link(page + 1, "下一页"))
        if column.data.get("counted"):
            links.append(f"<span>共{pages}页 {records}条</span>")
        return "\n".join(links)

    def _row(self, row: Row, column: Column) -> str:
        pin = '<span class="istop">顶</span>' if row.pinned else ""
        return (
            f'<li>{pin}<a href="{escape(row.href)}" title="{escape(row.title)}">'
            f'{escape(self.shown_title(row, column))}</a><span class="date">{row.published_on}</span></li>\n'
        )

    def _old_row(self, row: Row, column: Column) -> str:
        index = row.document.index_number if row.document else ""
        agency = row.document.agency if row.document else ""
        return (
            f'<tr><td>{escape(index)}</td><td><a href="{escape(row.href)}" title="{escape(row.title)}">'
            f"{escape(self.shown_title(row, column))}</a></td><td>{escape(agency)}</td>"
            f"<td>{row.published_on}</td></tr>\n"
        )
