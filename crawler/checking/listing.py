"""One listing page of a directory: asked for as a walk would, read by the directory's engine, judged in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.urls import host_of
from crawler.absence.elsewhere import Elsewhere
from crawler.asking import Ask
from crawler.checking.answers import fetch
from crawler.checking.found import DirectoryCheck, ListingFound, Trouble
from crawler.engines import ENGINES
from crawler.engines.base import Entry, ListingError, ListingPage, ListingRequest
from crawler.engines.links import is_file
from crawler.portals.plan import DirectoryPlan
from crawler.spiders.listing_steps import scrapy_request
from pipelines.decode import decode

MOST_REQUESTS = 6
"""Pages that say what is asked with, or hold a first group, and slices too long to be asked for come before the list
service's own answer."""
SHELL_BYTES = 3000
"""A page without links below this size, with a script, is filled in by the browser (platforms.md §27)."""

_SCRIPT = re.compile(r"<script|window\.|document\.", re.IGNORECASE)


async def check_listing(ask: Ask, plan: DirectoryPlan, check: DirectoryCheck) -> tuple[Sequence[Entry], bool]:
    """Fill ``check.listing`` and its troubles; the entries, and whether nothing more should be asked for."""
    engine = ENGINES[plan.engine]
    elsewhere = Elsewhere(plan.portal)
    try:
        request: ListingRequest | None = engine.first(plan)
        requests = 0
        while request is not None and requests < MOST_REQUESTS:
            requests += 1
            answer = await fetch(ask, scrapy_request(request, plan.directory.key))
            if answer.trouble is not None or answer.part is None:
                check.troubles += [answer.trouble] if answer.trouble else []
                return (), answer.final
            part = answer.part
            if part.url != request.url and elsewhere.is_home(part.url) and not elsewhere.is_home(request.url):
                check.troubles.append(
                    Trouble("home-page", f"{request.url} leads to the portal's home page: correct its url")
                )
                return (), False
            text = decode(part.body, part.content_type, plan.portal.http.encoding).text
            page = engine.read(plan, request, text, part.url)
            if page.next is None or not page.embedded:
                break
            request = page.next
    except ListingError as error:
        check.troubles.append(
            Trouble(
                "listing-unreadable",
                f"{error}: correct the directory's url, params or family ({plan.family})",
            )
        )
        return (), False
    check.listing = _found(plan, page, part.url, requests)
    check.troubles += _troubles(plan, page, check.listing, text)
    return page.entries, False


def _found(plan: DirectoryPlan, page: ListingPage, url: str, requests: int) -> ListingFound:
    entries = page.entries
    own = plan.portal.own_hosts
    return ListingFound(
        url=url,
        requests=requests,
        entries=len(entries),
        files=sum(is_file(plan.urls, entry.url) for entry in entries),
        offsite=sum(host_of(entry.url) not in own for entry in entries),
        dated=sum(entry.published_on is not None for entry in entries),
        numbered=sum("index_number" in entry.fields for entry in entries),
        skipped=page.skipped,
        announced_total=page.announced_total,
        announced_pages=page.pages,
        next=page.next.url if page.next is not None else None,
    )


def has_more(announced_total: int | None, pages: int | None, entries: int) -> bool:
    """Whether a listing whose first answer has ``entries`` goes on after it, by what it announces.

    A service may send several of its pages in one answer, so a total decides before a number of pages.
    """
    return (pages or 0) > 1 if announced_total is None else announced_total > entries


def _troubles(plan: DirectoryPlan, page: ListingPage, found: ListingFound, text: str) -> list[Trouble]:
    if not found.entries:
        quiet = plan.directory.expect == "empty" or page.announced_total == 0
        return [] if quiet else [_empty(plan, found, text)]
    troubles = []
    if found.offsite == found.entries:
        hosts = sorted({host_of(entry.url) for entry in page.entries})[:3]
        troubles.append(
            Trouble(
                "all-offsite",
                f"all {found.entries} entries lead to other hosts ({', '.join(hosts)}): name them in hosts if they are"
                " the portal's own, else they are recorded and never fetched",
            )
        )
    if not found.dated:
        text = "no entry has a date: name where the rows keep it with listing.published_on"
        troubles.append(Trouble("undated", text, "note"))
    elif found.dated < found.entries:
        text = f"{found.entries - found.dated} of {found.entries} entries have no date: look whether these rows are entries, else narrow listing.rows or urls.document"
        troubles.append(Trouble("some-undated", text, "note"))
    if found.next is None and has_more(page.announced_total, page.pages, found.entries):
        said = f"{page.announced_total} entries" if page.announced_total else f"{page.pages} pages"
        text = f"{said} are announced, {found.entries} entries are on this page, and no next page was found: set listing.paging, or listing.request for a service"
        troubles.append(Trouble("no-next-page", text))
    if page.announced_total is None and page.pages is None:
        text = "the listing announces no total, so that a missing entry cannot be noticed: name it with listing.paging.total if a browser shows one"
        troubles.append(Trouble("no-total", text, "note"))
    return troubles


def _empty(plan: DirectoryPlan, found: ListingFound, text: str) -> Trouble:
    if found.skipped:
        return Trouble(
            "no-documents",
            f"{found.skipped} links were found, none of which looks like a document of the family {plan.family}:"
            " say with urls.document what documents' addresses look like, or name another family",
        )
    if len(text) < SHELL_BYTES and "<a " not in text.lower() and _SCRIPT.search(text):
        return Trouble(
            "javascript-shell",
            f"{found.url} is an empty page that a script fills in: find the list's own address in the browser's network"
            " view, and name the family or the listing.request that asks there",
        )
    return Trouble(
        "no-entries",
        f"no entry was found at {found.url}: the page may be of another family than {plan.family}, or name its rows with"
        ' listing.rows; expect = "empty" if nothing is there',
    )
