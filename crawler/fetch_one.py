"""Fetches one page outside any archive, under the same guard, limits and politeness as a crawl (`gongkai extract URL`)."""

from __future__ import annotations

from scrapy import Request

from archive.layout import DataDirectory
from archive.urls import host_of
from crawler.asking import Interrupted, run_asking
from crawler.challenges import recognise
from crawler.contact import user_agent
from crawler.fetching import describe, header_of, http_settings
from crawler.network.guard import POLICY
from crawler.portals.model import Portal
from pipelines.bundle import Part


class FetchError(Exception):
    """There is no page to read; one sentence says why and what to do."""


def fetch(
    url: str,
    portal: Portal | None = None,
    *,
    data: DataDirectory | None = None,
    allow_private_hosts: bool = False,
) -> Part:
    """The page at ``url`` as a part; ``portal`` gives its ``[http]``, the archive in ``data`` the contact.

    Runs Twisted's reactor, so it can be called once a process. Raises :class:`FetchError`.
    """
    settings = {"EXTENSIONS": {}, **(http_settings(portal.http) if portal is not None else {})}
    settings["AUTOTHROTTLE_ENABLED"] = False
    if data is not None:
        settings["USER_AGENT"] = user_agent(data)
    if allow_private_hosts or (portal is not None and portal.http.allow_private_hosts):
        POLICY.allow(host_of(url))
    request = Request(url, meta={"role": "document"})
    try:
        answer = run_asking(lambda ask: ask(request), settings=settings)
    except Interrupted:
        raise FetchError(f"{url} could not be fetched: no answer") from None
    except Exception as error:
        reason = describe(error)
        named = reason.startswith(url[:200])  # by whoever refused the request
        raise FetchError(reason if named else f"{url} could not be fetched: {reason}") from error
    challenge = recognise(answer.status, answer.body)
    if challenge is not None:
        raise FetchError(
            f"{url} answered with a challenge ({challenge}), not with the page: save it with a browser and extract the file"
        )
    if answer.status >= 400:
        raise FetchError(f"{url} answered HTTP {answer.status}: check the address")
    return Part(answer.url, answer.body, header_of(answer, "Content-Type"))
