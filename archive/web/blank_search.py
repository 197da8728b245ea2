"""A search for nothing is no search: an empty search box shows what a page without one shows."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from archive.web.headers import Application


def without_blank_search(application: Application) -> Application:
    """The ASGI application, asked without a ``_search`` in which there are only blanks."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        query = scope.get("query_string", b"")
        if scope["type"] == "http" and b"_search=" in query:
            asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
            kept = [(name, value) for name, value in asked if name != "_search" or value.strip()]
            if len(kept) < len(asked):
                scope = {**scope, "query_string": urlencode(kept).encode("latin-1")}
        await application(scope, receive, send)

    return wrapped
