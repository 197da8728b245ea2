"""A portal of traps: listings and pages on which a careless crawler never ends, swells up or is led astray.

It lists as a TRS portal (``trs-static``). Each name of ``TRAPS`` is a directory ``/<name>/``: either the listing
itself is the trap, or its one row leads to it (``/<name>/202601/t20260105_1.html``).
"""

from __future__ import annotations

import gzip
import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType

from crawler.samples.server import HttpPortal, LoggedRequest
from crawler.samples.wire import Request, Response, not_found, redirect

TRAPS = {
    "endless": "a pager without an end: every page has rows that no page before it had, no total is announced",
    "repeat": "a list that repeats itself: every page number answers with the rows of page 1",
    "session": "row links that carry another session id on every fetch (;jsessionid= and ?sid=)",
    "flaky": "the second page is empty when it is asked for the first time, and only then",
    "shifting": "a row is inserted at the top each time page 1 was read, so that rows move to the next page",
    "self-redirect": "a document that redirects to itself",
    "loop": "two documents that redirect to each other",
    "deep": "a chain of 60 redirects with a document at its end",
    "bomb": "1 GiB of spaces in 1 MiB of gzip",
    "huge": "a body of 2 GiB with its Content-Length, as fast as it is taken",
    "endless-body": "a body without length that never ends",
    "drip": "one byte every half second, for ever",
    "short": "a body shorter than its Content-Length",
    "links": "a page with 100,000 links",
    "long-link": "a row whose address has 20,000 characters",
    "to-file": "a redirect to file:///etc/hostname",
    "to-metadata": "a redirect to http://169.254.169.254/latest/meta-data/",
    "to-private": "a redirect to http://10.0.0.1/",
}
"""Name of each trap, and what it does."""

_DOCUMENT = "/202601/t20260105_1.html"
_PAGE = re.compile(r"^/(?P<trap>[a-z-]+)/(?:index(?:_(?P<number>\d{1,9}))?\.html)?$")
_ELSEWHERE = {
    "to-file": "file:///etc/hostname",
    "to-metadata": "http://169.254.169.254/latest/meta-data/",
    "to-private": "http://10.0.0.1/",
}
_ROWS = 10
_MIB = 1 << 20
_HTML = ("Content-Type", "text/html; charset=utf-8")


def _page(markup: str) -> Response:
    page = f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>样例</title></head><body>{markup}</body></html>'
    return Response(page.encode(), 200, (_HTML,))


def _listing(hrefs: Sequence[str], script: str = "") -> Response:
    rows = "".join(
        f'<li><a href="{href}" title="第{href[-24:]}号通告">通告</a><span>2026-01-05</span></li>\n' for href in hrefs
    )
    return _page(f"<ul>{rows}</ul><script>{script}</script>")


def _document(number: int) -> Response:
    text = f"<p>第{number}号通告的正文。本通告自发布之日起施行，由综合科负责解释，有关事项请咨询窗口工作人员。</p>" * 3
    return _page(f"<table><tr><td>索引号</td><td>000990900/2026-{number:05d}</td><td>发布机构</td><td>样例</td></tr></table>"
                 f'<h1>第{number}号通告</h1><div class="TRS_Editor">{text}</div>')


def _bomb() -> bytes:
    """1 GiB of spaces, as 1024 members of gzip: made from one, in no time."""
    return gzip.compress(b" " * _MIB, mtime=0) * 1024


def _drip() -> Iterator[bytes]:
    yield b"<html><body>"
    while True:
        time.sleep(0.5)
        yield b" "


