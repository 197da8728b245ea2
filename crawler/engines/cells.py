"""Tables whose header row says what the columns are: 名称 | 索引号 | 发布机构 | 发布日期."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from crawler.selectors import text_of

_NOISE = re.compile(r"[\s：:\u3000]")


class Columns:
    """Reads the cells of table rows by the labels of their table's header row; other rows have none."""

    def __init__(self, labels: Mapping[str, str]):
        self._labels = {_NOISE.sub("", label): name for label, name in labels.items()}
        self._headers: dict[etree._Element, list[str | None]] = {}

    def of(self, row: etree._Element) -> dict[str, str]:
        """Record field → text of the row's cell; empty for rows of no table, or whose table has no known
        labels.
        """
        if not self._labels or row.tag != "tr":
            return {}
        table = next(row.iterancestors("table"), None)
        if table is None:
            return {}
        if table not in self._headers:
            self._headers[table] = self._header(table)
        cells = _cells(row)
        if len(cells) != len(self._headers[table]):
            return {}
        named = zip(self._headers[table], cells, strict=True)
        return {name: text_of(cell) for name, cell in named if name is not None}

    def _header(self, table: etree._Element) -> list[str | None]:
        """The fields of the columns, from the first row that has a cell and two known labels."""
        for row in table.iter("tr"):
            names = [self._labels.get(_NOISE.sub("", text_of(cell))) for cell in _cells(row)]
            if sum(name is not None for name in names) >= 2:
                return names
            if names:
                return []
        return []


def _cells(row: etree._Element) -> list[etree._Element]:
    return [cell for cell in row if cell.tag in ("td", "th")]
