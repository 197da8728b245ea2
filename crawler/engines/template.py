"""Requests made from templates: what ``[listing.request]`` says, filled for one page (platforms.md §2b, §14, §22)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, unquote_plus, urlencode, urljoin, urlsplit, urlunsplit

from archive.urls import host_of
from crawler.engines.base import ListingError, ListingPage, ListingRequest
from crawler.engines.page import listing_headers, read_html
from crawler.platforms.model import Request
from crawler.portals.plan import DirectoryPlan

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PAGED = ("{page}", "{start}")
DEFAULT_SIZE = 20


def first_request(plan: DirectoryPlan) -> ListingRequest:
    """The request that opens the directory: its page, where values must be read off that, else page 1."""
    rule = plan.listing.request
    pages = [plan.url if rule.url else None, rule.values_from]
    addresses = [urljoin(plan.url or plan.portal.base_url, page) for page in pages if page]
    if not addresses or all(name in plan.directory.params for name in rule.values):
        return numbered_request(plan, 1, {})
    return _values_request(plan, addresses, {})


def _values_request(
    plan: DirectoryPlan, addresses: Sequence[str], values: Mapping[str, str]
) -> ListingRequest:
    """The next page to be read for its values, ``addresses`` being those still unread."""
    state = {"step": "values", "unread": list(addresses[1:]), "values": dict(values)}
    return ListingRequest(_own(plan, addresses[0]), headers=listing_headers(plan), state=state)


def read_values(plan: DirectoryPlan, text: str, url: str) -> dict[str, str]:
    """What ``values`` finds in a page and its address (a fragment, as ``#721``, is the directory's own)."""
    found: dict[str, str] = {}
    places = [place for place in (plan.url, url, text) if place]
    for name, patterns in plan.listing.request.values.items():
        matches = (re.search(pattern, place) for pattern in patterns for place in places)
        match = next((match for match in matches if match and match.group(1)), None)
        if match is not None:
            found[name] = unquote(match.group(1))  # as templates escape it again
    return found


def opened(
    plan: DirectoryPlan, request: ListingRequest, text: str, url: str, state: Mapping[str, Any]
) -> ListingPage:
    """A page that was read for its values: it has no entries of its own, and says what is asked next.

    Where it lacks a value but has the list itself (short columns do, platforms.md §3), that is the listing.
    """
    values = {**read_values(plan, text, url), **request.state.get("values", {})}
    unread = request.state.get("unread")
    if unread and any(name not in values for name in plan.listing.request.values):
        return ListingPage((), next=_values_request(plan, unread, values), embedded=True)
    known = {**state, "values": values}
    try:
        return ListingPage((), next=numbered_request(plan, 1, known), embedded=True)
    except ListingError:
        listing = read_html(plan, text, url)
        if not listing.rows.dated:
            raise
        return ListingPage(listing.rows.entries, listing.announced_total, skipped=listing.rows.skipped)


def paged(rule: Request, values: Mapping[str, str] | None = None) -> bool:
    """Whether the rule says where the page number goes; a ``page_param`` with placeholders needs their ``values``."""
    if _in_template(rule):
        return True
    known = {**rule.defaults, **(values or {})}
    return rule.page_param is not None and all(
        name in known for name in _PLACEHOLDER.findall(rule.page_param)
    )


def _in_template(rule: Request) -> bool:
    templates = [rule.url or "", rule.body or "", *rule.form.values()]
    return any(sign in text for sign in _PAGED for text in templates)


def page_size(plan: DirectoryPlan, state: Mapping[str, Any]) -> int:
    """How many records a page is asked for: ``size`` of the params, the page's values or the defaults."""
    rule = plan.listing.request
    size = {**rule.defaults, **state.get("values", {}), **plan.directory.params}.get("size", "")
    return int(size) if size.isdecimal() and 0 < int(size) <= 10_000 else DEFAULT_SIZE


def numbered_request(
    plan: DirectoryPlan, page: int, state: Mapping[str, Any], *, number: int | None = None
) -> ListingRequest:
    """The request of a page: ``page`` counts the walk's requests, ``number`` the listing's pages, both from 1.

    Raises :class:`ListingError` where the directory lacks a url or a param.
    """
    rule = plan.listing.request
    values = {**rule.defaults, **state.get("values", {}), **plan.directory.params}
    counted = number if number is not None else page
    own = _own_values(plan, counted, state)
    used: set[str] = set()

    def fill(template: str, escape: Callable[[str], str]) -> str:
        def value(match: re.Match[str]) -> str:
            used.add(match.group(1))
            return escape(_value(plan, match.group(1), {**own, **values}))

        return _PLACEHOLDER.sub(value, template)

    if rule.url is None and plan.url is None:
        raise ListingError(
            f"the directory '{plan.directory.key}' has no url and {plan.family} no listing.request.url: give one of them"
        )
    address = (
        fill(rule.url, lambda text: quote(text, safe="", encoding=rule.encoding)) if rule.url else plan.url
    )
    form = {name: fill(template, str) for name, template in rule.form.items()}
    body = _filled_body(rule.body, fill) if rule.body is not None else None
    rest = {name: value for name, value in values.items() if name not in {*used, *form, "size"}}
    if rule.values:
        rest = {name: value for name, value in rest.items() if name in plan.directory.params}
    if rule.page_param is not None and not _in_template(rule) and (counted > 1 or rule.method == "POST"):
        rest[fill(rule.page_param, str)] = own["page"]
    rest |= _slice_params(plan, own)
    if rule.method == "POST" and body is None:
        form.update(rest)
    else:
        address = _with_query(str(address), rest, rule.encoding)
    headers = _filled_headers(listing_headers(plan), {**own, **values})
    if body is not None and body.lstrip()[:1] in ("{", "["):
        headers.setdefault("Content-Type", "application/json;charset=UTF-8")
    return ListingRequest(
        _own(plan, urljoin(plan.url or plan.portal.base_url, str(address))),
        page,
        method=rule.method,
        form=form if rule.method == "POST" and body is None else None,
        body=body,
        headers=headers,
        state=dict(state),
    )


def _filled_headers(headers: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Headers with the values that are known; one that was read off a page stays on its line."""

    def value(match: re.Match[str]) -> str:
        return " ".join(known.get(match.group(1), match.group()).split())

    return {name: _PLACEHOLDER.sub(value, text) for name, text in headers.items()}


def _own(plan: DirectoryPlan, address: str) -> str:
    """``address`` itself; values that were read off a page must not send the crawler elsewhere."""
    try:
        host = host_of(address)
    except ValueError:
        host = ""
    if host not in plan.portal.own_hosts:
        raise ListingError(
            f"the listing is asked at {address[:200]!r}, which is not on the portal's hosts: add its host to hosts"
        )
    return address


def _own_values(plan: DirectoryPlan, number: int, state: Mapping[str, Any]) -> dict[str, str]:
    size = page_size(plan, state)
    start = int(state.get("start") or (number - 1) * size + 1)
    return {
        "page": str(number - 1 + plan.listing.request.first_page),
        "size": str(size),
        "start": str(start),
        "end": str(start + size - 1),
        "from": str(state.get("from", "")),
        "to": str(state.get("to", "")),
        "base_url": plan.portal.base_url,
        "url": plan.url or plan.portal.base_url,
    }


def _slice_params(plan: DirectoryPlan, own: Mapping[str, str]) -> dict[str, str]:
    rule = plan.listing.request.slices
    named = {rule.from_param: own["from"], rule.to_param: own["to"]}
    return {name: value for name, value in named.items() if name is not None and value}


def _filled_body(template: str, fill: Callable[[str, Callable[[str], str]], str]) -> str:
    """A body; in one that looks like JSON, values inside quotes are escaped."""
    if template.lstrip()[:1] not in ("{", "["):
        return fill(template, lambda text: quote(text, safe=""))
    parts = re.split(r'("(?:[^"\\]|\\.)*")', template)
    return "".join(
        fill(part, lambda text: json.dumps(text, ensure_ascii=False)[1:-1])
        if part[:1] == '"'
        else fill(part, str)
        for part in parts
    )


def _value(plan: DirectoryPlan, name: str, given: Mapping[str, str]) -> str:
    if name in given:
        return given[name]
    shown = ", and its page does not show it" if name in plan.listing.request.values else ""
    raise ListingError(
        f"the directory '{plan.directory.key}' lacks params.{name}, which {plan.family} asks with{shown}: add it"
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
