"""A portal of traps: listings and pages on which a careless crawler never ends, swells up or is led astray.

It lists as a TRS portal (``trs-static``). Each name of ``TRAPS`` is a directory ``/<name>/``: either the listing
itself is the trap, or its one row leads to it (``/<name>/202601/t20260105_1.html``).
"""

from __future__ import annotations

import itertools
import re
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

from crawler.samples import trap_answers as answers
from crawler.samples.server import HttpPortal, LoggedRequest
from crawler.samples.trap_answers import HTML, MIB
from crawler.samples.wire import Request, Response, not_found, redirect

TRAPS = {
    "endless": "a pager without an end: every page has rows that no page before it had, no total is announced",
    "repeat": "a list that repeats itself: every page number answers with the rows of page 1",
    "session": "row links that carry another session id on every fetch (;jsessionid= and ?sid=)",
    "flaky": "the second page is empty when it is asked for the first time, and only then",
    "shifting": "a row is inserted at the top each time page 1 was read, so that rows move to the next page",
    "vanishing": "once page 1 was read its first row is gone, so that the first row of page 2 moves to page 1",
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


class TrapSite:
    """The traps on a port of their own, while the ``with`` block runs."""

    def __init__(self, *, port: int = 0) -> None:
        self._server = HttpPortal(self._respond, port)
        self._lock = threading.Lock()
        self._asked: Counter[str] = Counter()

    def __enter__(self) -> TrapSite:
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
            return answers.listing([f"./202601/t20260105_{number}.html" for number in numbers])
        if trap == "repeat":
            return answers.listing([f"./202601/t20260105_{number}.html" for number in range(_ROWS)])
        if trap == "session":
            session = f"{serial:032X}"
            hrefs = [f"./202601/t20260105_{n}.html;jsessionid={session}?sid={session}" for n in range(_ROWS)]
            return answers.listing(hrefs, 'createPageHTML(1, 0, "index", "html");')
        if trap == "flaky":
            hrefs = [f"./202601/t20260105_{number}.html" for number in numbers] if index < 3 else []
            return answers.listing([] if index == 1 and times == 1 else hrefs)
        if trap in {"shifting", "vanishing"}:
            return self._moving(trap, index)
        href = "." + _DOCUMENT if trap != "long-link" else f"./202601/t20260105_1.html?x={'a' * 20_000}"
        return answers.listing([href], 'createPageHTML(1, 0, "index", "html");')

    def _moving(self, trap: str, index: int) -> Response:
        """30 rows at first; rows that are inserted have the numbers from 1000, the row that vanishes is number 0."""
        with self._lock:
            read = sum(self._asked[f"/{trap}/{name}"] for name in ("", "index.html")) - (index == 0)
        inserted = range(999 + read, 999, -1) if trap == "shifting" else ()
        rows = [*inserted, *range(1 if trap == "vanishing" and read else 0, 30)]
        shown = rows[index * _ROWS : (index + 1) * _ROWS]
        script = f'createPageHTML({-(-len(rows) // _ROWS)}, {index}, "index", "html");'
        return answers.listing([f"./202601/t20260105_{number}.html" for number in shown], script)

    def _detail(self, trap: str, request: Request, serial: int) -> Response:
        """What a trap's row leads to."""
        if trap in _ELSEWHERE:
            return redirect(_ELSEWHERE[trap])
        if trap in {"self-redirect", "loop", "deep"}:
            return self._redirecting(trap, request)
        number = re.search(r"_(\d{1,9})\.html", request.path)
        bodies: dict[str, Callable[[], Response]] = {
            "bomb": lambda: Response(answers.bomb(), 200, (HTML, ("Content-Encoding", "gzip"))),
            "huge": lambda: Response(
                status=200,
                headers=(HTML, ("Content-Length", str(2048 * MIB))),
                stream=lambda: itertools.repeat(b"x" * MIB, 2048),
            ),
            "endless-body": lambda: Response(
                headers=(HTML,), stream=lambda: itertools.repeat(b"<p>x</p>" * 8192)
            ),
            "drip": lambda: Response(headers=(HTML,), stream=answers.drip),
            "short": lambda: Response(
                headers=(HTML, ("Content-Length", "50000")), stream=lambda: [b"<html><body><p>"]
            ),
            "links": lambda: answers.page(
                "".join(f'<a href="/links/{n}.html">{n}</a>\n' for n in range(100_000))
            ),
        }
        return bodies.get(trap, lambda: answers.document(int(number[1]) if number else serial))()

    def _redirecting(self, trap: str, request: Request) -> Response:
        if trap == "self-redirect":
            return redirect(request.target)
        if trap == "loop":
            return redirect(
                "/loop/202601/t20260105_2.html" if request.path.endswith("_1.html") else "/loop" + _DOCUMENT
            )
        step = int(request.query.get("step", "0"))
        return redirect(f"/deep{_DOCUMENT}?step={step + 1}") if step < 60 else answers.document(60)
