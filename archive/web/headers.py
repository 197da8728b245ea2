"""Response headers: what pages fetched from anywhere say must never run or call home in a reader's
browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

_HEADERS = [
    # Our pages have no script at all, so none that slipped in is run either.
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        b"base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]

Application = Callable[..., Awaitable[None]]


def with_security_headers(application: Application) -> Application:
    """The ASGI application with our headers on each of its HTTP answers."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        async def send_with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
            await send(message)

        await application(scope, receive, send_with_headers)

    return wrapped
