"""Hanweb's jpage listings: a column page with the first group inside, then windows of its list service
(platforms.md §2; what it leaves open is chosen as §33 says).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from lxml import etree

from archive.urls import host_of
from crawler.engines import links, markup
from crawler.engines.base import ListingError, ListingPage, ListingRequest
from crawler.engines.datastore import Unit, encrypted, has_datastore, ids_of, read_answer, read_column
from crawler.engines.page import listing_headers, single_page
from crawler.engines.rows import Rows, read_elements
from crawler.portals.plan import DirectoryPlan

DEFAULT_WINDOW = 100
MAX_WINDOW = 300
GROUPS = 3
_DEFAULT_IDS = {"col": "1", "appid": "1", "path": "/", "permissiontype": "0"}
_PAGE = re.compile(r"([?&]page=)[0-9]{1,9}")


def first(plan: DirectoryPlan) -> ListingRequest:
    """The column page; where the directory names the list service itself, or has params alone, its first
    window.
    """
    if plan.url is not None and "dataproxy" not in urlsplit(plan.url).path:
        return ListingRequest(plan.url, headers=listing_headers(plan), state={"step": "column"})
    address = plan.url or plan.portal.absolute(plan.listing.jpage.endpoint)
    ids = {**ids_of(address), **plan.directory.params}
    if not ids.get("columnid") or not ids.get("unitid"):
        raise ListingError(
            f"the directory '{plan.directory.key}' asks the list service without columnid and unitid: "
            "give them in its url or params, or give the column page's url"
        )
    per_page = parse_qs(urlsplit(address).query).get("perpage", [""])[0]
    unit = Unit(
        endpoint=address.partition("?")[0], ids=ids, per_page=int(per_page) if per_page.isdecimal() else None
    )
    return _window(plan, _service(plan, unit, plan.portal.base_url), 1, 1)


def read(plan: DirectoryPlan, request: ListingRequest, text: str, url: str) -> ListingPage:
    """Read a column page (its entries are ``embedded``) or one answer of the list service."""
    step = request.state.get("step")
    if step == "column":
        return single_page(plan, text, url) or _column(plan, request, text, url)
    if not has_datastore(text):
        raise ListingError(
            f"the list service answered with {len(text)} characters that hold no <datastore>: "
            "the portal refuses, or lists this column another way"
        )
    unit = read_answer(text)
    rows = _rows(plan, unit, str(request.state.get("referer") or url))
    total = unit.total if unit.total is not None else request.state.get("total")
    state = {**request.state, "total": total}
    received = len(unit.records)
    done = int(state["start"]) - 1 + received
    following: ListingRequest | None = None
    if received and (total is None or done < total):
        state["start"] = done + 1
        following = (
            _group(plan, state, request.page + 1) if step == "group" else _next_window(plan, state, request)
        )
    pages = None
    if total is not None and received:
        pages = request.page + max(0, -(-(total - done) // received))
    return ListingPage(rows.entries, announced_total=total, pages=pages, next=following, skipped=rows.skipped)


def _column(plan: DirectoryPlan, request: ListingRequest, text: str, url: str) -> ListingPage:
    wanted = plan.directory.params.get("unitid") or parse_qs(urlsplit(url).query).get("uid", [""])[0]
    unit = read_column(text, wanted or parse_qs(urlsplit(request.url).query).get("uid", [None])[0])
    if unit is None or not (unit.ids or unit.href or plan.directory.params):
        raise ListingError(
            f"{url} has no <datastore> and no jpage call: "
            "the column is listed another way, give the directory another family or its params"
        )
    rows = _rows(plan, unit, url)
    state = _service(plan, unit, url)
    mode = plan.listing.jpage.mode
    if mode == "nextgroup" or (mode == "auto" and encrypted(unit)):
        if unit.href is None:
            raise ListingError(f"{url} has no nextgroup address, which listing.jpage.mode 'nextgroup' needs")
        state = {**state, "step": "group", "href": unit.href, "group": 1}
        following = _group(plan, state, request.page + 1)
    else:
        following = _window(plan, state, 1, request.page + 1)
    return ListingPage(
        rows.entries,
        announced_total=unit.total,
        pages=None,
        next=following,
        embedded=True,
        skipped=rows.skipped,
    )


def _service(plan: DirectoryPlan, unit: Unit, referer: str) -> dict[str, Any]:
    """The state that all requests to the list service start from."""
    endpoint = _own(plan, unit.endpoint or plan.listing.jpage.endpoint, referer)
    per_page = min(unit.per_page or 0, MAX_WINDOW)
    window = plan.listing.jpage.window or min(per_page * GROUPS, MAX_WINDOW) or DEFAULT_WINDOW
    return {
        "step": "window",
        "start": 1,
        "endpoint": endpoint,
        "ids": {**_DEFAULT_IDS, **unit.ids, **plan.directory.params},
        "per_page": per_page or window,
        "window": window,
        "total": unit.total,
        "referer": referer,
    }


def _next_window(plan: DirectoryPlan, state: dict[str, Any], request: ListingRequest) -> ListingRequest:
    """The window behind what was received, so that a service that gives less than was asked skips nothing."""
    return _window(plan, state, int(state["start"]), request.page + 1)


def _window(plan: DirectoryPlan, state: Mapping[str, Any], start: int, page: int) -> ListingRequest:
    window = {
        "startrecord": str(start),
        "endrecord": str(start + int(state["window"]) - 1),
        "perpage": str(state["per_page"]),
    }
    post = plan.listing.jpage.method == "POST"
    query = window if post else {**window, **state["ids"]}
    return ListingRequest(
        _queried(str(state["endpoint"]), urlencode(query)),
        page,
        method=plan.listing.jpage.method,
        form=dict(state["ids"]) if post else None,
        headers=_headers(plan, state),
        state={**state, "start": start},
    )


def _group(plan: DirectoryPlan, state: dict[str, Any], page: int) -> ListingRequest:
    """The page's own nextgroup address with ``page`` counted from 1, which is the group the page embeds
    (§33).
    """
    group = int(state["group"])
    address, changed = _PAGE.subn(rf"\g<1>{group}", str(state["href"]), count=1)
    if not changed:
        address = f"{address}{'&' if '?' in address else '?'}page={group}"
    return ListingRequest(
        _own(plan, address, str(state["referer"])),
        page,
        headers=_headers(plan, state),
        state={**state, "group": group + 1},
    )


def _own(plan: DirectoryPlan, address: str, referer: str) -> str:
    """``address`` as an absolute one of the portal; a page must not send its crawler elsewhere."""
    url = links.resolve(address, referer)
    if url is None or host_of(url) not in plan.portal.own_hosts:
        raise ListingError(
            f"the list service {address[:200]!r} is not on the portal's hosts: add its host to hosts if it is right"
        )
    return url


def _headers(plan: DirectoryPlan, state: Mapping[str, Any]) -> dict[str, str]:
    own = {"X-Requested-With": "XMLHttpRequest", "Referer": str(state["referer"])}
    return {**own, **listing_headers(plan)}


def _queried(address: str, query: str) -> str:
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _rows(plan: DirectoryPlan, unit: Unit, base: str) -> Rows:
    """Each record is one row."""
    return read_elements(plan.listing, plan.urls, plan.portal.own_hosts, _fragments(unit.records), base)


def _fragments(records: Iterable[str]) -> Iterable[etree._Element]:
    return (root for root in map(markup.parse, records) if root is not None)
