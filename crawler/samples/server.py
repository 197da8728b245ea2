"""The sample portals' HTTP server: a port a portal on 127.0.0.1, HTTP/1.1 keep-alive, bounded threads."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple

from crawler.samples.data import PORTAL_IDS, load_data
from crawler.samples.expected import ExpectedPortal, expect
from crawler.samples.sites import build_site
from crawler.samples.sites.base import Site
from crawler.samples.wire import Request, Response

DEMO_PORTS = (18471, 18472, 18473, 18474)
"""Ports for ``make demo``: fixed, so that a second demo finds the same addresses in its archive."""

_THREADS = 64
_BODY_LIMIT = 1 << 20


class LoggedRequest(NamedTuple):
    """One request that a portal got; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    timeout = 30
    server: HttpPortal

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, _BODY_LIMIT))
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = self.server.answer(Request(self.command, self.path, headers, body))
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        if response.stream is not None:
            self.send_header("Connection", "close")
        elif response.status != 304:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        for piece in response.stream() if response.stream is not None else (response.body,):
            self.wfile.write(piece)
            self.wfile.flush()

    do_GET = do_POST = do_HEAD = _handle

    def version_string(self) -> str:
        return "nginx"

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read :meth:`HttpPortal.log`; nothing is printed."""


class HttpPortal(ThreadingHTTPServer):
    """One portal on its port: calls ``respond`` with the request and its serial number, and keeps a log."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, respond: Callable[[Request, int], Response], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.respond = respond
        self.log: list[LoggedRequest] = []
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(_THREADS)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    def answer(self, request: Request) -> Response:
        """Log a request and answer it."""
        with self._lock:
            self.log.append(LoggedRequest(request.method, request.target, request.headers))
            serial = len(self.log)
        return self.respond(request, serial)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a connection when one of the bounded number is free."""
        self._slots.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection until it closes, then give its slot back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error of the portal; anything else is printed as usual."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def base_url(self) -> str:
        """``http://127.0.0.1:port/``."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def start(self) -> None:
        """Serve on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and close the port."""
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        self.server_close()


class SampleServer:
    """All sample portals, served while the ``with`` block runs.

    ``ports`` gives one port a portal in the order of ``PORTAL_IDS`` (default: free ones). ``crawl_delay`` is the
    seconds that the robots.txt of one portal asks for. Setting ``edition`` to 2 shows the portals as they are
    after the changes of their ``quirks.toml``; it takes effect on the next request.
    """

    def __init__(self, *, ports: Sequence[int] | None = None, crawl_delay: float = 0.05) -> None:
        self.edition = 1
        self.sites = {id_: build_site(load_data(id_), crawl_delay=crawl_delay) for id_ in PORTAL_IDS}
        self._servers: dict[str, HttpPortal] = {}
        self._ports = list(ports) if ports is not None else [0] * len(PORTAL_IDS)
        if len(self._ports) != len(PORTAL_IDS):
            raise ValueError(f"{len(PORTAL_IDS)} sample portals need as many ports, not {len(self._ports)}.")

    @property
    def portal_ids(self) -> list[str]:
        """The ids of the sample portals."""
        return list(self.sites)

    def base_url(self, portal_id: str) -> str:
        """The root address of a portal, ending in a slash; ``KeyError`` outside the ``with`` block."""
        return self._servers[portal_id].base_url

    def requests(self, portal_id: str) -> list[LoggedRequest]:
        """The requests that a portal got so far."""
        return list(self._servers[portal_id].log)

    def _respond(self, site: Site, request: Request, serial: int) -> Response:
        return site.respond(request, self.edition, serial)

    def expected(self, edition: int | None = None) -> dict[str, ExpectedPortal]:
        """By portal id, what an archive must hold after crawls of every edition up to this one."""
        return {id_: expect(site, edition or self.edition) for id_, site in self.sites.items()}

    def __enter__(self) -> SampleServer:
        try:
            for (id_, site), port in zip(self.sites.items(), self._ports, strict=True):
                self._servers[id_] = HttpPortal(functools.partial(self._respond, site), port)
        except OSError:
            self._close()
            raise
        for server in self._servers.values():
            server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        for server in self._servers.values():
            server.stop()
        self._servers.clear()
