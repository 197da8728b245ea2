"""Refuses requests before they are made: other schemes, other hosts, written private addresses, endless addresses."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from archive.urls import host_of
from crawler.network.guard import POLICY, Policy, Refused, literal_address, port_of


class GuardMiddleware:
    """The first downloader middleware; redirects come back through it, so every hop is judged."""

    def __init__(self, crawler: Crawler, policy: Policy = POLICY):
        self._crawler = crawler
        self._policy = policy
        self._url_limit = crawler.settings.getint("URLLENGTH_LIMIT")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        """Scrapy's constructor."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise :class:`Refused` for what must not be asked; name the download slot ``host:port``."""
        url = urlsplit(request.url)
        if url.scheme not in ("http", "https"):
            raise Refused("scheme", f"{request.url[:200]} is neither http nor https: not fetched")
        if len(request.url) > self._url_limit:
            raise Refused(
                "url-too-long",
                f"{request.url[:80]}… is longer than {self._url_limit} characters: not fetched",
            )
        host = host_of(request.url)
        hosts = getattr(self._crawler.spider, "hosts", None)
        if hosts is not None and host not in hosts:
            raise Refused(
                "offsite", f"{request.url[:200]} is on another host than the portal's: recorded, not followed"
            )
        address = literal_address(url.hostname or "")
        if address is not None and not self._policy.may_connect(
            url.hostname or "", address, port_of(request.url)
        ):
            raise _private(request.url, address)
        request.meta["download_slot"] = host


class ResolvedAddressMiddleware:
    """Next to the wire, before anything tries again: a name that leads to a private address will go on doing so."""

    def __init__(self, policy: Policy = POLICY):
        self._policy = policy

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Turn the resolver's "not found" for a refused address into a refusal that says so."""
        host = (urlsplit(request.url).hostname or "").lower()
        address = self._policy.refused.pop(host, None)
        if address is not None:
            raise _private(request.url, address) from exception


def _private(url: str, address: str) -> Refused:
    return Refused(
        "private-address",
        f"{url[:200]} leads to {address}, which is not a public address: not fetched "
        "(allow it with [http] allow_private_hosts = true or --allow-private-hosts)",
    )
