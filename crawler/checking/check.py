"""A portal's check: its directories one after the other, each by one listing page and one document."""

from __future__ import annotations

from collections.abc import Callable

from archive import __version__
from archive.layout import DataDirectory
from crawler import clock
from crawler.asking import Ask
from crawler.checking.asking import ask_portal
from crawler.checking.document import check_document, chosen
from crawler.checking.found import DirectoryCheck, PortalCheck, Trouble
from crawler.checking.listing import check_listing
from crawler.engines.base import Entry
from crawler.portals.model import Portal
from crawler.portals.plan import DirectoryPlan, config_hash, plan


def check_portal(
    portal: Portal,
    data: DataDirectory,
    *,
    allow_private_hosts: bool = False,
    only: str | None = None,
    begun: Callable[[str], None] = lambda _: None,
) -> PortalCheck:
    """Ask ``portal`` for one listing page and one document of each directory (of ``only`` that one) and judge them.

    ``begun`` is told each directory's key when its turn comes.

    No archive is read or changed but for the contact that the crawler names. Raises
    :class:`crawler.asking.Interrupted`. Runs Twisted's reactor: once a process.
    """
    wanted = [item for item in portal.directories if only in (None, item.key)]
    plans = [plan(portal, directory, clock.day()) for directory in wanted]
    check = PortalCheck(portal.id, clock.day().isoformat(), config_hash(portal), __version__, [])

    seen: set[str] = set()

    async def look(ask: Ask) -> None:
        for number, planned in enumerate(plans):
            begun(planned.directory.key)
            found, final = await _directory(ask, planned, seen)
            check.directories.append(found)
            if final and number + 1 < len(plans):
                check.problem = f"{len(plans) - number - 1} more directories were not asked for: {found.troubles[-1].text}"
                return

    if plans:
        ask_portal(portal, data, look, allow_private_hosts=allow_private_hosts)
    else:
        check.problem = "the portal file has no [[directories]]: write at least one down"
    return check


async def _directory(ask: Ask, planned: DirectoryPlan, seen: set[str]) -> tuple[DirectoryCheck, bool]:
    directory = planned.directory
    check = DirectoryCheck(
        directory.key, directory.name, planned.family, planned.engine, directory.expect, planned.url
    )
    if directory.expect == "single":
        if planned.url is None:
            check.troubles.append(
                Trouble("no-url", 'it has no url, which expect = "single" needs: write it down')
            )
            return check, False
        return check, await check_document(ask, planned, Entry(planned.url), check)
    entries, final = await check_listing(ask, planned, check)
    entry = chosen(planned, entries, seen)
    if entry is not None and not final:
        seen.add(entry.url)
        final = await check_document(ask, planned, entry, check)
    return check, final
