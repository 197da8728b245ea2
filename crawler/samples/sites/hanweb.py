"""大汉 Hanweb: columns with an XML island and dataproxy windows (platforms.md §2), and the xxgk module (§2b)."""

from __future__ import annotations

import hashlib
from html import escape
from typing import ClassVar
from urllib.parse import quote

from crawler.samples.furniture import template
from crawler.samples.model import Column, Document, Row
from crawler.samples.sites.base import Site
from crawler.samples.text import Style
from crawler.samples.wire import Request, Response, raw_header

_PERPAGE_LIMIT = 300  # platforms.md §2 Rules: a larger perpage is truncated
_ENDPOINTS = ("/module/web/jpage/dataproxy.jsp", "/module/jpage/dataproxy.jsp")


class HanwebSite(Site):
    """Answers as a Hanweb JCMS portal; columns with ``infotype`` are nodes of its xxgk module."""

    templates: ClassVar[str] = "hanweb"
    style: ClassVar[Style] = Style(
        paragraph='<p style="text-align: left; text-indent: 2em;">{}</p>',
        heading='<p style="text-align: left; text-indent: 2em;"><span style="font-family: 黑体;">{}</span></p>',
        right='<p style="text-align: right; text-indent: 2em;">{}&nbsp;&nbsp;</p>',
        table='<table border="1" cellspacing="0" style="border: none;"><tbody>{}</tbody></table>',
        cell='<td width="120" valign="center"><p style="text-align: left;">{}</p></td>',
        link='<p><a href="{}"><img src="/module/jslib/icons/pdf.png" alt="">{}</a></p>',
    )

    def address(self, document: Document, column: Column) -> str:
        """``/art/YYYY/M/D/art_<column>_<id>.html``, without leading zeros in the day."""
        year, month, day = document.created_on.split("-")
        return f"/art/{year}/{int(month)}/{int(day)}/art_{column.data['column_id']}_{document.id}.html"

    @staticmethod
    def _hash(document: Document, file: str) -> str:
        name = hashlib.md5(f"{document.id}/{file}".encode(), usedforsecurity=False).hexdigest()
        return name + "." + file.rpartition(".")[2]

    def file_path(self, document: Document, column: Column, file: str) -> str:
        """The downloader with the hashed name only: ``showname`` decides nothing (platforms.md §2 Attachments)."""
        return f"/module/download/downfile.jsp?classid=0&filename={self._hash(document, file)}"

    def file_link(self, document: Document, column: Column, name: str, file: str) -> str:
        """The name in ``showname``, percent-encoded in the portal's charset."""
        return f"{self.file_path(document, column, file)}&showname={quote(name, encoding=self.data.charset)}"

    def file(self, document: Document, name: str, edition: int) -> Response:
        """The download names the file in a raw header (platforms.md §26: Content-Disposition often GBK)."""
        response = super().file(document, name, edition)
        disposition = raw_header(f'attachment; filename="{name}"', self.data.charset)
        return response.with_headers(("Content-Disposition", disposition))

    def block(self, document: Document, column: Column) -> str:
        """The table of Lishui in jpage columns; one paragraph with strong labels in the xxgk module (§2, §24)."""
        pairs = [
            ("索引号", document.index_number),
            ("文号", document.document_number),
            ("组配分类", document.catalog),
            ("发布机构", document.agency),
            ("成文日期", document.written_on),
            ("公开方式", "主动公开"),
        ]
        if "infotype" in column.data:
            text = "　".join(f"<strong>{label}：</strong>{escape(value)}" for label, value in pairs if value)
            return f'<p class="xxgk_info">{text}</p>'
        rows = [
            "<tr>"
            + "".join(
                f'<td class="t">{label}</td>\n<td>{escape(value)}</td>' for label, value in pairs[at : at + 2]
            )
            + "</tr>"
            for at in range(0, len(pairs), 2)
        ]
        return f'<table class="xxgk_article" align="center"><tbody>{"".join(rows)}</tbody></table>'

    def _answer(self, request: Request, edition: int, serial: int) -> Response:
        if request.path == "/module/download/downfile.jsp":
            bare = f"{request.path}?classid=0&filename={request.query.get('filename', '')}"
            return self.file(*self.files[bare], edition) if bare in self.files else self.missing(serial)
        return super()._answer(request, edition, serial)

    def listing(self, request: Request, edition: int, serial: int) -> Response | None:
        """A column page, a window of records, or a page of the xxgk module."""
        if request.path in _ENDPOINTS:
            return self._window(request.parameters, edition)
        if request.path == "/module/xxgk/search.jsp":
            return self._xxgk(request.parameters, edition)
        column = next((c for c in self.data.columns if c.url and c.url == request.path), None)
        if column is None:
            return None
        values = self.furniture.values(serial) | self.furniture.of_column(column)
        group = self.rows(column, edition)[: 3 * column.page_size]
        values |= {
            "unit": str(column.data["unit_id"]),
            "perpage": str(column.page_size),
            "total": str(len(self.rows(column, edition))),
            "datastore": self._datastore(group, column, edition, next_page=1),
        }
        return self.html(template("hanweb/listing.html").render(values))

    # --- jpage --------------------------------------------------------------------------------------------

    def _ids(self, column: Column) -> tuple[str, str]:
        """Column and unit as the page's own address has them: encrypted on some (platforms.md §2 Rules)."""
        plain = str(column.data["column_id"]), str(column.data["unit_id"])
        if not self.data.quirk("encrypted-nextgroup", directory=column.key):
            return plain
        hidden = [hashlib.sha256(f"{self.data.id}/{id_}".encode()).hexdigest()[:32].upper() for id_ in plain]
        return hidden[0], hidden[1]

    def _window(self, parameters: dict[str, str], edition: int) -> Response:
        column = next((c for c in self.data.columns if self._is(c, parameters)), None)
        if column is None:
            return self.html(
                "<html><body></body></html>".ljust(54)
            )  # platforms.md §2 Rules: ~54 bytes, no access
        rows = self.rows(column, edition)
        page = parameters.get("page", "")
        if page.isdecimal():  # startrecord is then ignored
            size = 3 * column.page_size
            start = (max(1, int(page)) - 1) * size
            return self.html(self._datastore(rows[start : start + size], column, edition, int(page) + 1))
        first = max(1, int(parameters.get("startrecord") or 1))
        last = int(parameters.get("endrecord") or first + 3 * column.page_size - 1)
        last = min(last, first - 1 + _PERPAGE_LIMIT)
        return self.html(self._datastore(rows[first - 1 : last], column, edition, None))

    def _is(self, column: Column, parameters: dict[str, str]) -> bool:
        return "unit_id" in column.data and self._ids(column) == (
            parameters.get("columnid"),
            parameters.get("unitid"),
        )

    def _datastore(self, rows: list[Row], column: Column, edition: int, next_page: int | None) -> str:
        total = len(self.rows(column, edition))
        records = "".join(f"<record><![CDATA[{self._record(row, column)}]]></record>" for row in rows)
        following = ""
        if next_page is not None and rows:
            column_id, unit_id = self._ids(column)
            address = (
                f"{_ENDPOINTS[0]}?page={next_page}&webid={self.data.site['web_id']}&path=/"
                f"&columnid={column_id}&unitid={unit_id}&permissiontype=0"
            )
            following = f'<nextgroup><![CDATA[<a href="{address}">]]></nextgroup>'
        return (
            f"<datastore><totalrecord>{total}</totalrecord><totalpage>{-(-total // column.page_size)}</totalpage>"
            f"{following}<recordset>{records}</recordset></datastore>"
        )

    def _record(self, row: Row, column: Column) -> str:
        """Attribute order and the date's element vary (platforms.md §2 Gotchas)."""
        title, shown = escape(row.title), escape(self.shown_title(row, column))
        if self.data.quirk("attribute-order", directory=column.key):
            date = f"<b readlabel='{row.published_on}'>\r\n{row.published_on}\r\n</b>"
            return f"<li><a title='{title}' target='_blank' href='{escape(row.href)}'>{shown}</a>{date}</li>"
        return f'<li><a href="{escape(row.href)}" title="{title}">{shown}</a><span>{row.published_on}</span></li>'

    # --- xxgk ---------------------------------------------------------------------------------------------

    def _xxgk(self, parameters: dict[str, str], edition: int) -> Response:
        """``currpage`` counts from 1, 0 is the first too; beyond the last page the table is empty."""
        wanted = parameters.get("infotypeId", "")
        column = next((c for c in self.data.columns if c.data.get("infotype") == wanted), None)
        if column is None or parameters.get("jdid", "") != str(self.data.site["web_id"]):
            return self.html('<div class="zfxxgk_zdgkc"><table></table>共 0 页 共 0 条</div>')
        text = parameters.get("currpage", "1")
        page = max(1, int(text)) if text.isdecimal() else 1
        rows, pages = self.page_rows(column, page, edition)
        body = "".join(self._xxgk_row(index, row, column) for index, row in enumerate(rows))
        values = {
            "rows": body,
            "pages": str(pages),
            "page": str(page),
            "total": str(len(self.rows(column, edition))),
            "infotype": wanted,
        }
        return self.html(template("hanweb/xxgk.html").render(values))

    def _xxgk_row(self, index: int, row: Row, column: Column) -> str:
        document = row.document
        syh, wh = (document.index_number, document.document_number) if document else ("", "")
        return (
            f'<tr class="tr_main_value_{"even" if index % 2 else "odd"}"><td>{index + 1}</td><td align="left">'
            f'<a href="{escape(row.href)}" target="_blank" mc="{escape(row.title)}" wh="{escape(wh)}" '
            f'rq="{row.published_on}" syh="{escape(syh)}">{escape(self.shown_title(row, column))}</a></td>'
            f"<td>{row.published_on}</td></tr>\n"
        )
