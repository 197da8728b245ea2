"""Listings that a program answers with HTML: a request template with the page number (platforms.md §2b,
§14, §22).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, unquote_plus, urlencode, urlsplit, urlunsplit

from crawler.engines.base import ListingError, ListingPage, ListingRequest
from crawler.engines.page import listing_headers, read_html, single_page
from crawler.engines.paging import next_link
from crawler.platforms.model import Request
from crawler.portals.plan import DirectoryPlan

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def first(plan: DirectoryPlan) -> ListingRequest:
    """The request for page 1; raises :class:`ListingError` where the directory lacks a url or a param."""
    return _request(plan, 1)


def read(plan: DirectoryPlan, request: ListingRequest, text: str, url: str) -> ListingPage:
    """Read one page; the next is its next link's or the template's, None behind the announced last."""
    single = single_page(plan, text, url)
    if single is not None:
        return single
    listing = read_html(plan, text, url)
    pages = listing.said.pages or request.state.get("pages")
    following: ListingRequest | None = None
    paging = plan.listing.paging
    page = request.page + 1
    state = {"pages": pages} if pages else {}
    linked = (
        next_link(paging.next, listing.root, url, url) if paging.next and request.method == "GET" else None
    )
    if linked is not None:
        following = ListingRequest(linked, page, headers=request.headers, state=state)
    elif _numbered(plan.listing.request) and (page <= pages if pages else listing.rows.entries):
        following = _request(plan, page, state)
    return ListingPage(
        entries=listing.rows.entries,
        announced_total=listing.announced_total,
        pages=pages,
        next=following,
        skipped=listing.rows.skipped,
    )


def _numbered(rule: Request) -> bool:
    """Whether the rule says where the page number goes."""
    templates = [rule.url or "", *rule.form.values()]
    return rule.page_param is not None or any("{page}" in template for template in templates)


def _request(plan: DirectoryPlan, page: int, state: Mapping[str, object] | None = None) -> ListingRequest:
    rule = plan.listing.request
    number = str(page - 1 + rule.first_page)
    values = {**rule.defaults, **plan.directory.params}
    used: set[str] = set()

    def fill(template: str, escape: Callable[[str], str]) -> str:
        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            used.add(name)
            return escape(_value(plan, name, number, values))

        return _PLACEHOLDER.sub(value, template)

    address = (
        fill(rule.url, lambda text: quote(text, safe="", encoding=rule.encoding)) if rule.url else plan.url
    )
    if address is None:
        raise ListingError(
            f"the directory '{plan.directory.key}' has no url and {plan.family} no listing.request.url: give one of them"
        )
    form = {name: fill(template, str) for name, template in rule.form.items()}
    rest = {name: value for name, value in values.items() if name not in used and name not in form}
    if rule.page_param is not None and (page > 1 or rule.method == "POST"):
        rest[rule.page_param] = number
    if rule.method == "POST":
        form.update(rest)
    else:
        address = _with_query(address, rest, rule.encoding)
    return ListingRequest(
        plan.portal.absolute(address),
        page,
        method=rule.method,
        form=form if rule.method == "POST" else None,
        headers=listing_headers(plan),
        state=dict(state or {}),
    )


def _value(plan: DirectoryPlan, name: str, number: str, values: Mapping[str, str]) -> str:
    given = {
        "page": number,
        "base_url": plan.portal.base_url,
        "url": plan.url or plan.portal.base_url,
        **values,
    }
    if name in given:
        return given[name]
    raise ListingError(
        f"the directory '{plan.directory.key}' lacks params.{name}, which {plan.family} asks with: add it"
    )


def _with_query(address: str, values: Mapping[str, str], encoding: str) -> str:
    """``address`` with ``values`` in its query, in place of the ones of the same name."""
    if not values:
        return address
    parts = urlsplit(address)
    kept = [
        pair for pair in parts.query.split("&") if pair and unquote_plus(pair.partition("=")[0]) not in values
    ]
    query = "&".join([*kept, urlencode(values, encoding=encoding)])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
