"""Asks a portal for a few answers without an archive, as its file says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from archive.layout import DataDirectory
from crawler.asking import Ask, run_asking
from crawler.contact import user_agent
from crawler.fetching import http_settings
from crawler.network.guard import POLICY
from crawler.portals.model import Portal
from crawler.settings import RETRY_HTTP_CODES

LEFT_ALONE = (429, 503)
"""Answers that ask for patience: they are not tried again, and nothing else is asked for."""


def ask_portal(
    portal: Portal,
    data: DataDirectory,
    task: Callable[[Ask], Awaitable[None]],
    *,
    allow_private_hosts: bool = False,
) -> None:
    """Run ``task`` with a function that asks ``portal``'s hosts, one request at a time as its ``[http]`` says.

    Raises what ``task`` raises, and :class:`crawler.asking.Interrupted`. Runs Twisted's reactor: once a process.
    """
    own = {
        "EXTENSIONS": {"crawler.extensions.crawl_delay.CrawlDelay": 0},
        "RETRY_HTTP_CODES": [code for code in RETRY_HTTP_CODES if code not in LEFT_ALONE],
        "USER_AGENT": user_agent(data),
    }
    if allow_private_hosts or portal.http.allow_private_hosts:
        for host in portal.own_hosts:
            POLICY.allow(host)
    if portal.http.proxy:
        POLICY.allow(portal.http.proxy)
    run_asking(task, settings=http_settings(portal.http) | own, hosts=portal.own_hosts)
