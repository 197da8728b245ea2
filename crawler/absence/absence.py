"""What one crawl knows of how its portal says that a document is not there (DESIGN §4).

404 and 410 say it themselves. Many portals answer 200 with an error page instead, or lead home. Once a crawl the portal
is asked for an address that cannot exist; whatever it answers then is no document. A portal that answers everything
alike, its listings too, is out of order: then nothing is gone, and such answers are errors.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Literal

from scrapy import Request
from scrapy.http import Response
from w3lib.html import get_meta_refresh

from archive.captures.encoding import TooLarge, decode_body
from archive.captures.media_type import media_type
from archive.crawling.entries import listed_titles
from archive.crawling.frontier import Due
from archive.history.similarity import shingles
from archive.urls import url_key
from crawler.absence.elsewhere import Elsewhere
from crawler.absence.examples import EXAMPLES, Examples
from crawler.absence.impossible import impossible
from crawler.absence.likeness import is_missing, may_be, same_page
from crawler.absence.said import MAX_BYTES, Said, said, steady
from crawler.fetching import describe, header_of
from crawler.session import CrawlSession

logger = logging.getLogger(__name__)

Judgement = Literal["soft-404", "error"]
_TEXT = (None, "text/html", "application/xhtml+xml", "text/plain")
_HEAD = 8192
SHOWN = 0.8
"""So much of a listing is on the error page, and of the error page on the listing, where both are one page."""


class Absence:
    """Asks once, then judges the answers to document requests."""

    def __init__(self, session: CrawlSession):
        self._session = session
        portal = session.portal
        self._encoding = portal.http.encoding
        self._elsewhere = Elsewhere(portal)
        self._examples = Examples(session.reader, session.data, portal.id, self._encoding)
        self._missing: Said | None = None
        self._good: dict[str | None, list[Said]] = {}  # tonight's documents, by directory
        self._beside: dict[str, list[Said]] = {}
        self._asked = False
        self._present = False  # a document answered, and the portal has no error page of its own
        self._listed: bool | None = None
        self._alike = False  # the portal answers everything with one page

    async def learn(self, beside: str, directory: str | None) -> None:
        """Ask for an address that cannot exist, beside that of a page; only the first call asks."""
        if self._asked or self._session.over:
            return
        self._asked = True
        address, token = impossible(beside, self._session.crawl_id)
        try:
            response = await self._session.ask(
                Request(address, dont_filter=True, meta={"role": "probe", "directory": directory})
            )
        except Exception as error:
            logger.info("%s: nothing learnt of missing pages: %s", address, describe(error))
            return
        if not 200 <= response.status < 300 or response.meta.get("challenge"):
            return
        self._missing = said(response.body, header_of(response, "Content-Type"), self._encoding)
        if url_key(response.url) != url_key(address) and token not in response.url:
            self._elsewhere.learn(response.url)

    def answers_for(self, directory_id: int | None = None) -> bool:
        """Whether the error page is what this crawl read as the directory's listing, or as any (None).

        It has the titles of the listing's rows, and the listing has what it has: a home page that shows the newest
        rows of a short directory is another page.
        """
        if self._missing is None:
            return False
        missing, crawl_id = self._missing.text, self._session.crawl_id
        titles = map(steady, listed_titles(self._session.reader, crawl_id, directory_id))
        known = [marks for title in titles if (marks := shingles(title))]
        if not known or sum(marks <= missing for marks in known) < SHOWN * len(known):
            return False
        pages = self._examples.listings(crawl_id, directory_id)
        return all(len(missing & page.text) >= SHOWN * len(missing) for page in pages)

    async def answers_everything(
        self, listing: str, titles: Sequence[str], document: str, directory: str
    ) -> bool:
        """Whether the portal answers alike to a listing (its decoded text, its rows' titles), to a document that the
        listing names, and to an address that cannot exist: then nothing of it is what was asked for.

        A portal that shows a listing instead of an error page still shows its documents. ``document`` is asked for
        only where the listing looks like the error page. Without titles (a directory of a single page) the page has to
        be the error page altogether.
        """
        await self.learn(document, directory)
        page = said(listing.encode("utf-8", "surrogatepass"), "text/html; charset=utf-8", None)
        if self._missing is None or page is None:
            return False
        if not titles:
            self._alike = same_page(page, self._missing)
            return self._alike
        missing = self._missing.text
        known = [marks for title in titles if (marks := shingles(steady(title)))]
        named = sum(marks <= missing for marks in known) >= SHOWN * len(known)
        if not known or not named or len(missing & page.text) < SHOWN * len(missing):
            return False
        request = Request(document, dont_filter=True, meta={"role": "probe", "directory": directory})
        try:
            response = await self._session.ask(request)
        except Exception as error:
            logger.info("%s: nothing learnt of the documents: %s", document, describe(error))
            return False
        answer = said(response.body, header_of(response, "Content-Type"), self._encoding)
        alike = 200 <= response.status < 300 and answer is not None and same_page(answer, self._missing)
        self._alike = self._alike or alike
        return alike

    def judge(self, due: Due, asked: str, response: Response) -> Judgement | None:
        """Whether the answer to a document's request says that the document is gone; None: it does not.

        ``response`` is as it came, its body still compressed; ``error``: nothing that the portal answers tonight says
        anything.
        """
        location = response.headers.get("Location")
        if 300 <= response.status < 400:
            return self._redirect(due, asked, location.decode("latin-1")) if location else None
        if not 200 <= response.status < 300 or media_type(response.headers.get("Content-Type")) not in _TEXT:
            return None
        try:
            body = decode_body(response.body, response.headers.getlist("Content-Encoding"), MAX_BYTES)
        except TooLarge:
            return None
        if (target := _refresh(body[:_HEAD], asked)) and self._redirect(due, asked, target):
            return self._gone()
        return self._page(due, body, header_of(response, "Content-Type"))

    def _redirect(self, due: Due, asked: str, location: str) -> Judgement | None:
        away = self._elsewhere.leads_away(asked, location) and self._elsewhere.leads_away(due.url, location)
        return self._gone() if away else None

    def _page(self, due: Due, body: bytes, content_type: str | None) -> Judgement | None:
        if self._missing is None:
            self._present = True
            return None
        answer = said(body, content_type, self._encoding)
        if answer is None:
            return None
        if self._alike and same_page(answer, self._missing):
            return "error"
        if not may_be(answer, self._missing):
            good = self._good.setdefault(due.directory_key, [])
            if len(good) < EXAMPLES and due.kind == "page":
                good.append(answer)
            return None
        own = self._examples.last_good(due.url_key) if due.visited else []
        title = shingles(steady(due.title or ""))
        missing = is_missing(answer, self._missing, title, own=own, beside=self._others(due.directory_key))
        return self._gone() if missing else None

    def _others(self, directory: str | None) -> list[Said]:
        """Documents of a directory: tonight's and the archive's."""
        if directory is not None and directory not in self._beside:
            self._beside[directory] = self._examples.beside(directory)
        return [*self._good.get(directory, ()), *self._beside.get(directory or "", ())]

    def _gone(self) -> Judgement:
        """An absence is believed of a portal that shows something else elsewhere."""
        present = self._present or any(self._good.values()) or self._lists()
        return "soft-404" if present else "error"

    def _lists(self) -> bool:
        """Whether tonight's listings, which are read by now, show something else than the error page."""
        if self._listed is None:
            titles = listed_titles(self._session.reader, self._session.crawl_id)
            self._listed = bool(titles) and not self.answers_for()
        return self._listed


def _refresh(head: bytes, asked: str) -> str | None:
    """Where a page's ``<meta http-equiv="refresh">`` leads."""
    if b"refresh" not in head.lower():
        return None
    try:
        return get_meta_refresh(head.decode("latin-1"), asked)[1]
    except ValueError:  # an address that is none
        return None
