"""Datasette's metadata for an archive: titles, facets, full-text search, queries at hand."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any

from archive.web.labels import labels, table_description, table_label

TITLE = "政府信息公开档案"


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((files("archive.web") / name).read_text("utf-8"))


@cache
def tables() -> dict[str, Any]:
    """``tables.toml``."""
    return _toml("tables.toml")


def listed_columns(table: str) -> list[str]:
    """The columns of a table's pages, unless all are asked for; empty: all."""
    return list(tables().get(table, {}).get("list", []))


def facets(table: str) -> list[str | dict[str, str]]:
    """The facets of a table's pages."""
    return list(tables().get(table, {}).get("facets", []))


def _table(name: str, options: dict[str, Any]) -> dict[str, Any]:
    columns = {
        column: f"{label}：{description}" if description else label
        for (table, column), (label, description) in labels().items()
        if table == name and column
    }
    metadata = {"title": table_label(name), "description": table_description(name), "columns": columns}
    if "label" in options:
        metadata["label_column"] = options["label"]
    for key in ("sort_desc", "facets", "fts_table", "fts_pk"):
        if key in options:
            metadata[key] = options[key]
    return metadata


@cache
def _database_metadata() -> dict[str, Any]:
    options = dict(tables())
    hidden = options.pop("hidden")
    described = {table for table, _column in labels()}
    every = {name: _table(name, options.get(name, {})) for name in sorted(described)}
    for name in hidden:
        every.setdefault(name, {})["hidden"] = True
    return {"title": TITLE, "tables": every, "queries": _toml("queries.toml")}


def metadata(databases: set[str]) -> dict[str, Any]:
    """Metadata for these databases, each of them an archive; a new copy, which Datasette then changes."""
    return {"title": TITLE, "databases": {name: deepcopy(_database_metadata()) for name in databases}}
