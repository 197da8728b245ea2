"""A request and a response of the sample portals, free of sockets: sites can be tested as functions."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """One request: ``target`` is path and query as sent; header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        """The percent-decoded path."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        """The query parameters, the last of each name."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def parameters(self) -> dict[str, str]:
        """Query and urlencoded body together, the body winning, as JSP's ``getParameter`` has them."""
        return self.query | dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Response:
    """One answer; header values are latin-1 text, so that raw GBK bytes can be sent as servers send them.

    ``stream`` gives the body piece by piece instead of ``body``; the connection is closed behind it. Its
    length is announced only by a Content-Length among the headers, be it true or not.
    """

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    stream: Callable[[], Iterable[bytes]] | None = None

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever the case of its name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def with_headers(self, *headers: tuple[str, str]) -> Response:
        """The same answer with headers added."""
        return Response(self.body, self.status, (*self.headers, *headers))

    def gzipped(self) -> Response:
        """The same answer with Content-Encoding gzip; the time stamp is 0, so that equal bodies stay equal."""
        packed = gzip.compress(self.body, compresslevel=6, mtime=0)
        return Response(packed, self.status, (*self.headers, ("Content-Encoding", "gzip")))


def raw_header(text: str, charset: str) -> str:
    """``text`` in ``charset`` as a header value: portals send what no standard allows (platforms.md §26)."""
    return text.encode(charset).decode("latin-1")


def redirect(location: str, status: int = 302) -> Response:
    """A redirect with a short body, as IIS and Tomcat send."""
    return Response(
        b"<html><head><title>Object moved</title></head></html>", status, (("Location", location),)
    )


def not_found(text: str) -> Response:
    """A 404 page that says ``text`` in UTF-8."""
    return Response(text.encode(), 404, (("Content-Type", "text/html; charset=utf-8"),))


def conditional(request: Request, response: Response, last_modified: str) -> Response:
    """Add ETag and Last-Modified to a 200; answer 304 where the request already has these bytes."""
    if response.status != 200:
        return response
    etag = f'"{hashlib.sha256(response.body).hexdigest()[:16]}"'
    validators = (("ETag", etag), ("Last-Modified", last_modified))
    known = request.headers.get("if-none-match")
    if known is not None:
        unchanged = etag in {tag.strip().removeprefix("W/") for tag in known.split(",")}
    else:
        unchanged = request.headers.get("if-modified-since") == last_modified
    if unchanged:
        return Response(b"", 304, validators)
    return response.with_headers(*validators)
