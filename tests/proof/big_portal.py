"""A portal of any size whose listing announces how many entries it has, and which changes as a test says."""

from __future__ import annotations

import re

from crawler.samples import load_pages
from crawler.samples.wire import Request, Response, conditional
from tests.end_to_end.runner import Gongkai
from tests.end_to_end.sites import HTML, LocalSite

ROWS = 50
MODIFIED = "Mon, 05 Jan 2026 00:00:00 GMT"
_LISTING = re.compile(r"/zwgk/load/(?:index_(\d+)\.html)?")
_DOCUMENT = re.compile(r"/zwgk/load/\d{6}/t\d{8}_(\d+)\.html")


class BigPortal:
    """``order``: the numbers that are listed, as they are listed; served while the ``with`` block runs."""

    def __init__(self, documents: int, rows: int = ROWS):
        self.rows = rows
        self.order = list(range(documents))
        self.there = set(self.order)
        self.edited: set[int] = set()
        self.renumbered: set[int] = set()
        self.site = LocalSite(self._answer)

    def __enter__(self) -> BigPortal:
        self.site.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.site.__exit__(None, None, None)

    @property
    def pages(self) -> int:
        """How many pages the listing has."""
        return -(-len(self.order) // self.rows)

    def insert(self, number: int, place: int) -> None:
        """Publish a document at this place of the listing."""
        self.order.insert(place, number)
        self.there.add(number)

    def withdraw(self, number: int) -> None:
        """Take one away, from the listing too."""
        self.order.remove(number)
        self.there.remove(number)

    def requests(self) -> int:
        """How many requests came since the last call."""
        count = len(self.site.seen)
        self.site.seen.clear()
        return count

    def write_portal_file(self, gongkai: Gongkai, budget: int) -> None:
        """The portal file ``soak``; a night revisits ``budget`` documents."""
        gongkai.portal(
            "soak",
            f'schema = 1\nname = "大门户"\nfamily = "trs-static"\nbase_url = "{self.site.base_url}"\nenabled = true\n'
            "[http]\ndelay = 0\nconcurrency = 8\nallow_private_hosts = true\n"
            f"[schedule]\nsweep_days = 60\nrevisit_budget = {budget}\n"
            '[[directories]]\nkey = "load"\nname = "通知公告"\nurl = "/zwgk/load/"\n'
            "listing.paging.total = [{ call = \"createPageHTML\", args = [\"pages\", \"current0\", \"stem\", \"ext\"] },"
            " { regex = '共(\\d{1,8})条', is = \"records\" }]\n",
        )  # fmt: skip

    def _answer(self, request: Request) -> Response | None:
        if found := _LISTING.fullmatch(request.target):
            page = int(found[1] or 0)
            numbers = self.order[page * self.rows : (page + 1) * self.rows]
            return self._listing(page, numbers) if numbers else None
        found = _DOCUMENT.fullmatch(request.target)
        if found is None or int(found[1]) not in self.there:
            return None
        return conditional(request, Response(self._document(int(found[1])), 200, (HTML,)), MODIFIED)

    def _listing(self, page: int, numbers: list[int]) -> Response:
        rows = "".join(
            f'<li><a href="{load_pages.document_path(number)}">{load_pages.title(number)}</a></li>\n'
            for number in numbers
        )
        pager = f'createPageHTML({self.pages}, {page}, "index", "html");'
        markup = (
            "<!DOCTYPE html><html><head><meta charset='utf-8'><title>通知公告</title></head><body>"
            f"<ul>{rows}</ul><p>共{len(self.order)}条</p><script>{pager}</script></body></html>"
        )
        return Response(markup.encode(), 200, (HTML,))

    def _document(self, number: int) -> bytes:
        content = b"<!DOCTYPE html><html><head><meta charset='utf-8'>" + load_pages.document(number)
        if number in self.edited:
            content = content.replace(b"</p>", "（经修订，自下月一日起按新规定执行。）</p>".encode(), 1)
        if number in self.renumbered:
            old = load_pages.index_number(number).encode()
            content = content.replace(old, old.replace(b"000990777", b"000990778"))
        return content + b"</body></html>"
