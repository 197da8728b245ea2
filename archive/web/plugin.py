"""The Datasette plugin: Chinese pages over an archive, search that finds Chinese words, nothing that
executes.

Hooks only; what they do stands in the modules beside. A database is an archive when it has
``archive_info``; all others stay as Datasette shows them, but for the language of the pages around them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from datasette.filters import FilterArguments
from datasette.utils.asgi import NotFound, Response
from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from pluggy import HookimplMarker

from archive.search import register
from archive.search.sql import escape_fts
from archive.web import downloads, helpers, pages, show
from archive.web.blank_search import without_blank_search
from archive.web.facets import YearFacet
from archive.web.headers import with_security_headers
from archive.web.metadata import metadata
from archive.web.sentences import finding_sentence

hookimpl = HookimplMarker("datasette")
_archives: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


@hookimpl
def startup(datasette: Any) -> Callable[[], Awaitable[None]]:
    """Learn which databases are archives."""

    async def inner() -> None:
        found = {
            name
            for name, database in datasette.databases.items()
            if {"archive_info", "documents_fts"} <= set(await database.table_names())
        }
        _archives[datasette] = found

    return inner


@hookimpl
def get_metadata(datasette: Any, key: str | None, database: str | None, table: str | None) -> dict[str, Any]:
    """Titles, labels, facets and queries of the archives."""
    return metadata(_archives.get(datasette, set())) if datasette in _archives else {}


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Any) -> None:
    """Search functions; last, so that our ``escape_fts`` replaces the one which only adds quotes."""
    register(conn)
    conn.create_function("escape_fts", 1, escape_fts, deterministic=True)
    conn.create_function("gongkai_finding", 2, finding_sentence, deterministic=True)


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Any) -> None:
    """Our templates before Datasette's, and the helpers they use as ``gk``."""
    folder = str(Path(__file__).with_name("templates"))
    env.loader = ChoiceLoader([FileSystemLoader(folder), *([env.loader] if env.loader else [])])
    env.globals["gk"] = helpers


@hookimpl
def extra_template_vars(
    database: str | None, table: str | None, view_name: str, request: Any, datasette: Any
) -> Callable[[], Awaitable[dict[str, Any]]]:
    """The home page's archives; a row's surroundings; what a revision changed, where a page asks for it."""

    async def inner() -> dict[str, Any]:
        archives = _archives.get(datasette, set())
        if view_name == "index":
            return {"archives": await pages.home(datasette, archives)}
        if database not in archives:
            return {}
        found: dict[str, Any] = {"revision_changes": partial(pages.changes, datasette, database)}
        if view_name == "row" and table:
            found["related"] = await pages.row(datasette, database, table, request)
        if view_name == "table" and table == "documents" and (query := request.args.get("_search")):
            found["file_hits"] = partial(pages.file_hits, datasette, database, query)
        if view_name == "database":
            found["hidden_documents"] = await pages.hidden_documents(datasette, database)
        return found

    return inner


@hookimpl
def render_cell(column: str, value: object, table: str | None, database: str, datasette: Any) -> str | None:
    """Links, local times and Chinese values in lists."""
    if database not in _archives.get(datasette, set()):
        return None
    if table is None and column == "修订" and isinstance(value, int):
        return show.revision_link(datasette.urls.table(database, "revisions"), value)
    return show.cell(table, column, value)


@hookimpl
def filters_from_request(database: str, table: str, datasette: Any) -> FilterArguments | None:
    """Documents without an accepted revision are left out of every list."""
    if table == "documents" and database in _archives.get(datasette, set()):
        return FilterArguments(["revision_id is not null"])
    return None


@hookimpl
def register_facet_classes() -> list[type]:
    """The facet by year."""
    return [YearFacet]


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """The style sheet, the page of a document by its uid, and the bytes of a capture."""

    async def style() -> Response:
        text = (files("archive.web") / "static" / "gongkai.css").read_text("utf-8")
        return Response(text, content_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=60"})

    async def document(datasette: Any, request: Any) -> Response:
        uid = request.url_vars["uid"].lower()
        if address := await pages.find_document(datasette, _archives.get(datasette, set()), uid):
            return Response.redirect(address)
        raise NotFound(f"没有档案号为 {uid} 的文件")

    async def capture(datasette: Any, request: Any) -> Response:
        number = int(request.url_vars["id"])
        return await downloads.download(datasette, _archives.get(datasette, set()), number)

    return [
        (r"^/-/gongkai\.css$", style),
        (r"^/-/document/(?P<uid>[^/]+)$", document),
        (r"^/-/capture/(?P<id>[0-9]{1,18})$", capture),
    ]


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Security headers on every answer; an empty search box is none."""
    return lambda application: with_security_headers(without_blank_search(application))
