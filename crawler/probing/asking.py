"""A probe's requests: through the same guard, robots, limits and politeness as a crawl's, no more than agreed, nothing archived."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from archive.layout import DataDirectory
from archive.urls import host_of
from crawler.asking import Ask, Result, run_asking
from crawler.challenges import recognise
from crawler.contact import user_agent
from crawler.engines.base import ListingRequest
from crawler.fetching import describe, header_of, http_settings
from crawler.network.guard import POLICY
from crawler.portals.model import Http
from crawler.probing.page import Seen
from crawler.spiders.listing_steps import scrapy_request
from pipelines.decode import Unreadable, decode

CHALLENGES = 3
"""So many challenges in a row end a probe's requests: asking on would only harden the portal."""


class OutOfRequests(Exception):
    """The number of requests that was agreed is used up."""


class SameSite(Container[str]):
    """The hosts (``host:port``) that a probe may ask: the address's own, and others of the same domain."""

    def __init__(self, url: str):
        self.host = host_of(url)
        name = urlsplit(url).hostname or ""
        labels = name.split(".")
        literal = labels[-1].isdecimal() or ":" in name
        self.domain = ".".join(labels[1:]) if len(labels) > 3 and not literal else ("" if literal else name)

    def __contains__(self, host: object) -> bool:
        name = str(host).partition(":")[0]
        return host == self.host or bool(
            self.domain and (name == self.domain or name.endswith("." + self.domain))
        )


class Asker:
    """Asks for pages, each address once: the second time the answer is remembered."""

    def __init__(self, ask: Ask, limit: int, say: Callable[[str], None]):
        self._ask = ask
        self._known: dict[str, Seen] = {}
        self._limit = limit
        self._say = say
        self._challenged = 0
        self._kept = 0
        self.made = 0

    @property
    def left(self) -> int:
        """How many more requests may be made."""
        return 0 if self._challenged >= CHALLENGES else self._limit - self._kept - self.made

    def keep(self, requests: int) -> None:
        """Hold so many requests back for later."""
        self._kept = requests

    async def page(self, url: str) -> Seen:
        """The page at ``url``; raises :class:`OutOfRequests`."""
        return await self.listing(ListingRequest(url.partition("#")[0]))

    async def listing(self, request: ListingRequest) -> Seen:
        """The answer to a listing request; raises :class:`OutOfRequests`."""
        key = repr((request.method, request.url.partition("#")[0], request.form, request.body))
        known = self._known.get(key)
        if known is not None:
            return known
        if self.left <= 0:
            raise OutOfRequests
        self.made += 1
        self._say(f"[{self.made}] {request.method} {request.url[:160]}")
        seen = await self._fetched(request)
        self._challenged = self._challenged + 1 if seen.challenge else 0
        self._known[key] = seen
        return seen

    async def _fetched(self, request: ListingRequest) -> Seen:
        try:
            made = scrapy_request(request, "")
            made.meta.update(role="tree", directory=None)
            response = await self._ask(made)
        except IgnoreRequest as error:
            return Seen(request.url, request.url, problem=str(error))
        except Exception as error:
            return Seen(request.url, request.url, problem=describe(error))
        content_type = header_of(response, "Content-Type")
        challenge = recognise(response.status, response.body)
        problem = f"HTTP {response.status}" if response.status >= 400 else None
        text = ""
        if problem is None and challenge is None:
            try:
                text = decode(response.body, content_type).text
            except Unreadable as error:
                problem = str(error)
        return Seen(
            request.url, response.url, response.status, text, response.body, content_type, problem, challenge
        )


def run(
    url: str,
    work: Callable[[Asker], Awaitable[Result]],
    *,
    http: Http,
    limit: int,
    data: DataDirectory,
    say: Callable[[str], None],
) -> Result:
    """What ``work`` returns, given an :class:`Asker` for the site of ``url``.

    Runs Twisted's reactor, so it can be called once a process. What ``work`` raises is raised here, and
    :class:`crawler.asking.Interrupted`.
    """
    if http.allow_private_hosts:
        POLICY.allow(host_of(url))
    return run_asking(
        lambda ask: work(Asker(ask, limit, say)),
        settings={"USER_AGENT": user_agent(data), **http_settings(http)},
        hosts=SameSite(url),
    )
