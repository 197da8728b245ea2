"""Templates, and what stands around a text: site names, counters, advertisements, tokens, sidebars."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from crawler.samples.genres import chinese_date, draw
from crawler.samples.model import Column, Document, PortalData

_SLOT = re.compile(r"\{\{(\w+)\}\}")
_ADS = (
    "12345热线听您说",
    "全民反诈在行动",
    "一件事一次办",
    "防灾减灾宣传周",
    "数字档案馆开放日",
    "节约用水人人有责",
    "招商引资服务专线",
    "文明城市随手拍",
)
_HOT = (
    "办事大厅入口",
    "营商环境投诉",
    "惠民政策汇编",
    "数据开放平台",
    "领导信箱选登",
    "在线访谈预告",
    "公共服务地图",
)


@dataclass(frozen=True, slots=True)
class Template:
    """A page with ``{{name}}`` slots."""

    source: str

    def render(self, values: Mapping[str, str]) -> str:
        """The page with its slots filled; raises ``KeyError`` for a slot without a value."""
        return _SLOT.sub(lambda match: values[match[1]], self.source)


@functools.cache
def template(name: str) -> Template:
    """The packaged template of this name."""
    return Template((files("crawler.samples") / "templates" / name).read_text(encoding="utf-8"))


class Furniture:
    """The values that the templates of one portal take."""

    def __init__(self, data: PortalData) -> None:
        self.data = data
        site = data.site
        self.common = {
            "site": data.name,
            "place": data.place,
            "charset": site.get("declared_charset", data.charset),
            "site_code": site["site_code"],
            "domain": site["domain_name"],
            "menu": "\n".join(
                f'<li><a href="{escape(column.url)}">{escape(column.name)}</a></li>'
                for column in data.columns
                if column.url
            ),
        }

    def values(self, serial: int) -> dict[str, str]:
        """Names of the site, and all that differs with every fetch."""
        hot = _HOT[serial % len(_HOT) :] + _HOT[: serial % len(_HOT)]
        return self.common | {
            "visits": str(1_204_377 + 3 * serial),
            "reads": str(86 + 7 * serial),
            "online": str(12 + serial % 41),
            "ad": _ADS[serial % len(_ADS)],
            "hot": "".join(
                f'<li><a href="/rd/{index}.html">{name}</a></li>' for index, name in enumerate(hot[:5])
            ),
            "token": f"{draw(16**15, self.data.id, serial):015x}",
            "made": f"2026-06-{1 + serial % 28:02d} {serial % 24:02d}:{serial % 60:02d}:{serial * 7 % 60:02d}",
        }

    @staticmethod
    def of_column(column: Column) -> dict[str, str]:
        """The column's name and address."""
        return {"column": escape(column.name), "column_url": escape(column.url), "title": escape(column.name)}

    def of_document(self, document: Document, column: Column) -> dict[str, str]:
        """Title, bodies and days of a document, escaped."""
        return self.of_column(column) | {
            "id": document.id,
            "title": escape(document.title),
            "agency": escape(document.agency),
            "number": escape(document.document_number),
            "index_number": escape(document.index_number),
            "published_on": document.published_on,
            "published_cn": chinese_date(document.published_on),
            "written_on": document.written_on,
            "catalog": escape(document.catalog),
            "clock": f"{8 + draw(10, document.id):02d}:{draw(60, document.id, 'm'):02d}",
        }
