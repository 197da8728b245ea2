"""What templates use as ``gk``: labels, values as shown, which columns a list has, filters in words."""

from __future__ import annotations

from typing import Any

from datasette.utils import tilde_encode as row_key

from archive.web.labels import column_description, column_label, table_description, table_label, value_label
from archive.web.metadata import TITLE, facets, listed_columns
from archive.web.sentences import finding_sentence
from archive.web.show import cell, full, link, local_time, marked, paragraphs, pretty_json, snippet

__all__ = [
    "ERRORS",
    "LOOKUPS",
    "TITLE",
    "cell",
    "column_description",
    "column_label",
    "facets_in_order",
    "filters_in_words",
    "finding_sentence",
    "full",
    "link",
    "local_time",
    "marked",
    "nothing",
    "paragraphs",
    "pretty_json",
    "row_key",
    "shown_columns",
    "snippet",
    "table_description",
    "table_label",
    "value_label",
]

ERRORS = {
    "Database not found": "没有这个地址。",
    "Table not found": "没有这张表，也没有这个查询。",
    "Record not found": "没有这一行。",
    "No data": "没有内容。",
    "404": "没有这个地址。",
    "Database download is forbidden": "不提供数据库文件的下载。",
}
"""What Datasette says when there is nothing to show, in the language of the pages."""

LOOKUPS = {
    "exact": "等于",
    "not": "不等于",
    "contains": "包含",
    "endswith": "结尾是",
    "startswith": "开头是",
    "gt": "大于",
    "gte": "不小于",
    "lt": "小于",
    "lte": "不大于",
    "like": "匹配 like",
    "notlike": "不匹配 like",
    "glob": "匹配 glob",
    "in": "是其中之一",
    "notin": "不是其中之一",
    "arraycontains": "列有",
    "arraynotcontains": "未列",
    "date": "日期是",
    "isnull": "没有值",
    "notnull": "有值",
    "isblank": "为空",
    "notblank": "不为空",
}
"""Datasette's filters, by key."""


def nothing(shown: object) -> str:
    """The class of a cell without a value: a narrow screen, where each stands on its own line, leaves it out."""
    return " gk-nothing" if str(shown).strip() in ("", "&nbsp;") else ""


def shown_columns(table: str, columns: list[Any], request: Any) -> list[Any]:
    """The display columns that a list shows: a chosen few in a chosen order, unless the address asks for
    others."""
    listed = listed_columns(table)
    if not listed or {"_all", "_col", "_nocol"} & set(request.args):
        return columns
    by_name = {column["name"]: column for column in columns}
    return [by_name[name] for name in listed if name in by_name]


def facets_in_order(table: str, results: list[Any]) -> list[Any]:
    """Facets in the order of ``tables.toml``, those asked for by the address first."""
    order = [next(iter(facet.values())) if isinstance(facet, dict) else facet for facet in facets(table)]
    return sorted(results, key=lambda result: order.index(result["name"]) if result["name"] in order else -1)


def filters_in_words(table: str, selections: Any) -> list[str]:
    """The filters of a list, each as a phrase."""
    phrases = []
    for column, lookup, value in selections:
        shown = value_label(table, column, value) if lookup in ("exact", "not") else value
        phrases.append(f"{column_label(table, column)} {LOOKUPS.get(lookup, lookup)} {shown}".strip())
    return phrases
