"""Chinese names of tables, columns and values, for people's pages; the API keeps the English ones."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from archive.web.sentences import crawl_reason

SIGNOFF_LABELS = {
    "principal": "单位负责人",
    "reviewer": "审核人",
    "preparer": "填报人",
    "phone": "联系电话",
    "date": "填报日期",
}
"""The parts of a sign-off block, as the forms call them."""

# Fields of a record that are no column of the documents.
_RECORD_FIELDS = {"attachments": "附件", "tables": "表格", "signoff": "签发"}


def _lines(name: str) -> list[list[str]]:
    lines = (files("archive.web") / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@cache
def labels() -> dict[tuple[str, str], tuple[str, str]]:
    """``(table, column)`` → ``(label, description)``; an empty column means the table itself."""
    return {
        (table, column): (label, description) for table, column, label, description in _lines("labels.tsv")
    }


@cache
def _values() -> dict[tuple[str, str, str], str]:
    return {(table, column, value): label for table, column, value, label in _lines("values.tsv")}


def table_label(table: str) -> str:
    """The Chinese name of a table, or its own."""
    return labels().get((table, ""), (table, ""))[0]


def table_description(table: str) -> str:
    """What a table holds, in one phrase, or an empty text."""
    return labels().get((table, ""), ("", ""))[1]


def column_label(table: str | None, column: str) -> str:
    """The Chinese name of a column, or its own; without a table that of the documents' column."""
    return labels().get((table or "documents", column), (column, ""))[0]


def field_label(name: str) -> str:
    """The Chinese name of a record's field; of ``extra.标签`` the label itself."""
    table, _, rest = name.partition(".")
    if table == "extra" and rest:
        return rest
    if table == "signoff" and rest:
        return SIGNOFF_LABELS.get(rest, rest)
    return _RECORD_FIELDS.get(name) or column_label("documents", name)


def reason(text: str) -> str:
    """Why a revision is held back (``lost: title, body_text``) in Chinese."""
    cause, _, names = text.partition(": ")
    if cause == "lost":
        return "缺少" + "、".join(field_label(name) for name in names.split(", "))
    return "；".join(map(crawl_reason, text.split("; ")))


def column_description(table: str, column: str) -> str:
    """What a column holds beyond its name, or an empty text."""
    return labels().get((table, column), ("", ""))[1]


def value_label(table: str | None, column: str, value: object) -> str:
    """The Chinese name of one of a column's fixed values, or the value itself."""
    return _values().get((table or "", column, str(value)), str(value))
