"""Acts on a portal file's ``[discover]`` before a crawl walks: columns that the portal has, beyond those written down."""

from __future__ import annotations

import hashlib
import logging
import re
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from sqlite_utils import Database

from archive.urls import host_of, url_key
from crawler import clock
from crawler.discovery.known import extended, known_directories, remember
from crawler.discovery.node import Node
from crawler.engines.links import is_file
from crawler.platforms.loader import load_profile
from crawler.portals.model import Directory, Portal
from crawler.portals.register import register
from crawler.probing.asking import Asker, OutOfRequests
from crawler.probing.names import is_single, known_names, never
from crawler.probing.page import Site
from crawler.probing.places import shown_name
from crawler.probing.services import Way
from crawler.probing.trees import trees
from crawler.probing.trial import tried
from crawler.session import CrawlSession

logger = logging.getLogger(__name__)
MOST_PAGES = 300
"""Requests of one discovery."""
DEPTH = 5


async def discover(session: CrawlSession) -> None:
    """Look for directories when that is due (as sweeps are), and walk them in this crawl with those written down.

    A discovery that breaks off leaves what earlier ones found, and says so among the crawl's problems.
    """
    portal = session.portal
    known = known_directories(session.reader, portal)
    wanted = session.options.directory
    if portal.discover is None or (wanted is not None and portal.directory(wanted) is not None):
        return
    if not _due(session, known.at):
        _miss(session, wanted)
        return
    asker = Asker(session.ask, MOST_PAGES, logger.info)
    found: list[Directory] = []
    problem = await _find(asker, portal, found)
    if problem is not None:
        session.problems.append(f"[discover]: {problem}")
    at = clock.stamp()
    if problem is not None:
        keys = {directory.key for directory in found}
        found += [directory for directory in known.directories if directory.key not in keys]
    written = [
        item for item in portal.directories if item.key not in {known.key for known in known.directories}
    ]
    whole = extended(portal.model_copy(update={"directories": written}), found)
    told = [
        {"key": item.key, "name": item.name, "url": item.url or portal.base_url, "expect": item.expect}
        for item in whole.directories
    ]
    session.record_event("discovered", {"directories": told})

    def keep(db: Database) -> dict[str, int]:
        remember(db, portal, found, at)
        return register(db, whole, at)

    session.directories = await session.journal.commit(keep)
    session.portal = whole
    _miss(session, wanted)


def _miss(session: CrawlSession, wanted: str | None) -> None:
    """Say that the directory of the command line is neither written down nor discovered."""
    if wanted is not None and session.portal.directory(wanted) is None:
        keys = ", ".join(directory.key for directory in session.portal.directories)
        session.problems.append(
            f"there is no directory '{wanted}', written down or discovered: there are {keys or 'none'}"
        )


def _due(session: CrawlSession, last: str | None) -> bool:
    patience = timedelta(days=session.portal.schedule.sweep_days)
    return last is None or session.options.sweep or clock.now() - clock.parse_stamp(last) >= patience


async def _find(asker: Asker, portal: Portal, found: list[Directory]) -> str | None:
    """Put the directories into ``found``; what kept some from being found, None if nothing did."""
    assert portal.discover is not None  # as the caller saw
    start = portal.absolute(portal.discover.url or "/")
    try:
        seen = await asker.page(start)
        if not seen.ok:
            return f"{start} could not be read: {seen.challenge or seen.problem}"
        if portal.discover.method == "links":
            await _linked(asker, portal, start, found)
            return None
        nodes = await trees(asker, seen)
        for node in nodes:
            directory = _directory(portal, node)
            if directory is not None and (node.count is not None or await _lists(asker, portal, directory)):
                found.append(directory)
    except OutOfRequests:
        return f"{MOST_PAGES} requests were not enough"
    return None if nodes else f"{start} has no tree of the method {portal.discover.method}"


def _directory(portal: Portal, node: Node) -> Directory | None:
    """A node as a directory; None where it lies elsewhere or is of another family than the portal."""
    prefix = portal.discover.prefix if portal.discover else None
    if node.family is not None and node.family != portal.family:
        return None
    if node.url is not None and not (_own(portal, node.url) and _below(node.url, prefix)):
        return None
    key = _key(portal, node.url, "-".join(node.params.values()))
    return Directory(key=key, name=node.name or key, url=node.url, params=dict(node.params))


async def _lists(asker: Asker, portal: Portal, directory: Directory) -> bool:
    listing = portal.listing.model_dump(exclude_unset=True, by_alias=True) if portal.listing else {}
    url = portal.absolute(directory.url) if directory.url else None
    way = Way(portal.family, url, directory.params, listing)
    return await tried(asker, way, Site(portal.base_url, tuple(sorted(portal.own_hosts)))) is not None


async def _linked(asker: Asker, portal: Portal, start: str, found: list[Directory]) -> None:
    """Pages below the prefix that list documents, from link to link, breadth first; single pages by their names."""
    assert portal.discover is not None  # as the caller saw
    folder = urlsplit(start).path.rpartition("/")[0] + "/"
    prefix = portal.discover.prefix or folder
    waiting, opened = [(start, "", 0)], {url_key(start)}
    forms = load_profile(portal.family).urls.document
    while waiting:
        url, name, depth = waiting.pop(0)
        seen = await asker.page(url)
        if not seen.ok:
            continue
        key = _key(portal, url, "")
        directory = Directory(key=key, name=shown_name(name, seen), url=url)
        if await _lists(asker, portal, directory):
            found.append(directory)
        elif is_single(name):
            found.append(directory.model_copy(update={"expect": "single"}))
        for link in seen.links if depth < DEPTH else []:
            like = any(re.search(form, link.url) for form in forms) or known_names().document.search(link.url)
            if (
                like
                or never(link)
                or not _own(portal, link.url)
                or is_file(load_profile("generic").urls, link.url)
            ):
                continue
            if _below(link.url, prefix) and url_key(link.url) not in opened:
                opened.add(url_key(link.url))
                waiting.append((link.url, link.name, depth + 1))


def _own(portal: Portal, url: str) -> bool:
    try:
        return host_of(url) in portal.own_hosts
    except ValueError:
        return False


def _below(url: str, prefix: str | None) -> bool:
    return prefix is None or urlsplit(url).path.startswith(urlsplit(urljoin("http://x/", prefix)).path)


def _key(portal: Portal, url: str | None, asked: str) -> str:
    """A directory's key is made of its address alone, so that every discovery gives it the same one."""
    parts = urlsplit(url or "")
    whole = "-".join(filter(None, [*parts.path.split("/"), parts.query, parts.fragment, asked]))
    digest = hashlib.sha256(
        f"{url_key(url.partition('#')[0]) if url else ''}#{parts.fragment}#{asked}".encode()
    )
    word = re.sub(r"[^A-Za-z0-9]+", "-", whole).strip("-")[-40:].strip("-") or "column"
    return f"{word}-{digest.hexdigest()[:8]}"
