"""A small site of a test's own, over the sample portals' server: it notes when each request came and how many at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType

from crawler.samples.server import HttpPortal
from crawler.samples.wire import Request, Response

HTML = ("Content-Type", "text/html; charset=utf-8")
Answer = Response | Callable[[Request], Response]


def page(markup: str, *headers: tuple[str, str]) -> Response:
    """An HTML page."""
    head = '<!DOCTYPE html><html><head><meta charset="utf-8"><title>样例</title></head><body>'
    return Response(f"{head}{markup}</body></html>".encode(), 200, (HTML, *headers))


def trs_listing(hrefs: Mapping[str, str] | list[str], *, pages: int = 1, index: int = 0) -> Response:
    """A TRS listing page; a mapping gives titles."""
    titles = (
        hrefs if isinstance(hrefs, Mapping) else {href: f"第{n}件公告" for n, href in enumerate(hrefs, 1)}
    )
    rows = "".join(
        f'<li><a href="{href}">{title}</a><span>2026-01-05</span></li>\n' for href, title in titles.items()
    )
    return page(f'<ul>{rows}</ul><script>createPageHTML({pages}, {index}, "index", "html");</script>')


def trs_document(number: int, title: str | None = None) -> Response:
    """A TRS document with a metadata block and a text of its own."""
    text = "".join(
        f"<p>{number}号公告第{n}段：自发布之日起施行，由综合科负责解释，请予遵照执行。</p>"
        for n in range(1, 5)
    )
    block = f"<table><tr><td>索引号</td><td>000990901/2026-{number:05d}</td><td>发布机构</td><td>样例</td></tr></table>"
    return page(f'{block}<h1>{title or f"第{number}件公告"}</h1><div class="TRS_Editor">{text}</div>')


def trs_path(number: int, folder: str = "/zwgk/") -> str:
    """The address of a TRS document."""
    return f"{folder}202601/t20260105_{number}.html"


@dataclass(frozen=True)
class Seen:
    """One request: ``at`` and ``until`` in seconds of the monotonic clock; header names are lower case."""

    path: str
    headers: Mapping[str, str]
    at: float
    until: float
    beside: int


class LocalSite:
    """Serves ``answers`` by request target while the ``with`` block runs, each after ``seconds``."""

    def __init__(
        self, answers: Mapping[str, Answer] | Callable[[Request], Response | None], *, seconds: float = 0
    ):
        self._answers = answers
        self._seconds = seconds
        self._lock = threading.Lock()
        self._running = 0
        self.seen: list[Seen] = []
        self._server = HttpPortal(self._respond)

    def __enter__(self) -> LocalSite:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()

    @property
    def base_url(self) -> str:
        """The root address, with a slash at its end."""
        return self._server.base_url

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        return int(self._server.server_address[1])

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [request.path for request in self.seen]

    def _respond(self, request: Request, serial: int) -> Response:
        at = time.monotonic()
        with self._lock:
            self._running += 1
            beside = self._running
        time.sleep(self._seconds)
        try:
            return self._find(request) or Response(b"Not Found", 404, (("Content-Type", "text/plain"),))
        finally:
            with self._lock:
                self._running -= 1
                self.seen.append(Seen(request.target, request.headers, at, time.monotonic(), beside))

    def _find(self, request: Request) -> Response | None:
        if callable(self._answers):
            return self._answers(request)
        answer = self._answers.get(request.target)
        return answer(request) if callable(answer) else answer
