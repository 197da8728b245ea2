"""A probe and a walk in one process: a sample's own function answers in place of the network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy.http import HtmlResponse

from archive.urls import url_key
from crawler import clock
from crawler.engines import ENGINES
from crawler.engines.base import Entry, ListingRequest
from crawler.portals.model import Http, Portal
from crawler.portals.plan import plan
from crawler.probing.asking import Asker
from crawler.probing.draft import draft, values_of
from crawler.probing.result import Probed, probed
from crawler.samples.wire import Request, Response

BASE = "http://www.linan.example.gov.cn/"
Site = Callable[[Request], Response]


@dataclass
class Local:
    """A site that answers in this process; ``asked`` is what was asked for."""

    site: Site
    base: str = BASE

    def __post_init__(self) -> None:
        self.asked: list[str] = []

    async def ask(self, request: scrapy.Request) -> Any:
        """What Scrapy's downloader would give; redirects are followed, cookies kept, as it does."""
        cookies: dict[str, str] = {}
        for _ in range(4):
            parts = urlsplit(request.url)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            self.asked.append(f"{request.method} {target}")
            headers = {name.decode().lower(): value[0].decode() for name, value in request.headers.items()}
            headers |= {
                "host": parts.netloc,
                "cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            }
            answer = self.site(Request(request.method, target, headers, request.body))
            sent = {name.lower(): value for name, value in answer.headers}
            if answer.status not in (301, 302):
                break
            name, _, value = sent.get("set-cookie", "").partition(";")[0].partition("=")
            cookies[name] = value
            request = request.replace(url=f"{parts.scheme}://{parts.netloc}{sent['location']}")
        return HtmlResponse(request.url, answer.status, headers=dict(answer.headers), body=answer.body)

    def probe(self, path: str = "/", limit: int = 150) -> Probed:
        """Probe the site from ``path``."""
        asker = Asker(self.ask, limit, lambda _: None)
        return asyncio.run(probed(self.base.rstrip("/") + path, asker))

    def listed(self, portal: Portal) -> dict[str, Entry]:
        """Every entry of every directory by the key of its address, walked by the portal's own engines to the end."""
        return asyncio.run(self._listed(portal))

    async def _listed(self, portal: Portal) -> dict[str, Entry]:
        asker = Asker(self.ask, 2000, lambda _: None)
        found: dict[str, Entry] = {}
        for directory in portal.directories:
            made = plan(portal, directory, clock.day())
            if directory.expect == "single":
                found[url_key(str(made.url))] = Entry(str(made.url))
                continue
            engine = ENGINES[made.engine]
            request: ListingRequest | None = engine.first(made)
            repeats = 0
            while request is not None and repeats < 2:
                seen = await asker.listing(request)
                page = engine.read(made, request, seen.text, seen.url) if seen.ok else None
                keyed = (
                    {url_key(entry.url, drop_query=made.urls.drop_query): entry for entry in page.entries}
                    if page
                    else {}
                )
                repeats = (
                    repeats + 1 if not keyed.keys() - found.keys() and not (page and page.embedded) else 0
                )
                found |= keyed
                request = page.next if page is not None else None
        return found

    def keys(self, paths: Iterable[str]) -> set[str]:
        """The keys of addresses of the site."""
        return {url_key(self.base + path.lstrip("/")) for path in paths}


def drafted(found: Probed) -> tuple[str, Portal]:
    """The draft's text, and the portal that its values are."""
    assert found.findings is not None
    values = values_of(found.findings, Http())
    return draft(found.findings, Http()), Portal.model_validate({"id": "draft", **values})
