"""开普云 UCAP: lists ``xlist.shtml``, ``xlist_2.shtml`` …, articles ``/YYYYMM/<32 hex>.shtml`` (platforms.md §5)."""

from __future__ import annotations

import hashlib
import posixpath
import re
from html import escape
from typing import ClassVar

from crawler.samples.furniture import template
from crawler.samples.model import Column, Document, Row
from crawler.samples.sites.base import Site
from crawler.samples.text import Style
from crawler.samples.wire import Request, Response


class UcapSite(Site):
    """Answers as a UCAP portal's web server."""

    templates: ClassVar[str] = "ucap"
    style: ClassVar[Style] = Style(
        paragraph="<p>　　{}</p>",
        heading="<p>　　<b>{}</b></p>",
        right='<p align="right">{}　　</p>',
        table='<table class="MsoNormalTable" border="1" cellspacing="0"><tbody>{}</tbody></table>',
        cell='<td valign="center"><span style="font-family:仿宋">{}</span></td>',
        link='<p>　　<a class="attachment" href="{}" target="_blank">{}</a></p>',
    )

    def address(self, document: Document, column: Column) -> str:
        """Month and a hash, in the column's folder."""
        name = hashlib.md5(f"{document.id}/{column.key}".encode(), usedforsecurity=False).hexdigest()
        month = document.created_on[:7].replace("-", "")
        return f"{posixpath.dirname(column.url)}/{month}/{name}.shtml"

    def file_path(self, document: Document, column: Column, file: str) -> str:
        """Files lie in a folder named as the page."""
        return self.address(document, column).removesuffix(".shtml") + "/files/" + file

    def block(self, document: Document, column: Column) -> str:
        """A list of ``label：value``, as at Chenzhou and in Hainan (platforms.md §5 Detail)."""
        pairs = (
            ("索引号", document.index_number),
            ("文号", document.document_number),
            ("公开责任部门", document.agency),
            ("组配分类", document.catalog),
            ("登记日期", document.written_on),
            ("公开日期", document.published_on),
            ("公开形式", "主动公开"),
            ("信息时效", "有效"),
        )
        items = "".join(f"<li><span>{label}：</span><em>{escape(value)}</em></li>" for label, value in pairs)
        return f'<div class="zhengcelistbg"><ul>{items}</ul></div>'

    def listing(self, request: Request, edition: int, serial: int) -> Response | None:
        """A list page; ``?page=N`` has no effect, and beyond the last page there is none (platforms.md §5)."""
        for column in self.data.columns:
            stem, ending = posixpath.splitext(column.url)
            match = re.fullmatch(rf"{re.escape(stem)}(?:_(\d+))?{re.escape(ending)}", request.path)
            if match:
                break
        else:
            return None
        page = int(match[1] or 1)
        rows, pages = self.page_rows(column, page, edition)
        if page > pages or match[1] == "1":
            return None
        values = self.furniture.values(serial) | self.furniture.of_column(column)
        values["rows"] = "".join(self._row(row, column) for row in rows) + self._pager(column, pages, edition)
        return self.html(template("ucap/listing.html").render(values))

    def _pager(self, column: Column, pages: int, edition: int) -> str:
        """The call that announces pages and records; the records may be stale, the call inside a comment."""
        stale = self.data.quirk("stale-records", directory=column.key)
        records = len(self.rows(column, edition)) + (stale.data["surplus"] if stale else 0)
        stem = posixpath.basename(column.url).removesuffix(".shtml")
        call = f"createPageHTML('page_div',{pages}, 1,'{stem}','shtml',{records});"
        script = f'<script type="text/javascript" src="/xhtml/js/page.js"></script><script>{call}</script>'
        if self.data.quirk("pager-in-comment", directory=column.key):
            return f'<!--<li><a href="#">示例</a></li>\n{script}-->'
        return script

    def _row(self, row: Row, column: Column) -> str:
        pin = '<i class="ding">[置顶]</i>' if row.pinned else ""
        link = (
            f'<a target="_blank" href="{escape(row.href)}" title="{escape(row.title)}">\n'
            f"        {escape(self.shown_title(row, column))}\n    </a>"
        )
        if self.data.quirk("split-date", directory=column.key):
            year_month, day = row.published_on[:7], row.published_on[8:]
            return f'<li><div class="d"><b>{day}</b><span>{year_month}</span></div>{pin}{link}</li>\n'
        return f'<li>{pin}{link}<span class="time">[{row.published_on}]</span></li>\n'