class TrapSite:
    """The traps on a port of their own, while the ``with`` block runs."""

    def __init__(self, *, port: int = 0) -> None:
        self._server = HttpPortal(self._respond, port)
        self._lock = threading.Lock()
        self._asked: Counter[str] = Counter()

    def __enter__(self) -> TrapSite:
        self._server.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.stop()

    @property
    def base_url(self) -> str:
        """The root address, with a slash at its end."""
        return self._server.base_url

    @property
    def requests(self) -> list[LoggedRequest]:
        """The requests so far."""
        return list(self._server.log)

    def url(self, trap: str) -> str:
        """The directory of a trap; raises ``KeyError`` for a name that is none."""
        TRAPS[trap]
        return f"{self.base_url}{trap}/"

    def document_url(self, trap: str) -> str:
        """The address that the one row of a trap's directory leads to."""
        return self.url(trap) + _DOCUMENT.removeprefix("/")

    def write_portal_file(self, folder: Path, *, traps: Sequence[str] = tuple(TRAPS)) -> str:
        """Write ``traps.toml`` with a directory for each of ``traps`` into ``folder`` and return its id."""
        host = self.base_url.split("/")[2]
        lines = [
            'schema = 1\nname = "陷阱样例"\nfamily = "trs-static"',
            f'base_url = "{self.base_url}"\nhosts = ["{host}"]\nenabled = true',
            "[http]\ndelay = 0\ntimeout = 5\nallow_private_hosts = true",
        ]
        lines += [f'[[directories]]\nkey = "{trap}"\nname = "{trap}"\nurl = "/{trap}/"' for trap in traps]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "traps.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return "traps"

    def _times(self, target: str) -> int:
        """How often a target was asked for, this time included."""
        with self._lock:
            self._asked[target] += 1
            return self._asked[target]

    def _respond(self, request: Request, serial: int) -> Response:
        trap = request.path.split("/")[1]
        times = self._times(request.target)
        if trap not in TRAPS:
            return not_found("没有这个页面")
        match = _PAGE.match(request.path)
        if match:
            return self._list(trap, int(match["number"] or 0), times, serial)
        return self._detail(trap, request, serial)

    def _list(self, trap: str, index: int, times: int, serial: int) -> Response:
        """Page ``index`` (from 0) of a trap's directory."""
        numbers = range(index * _ROWS, (index + 1) * _ROWS)
        if trap == "endless":
            return _listing([f"./202601/t20260105_{number}.html" for number in numbers])
        if trap == "repeat":
            return _listing([f"./202601/t20260105_{number}.html" for number in range(_ROWS)])
        if trap == "session":
            session = f"{serial:032X}"
            hrefs = [f"./202601/t20260105_{number}.html;jsessionid={session}?sid={session}" for number in range(_ROWS)]
            return _listing(hrefs, 'createPageHTML(1, 0, "index", "html");')
        if trap == "flaky":
            hrefs = [f"./202601/t20260105_{number}.html" for number in numbers] if index < 3 else []
            return _listing([] if index == 1 and times == 1 else hrefs)
        if trap == "shifting":
            return self._shifting(index, times)
        href = "." + _DOCUMENT if trap != "long-link" else f"./202601/t20260105_1.html?x={'a' * 20_000}"
        return _listing([href], 'createPageHTML(1, 0, "index", "html");')

    def _shifting(self, index: int, times: int) -> Response:
        """30 rows at first; the rows that were inserted have the numbers from 1000."""
        with self._lock:
            read = sum(self._asked[f"/shifting/{name}"] for name in ("", "index.html"))
        rows = [*range(1000 + read - 1 - (index == 0), 999, -1), *range(30)]
        shown = rows[index * _ROWS : (index + 1) * _ROWS]
        pages = -(-len(rows) // _ROWS)
        del times
        return _listing(
            [f"./202601/t20260105_{number}.html" for number in shown], f'createPageHTML({pages}, {index}, "index", "html");'
        )

    def _detail(self, trap: str, request: Request, serial: int) -> Response:
        """What a trap's row leads to."""
        if trap in _ELSEWHERE:
            return redirect(_ELSEWHERE[trap])
        if trap in {"self-redirect", "loop", "deep"}:
            return self._redirecting(trap, request)
        number = re.search(r"_(\d{1,9})\.html", request.path)
        answers: dict[str, Callable[[], Response]] = {
            "bomb": lambda: Response(_bomb(), 200, (_HTML, ("Content-Encoding", "gzip"))),
            "huge": lambda: Response(
                status=200,
                headers=(_HTML, ("Content-Length", str(2048 * _MIB))),
                stream=lambda: itertools.repeat(b"x" * _MIB, 2048),
            ),
            "endless-body": lambda: Response(headers=(_HTML,), stream=lambda: itertools.repeat(b"<p>x</p>" * 8192)),
            "drip": lambda: Response(headers=(_HTML,), stream=_drip),
            "short": lambda: Response(headers=(_HTML, ("Content-Length", "50000")), stream=lambda: [b"<html><body><p>"]),
            "links": lambda: _page("".join(f'<a href="/links/{n}.html">{n}</a>\n' for n in range(100_000))),
        }
        return answers.get(trap, lambda: _document(int(number[1]) if number else serial))()

    def _redirecting(self, trap: str, request: Request) -> Response:
        if trap == "self-redirect":
            return redirect(request.target)
        if trap == "loop":
            return redirect("/loop/202601/t20260105_2.html" if request.path.endswith("_1.html") else "/loop" + _DOCUMENT)
        step = int(request.query.get("step", "0"))
        return redirect(f"/deep{_DOCUMENT}?step={step + 1}") if step < 60 else _document(60)
