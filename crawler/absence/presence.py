"""An absence is believed on a night on which the portal shows some other document (DESIGN §4).

A portal out of order answers 404, its home page or a notice for every document, its listing may even go on as ever. Three
such nights would withdraw all that it has. So where documents seem to be gone and none has answered yet, a few are asked
for that should be there.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from scrapy import Request

from archive.crawling.frontier import Due
from archive.crawling.witnesses import witnesses
from crawler.fetching import describe

if TYPE_CHECKING:
    from archive.captures.model import Capture
    from crawler.session import CrawlSession

logger = logging.getLogger(__name__)

WITNESSES = 3
"""Documents asked for: those that really went may be among them."""


class Presence:
    """Whether the portal shows documents in this crawl."""

    def __init__(self, session: CrawlSession):
        self._session = session
        self._seen = False
        self._asking: asyncio.Task[bool] | None = None

    def note(self) -> None:
        """A document answered."""
        self._seen = True

    async def believes(self, due: Due) -> bool:
        """Whether it is to be believed that ``due`` is gone; the first time, where no document answered yet, it asks."""
        if self._seen:
            return True
        if self._asking is None:
            self._asking = asyncio.ensure_future(self._ask(due.url_key))
        return await asyncio.shield(self._asking) or self._seen

    async def _ask(self, but: str) -> bool:
        """Whether one of the witnesses answers; of a portal without any, every answer is believed."""
        session = self._session
        found = witnesses(session.reader, session.portal.id, session.crawl_id, but=but, limit=WITNESSES)
        for due in found:
            request = Request(due.url, dont_filter=True, meta={"role": "probe", "due": due})
            try:
                response = await session.ask(request)
            except Exception as error:
                logger.info("%s: %s", due.url, describe(error))
                continue
            capture: Capture = response.meta["capture"]
            if capture.outcome == "content" and 200 <= response.status < 300:
                return True
        return not found
