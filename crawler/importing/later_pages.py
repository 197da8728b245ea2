"""Which page of a directory's listing an address is, told by the address alone.

A page of a listing is known by the page before it. Where imports come in another order that one is not here yet, and what
a listing says must not depend on it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from archive.urls import url_key
from crawler.engines.base import ListingError, ListingRequest
from crawler.engines.paging import page_address
from crawler.portals.plan import DirectoryPlan

_FILE = re.compile(r"_([0-9]{1,5})\.([A-Za-z]{3,6})")
_PAGE = re.compile(r"(?:(?:cur|current)?page(?:no|num|number|index)?|p|pn)", re.I)


def later_page(planned: DirectoryPlan, first: ListingRequest, url: str) -> ListingRequest | None:
    """The request for the page at ``url`` of the listing that ``first`` opens; None where it does not look like one.

    Known are numbered files beside the first page (platforms.md §22: ``zero``, ``one``), and addresses that differ from
    the first page's in the number of the page alone. Raises ``ValueError`` for no address.
    """
    if first.method != "GET" or url_key(url) == url_key(first.url):
        return None
    page = _by_file(planned.listing.paging.suffix, first.url, url) or _by_query(first.url, url)
    if page is None:
        return None
    return replace(first, url=url, page=page, state={**first.state, "base": first.url})


def _by_file(rule: str | None, first: str, url: str) -> int | None:
    """As the suffix rule numbers it, whatever the extension."""
    found = _FILE.search(urlsplit(url).path.rpartition("/")[2])
    if rule not in ("zero", "one") or found is None:
        return None
    page = int(found[1]) + (rule == "zero")
    try:
        address = page_address(rule, first, page, ext=found[2])
    except ListingError:
        return None
    return page if page > 1 and url_key(address) == url_key(url) else None


def _by_query(first: str, url: str) -> int | None:
    """By the one parameter that differs, or that the first page's address has not."""
    one, other = urlsplit(first), urlsplit(url)
    if (one.netloc, one.path) != (other.netloc, other.path):
        return None
    before, now = (dict(parse_qsl(parts.query, keep_blank_values=True)) for parts in (one, other))
    differing = [name for name in before.keys() | now.keys() if before.get(name) != now.get(name)]
    if len(differing) != 1 or not _PAGE.fullmatch(differing[0]):
        return None
    number = now.get(differing[0], "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else None
