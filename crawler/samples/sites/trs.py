"""TRS WCM: ``/YYYYMM/tYYYYMMDD_id.html``, list pages ``index.html``, ``index_1.html`` … (platforms.md §1)."""

from __future__ import annotations

import posixpath
import re
from html import escape
from typing import ClassVar

from crawler.samples.furniture import template
from crawler.samples.model import Column, Document, Row
from crawler.samples.sites.base import Site
from crawler.samples.text import Style
from crawler.samples.wire import Request, Response

_PAGE = re.compile(r"^(?P<column>/.*/)(?:index(?:_(?P<number>\d+))?\.html)?$")
_STUB = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>信息列表</title></head><body>'
    '<div class="list"><ul></ul></div><script>createPageHTML(0, 0, "index", "html");</script>'
    '<div class="foot"><p>版权所有</p></div><!-- 栏目下没有更多内容，请返回首页或者使用站内检索 --></body></html>'
)


class TrsSite(Site):
    """Answers as a TRS WCM portal's web server."""

    templates: ClassVar[str] = "trs"
    style: ClassVar[Style] = Style(
        paragraph='<p style="text-indent: 2em; text-align: justify;">{}</p>',
        heading='<p style="text-indent: 2em;"><strong>{}</strong></p>',
        right='<p style="text-align: right;">{}&nbsp;&nbsp;&nbsp;&nbsp;</p>',
        table='<table border="1" cellspacing="0" cellpadding="0" style="margin: 0 auto;"><tbody>{}</tbody></table>',
        cell="<td><p>{}</p></td>",
        link='<p style="text-indent: 2em;"><a href="{0}" oldsrc="/protect/{0}" title="{1}">{1}</a></p>',
    )

    def address(self, document: Document, column: Column) -> str:
        """The day in the address is that of entry, not the published one (platforms.md §1 Gotchas)."""
        day = document.created_on.replace("-", "")
        place = document.directories.index(column.key)
        number = f"{document.id}{place or ''}"
        return f"{column.url}{day[:6]}/t{day}_{number}.html"

    def file_path(self, document: Document, column: Column, file: str) -> str:
        """Attachments lie in the document's month directory, as ``P0YYYYMMDD<digits>.<ext>`` (platforms.md §1)."""
        if not file.startswith("P0"):
            stem = f"P0{document.created_on.replace('-', '')}{int(document.id) * 7919 % 10**9:09d}"
            file = stem + posixpath.splitext(file)[1]
        return posixpath.dirname(self.address(document, column)) + "/" + file

    def file_link(self, document: Document, column: Column, name: str, file: str) -> str:
        """Linked relative to the page."""
        return "./" + posixpath.basename(self.file_path(document, column, file))

    def block(self, document: Document, column: Column) -> str:
        """A definition list: every portal lays the block out in its own way (platforms.md §1 Detail, §24)."""
        pairs = (
            ("索 引 号", document.index_number),
            ("主题分类", document.catalog),
            ("发布机构", document.agency),
            ("成文日期", self.day(document.written_on)),
            ("文　　号", document.document_number or "无"),
            ("发布日期", document.published_on),
            ("效力状态", "有效"),
        )
        items = "".join(f"<dt>{label}：</dt><dd>{escape(value)}</dd>" for label, value in pairs)
        return f'<dl class="xxgk-head">{items}</dl>'

    def listing(self, request: Request, edition: int, serial: int) -> Response | None:
        """A list page; beyond the last one a stub with status 200."""
        match = _PAGE.match(request.path)
        column = next(
            (column for column in self.data.columns if match and column.url == match["column"]), None
        )
        if match is None or column is None:
            return None
        page = int(match["number"]) + 1 if match["number"] else 1
        rows, pages = self.page_rows(column, page, edition)
        if page > pages:
            return self.html(_STUB) if self.data.quirk("stub-beyond-last") else None
        values = self.furniture.values(serial) | self.furniture.of_column(column)
        values["rows"] = self._rows(rows, column)
        values["pager"] = self._pager(column, page, pages, edition)
        return self.html(template("trs/listing.html").render(values))

    def _pager(self, column: Column, page: int, pages: int, edition: int) -> str:
        if self.data.quirk("count-page", directory=column.key):
            total = len(self.rows(column, edition))
            return f"var countPage={pages};\nvar countnum={total};\nvar currentPage={page - 1};"
        return f'createPageHTML({pages}, {page - 1}, "index", "html");'

    def _rows(self, rows: list[Row], column: Column) -> str:
        if column.data.get("layout") == "table":
            head = "<tr><th>名称</th><th>索引号</th><th>发布机构</th><th>发布日期</th></tr>"
            body = "".join(self._table_row(row, column) for row in rows)
            return f'<table class="xxgk-list">{head}{body}</table>'
        return f'<ul class="list-news">{"".join(self._list_row(row, column) for row in rows)}</ul>'

    def _link(self, row: Row, column: Column) -> str:
        href = row.href if "//" in row.href else "./" + posixpath.relpath(row.href, column.url)
        shown = escape(self.shown_title(row, column))
        return f'<a href="{escape(href)}" title="{escape(row.title)}" target="_blank">{shown}</a>'

    def _list_row(self, row: Row, column: Column) -> str:
        pin = '<em class="top">置顶</em>' if row.pinned else ""
        return f"<li>{pin}{self._link(row, column)}<span>{row.published_on.replace('-', '/')}</span></li>\n"

    def _table_row(self, row: Row, column: Column) -> str:
        document = row.document
        index, agency = (document.index_number, document.agency) if document else ("", "")
        cells = (self._link(row, column), escape(index), escape(agency), row.published_on)
        return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"
