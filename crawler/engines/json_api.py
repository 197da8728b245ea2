"""Listings that a service answers with JSON: a request template, paths into the answer, totals, slices of days
(platforms.md §1d–§1f, §4–§6, §10, §12).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crawler.engines import markup, slices
from crawler.engines.base import Entry, ListingError, ListingPage, ListingRequest
from crawler.engines.json_guess import markup_strings
from crawler.engines.json_items import entries_of, items_of, totals_of
from crawler.engines.json_text import MAX_DEPTH_ERROR, load
from crawler.engines.page import single_page
from crawler.engines.rows import Rows, read_elements
from crawler.engines.template import first_request, numbered_request, opened, paged
from crawler.engines.total import read_total
from crawler.portals.plan import DirectoryPlan


def first(plan: DirectoryPlan) -> ListingRequest:
    """The request for page 1, or for the page that says what is asked with; raises :class:`ListingError` where the
    directory lacks a url or a param.
    """
    request = first_request(plan)
    if request.state.get("step") == "values":
        return request
    begun = slices.begin(plan.listing.request.slices, plan.on)
    return numbered_request(plan, 1, begun) if begun else request


def read(plan: DirectoryPlan, request: ListingRequest, text: str, url: str) -> ListingPage:
    """Read one answer; raises :class:`ListingError` where it is none, or has no list."""
    single = single_page(plan, text, url)
    if single is not None:
        return single
    if request.state.get("step") == "values":
        return opened(plan, request, text, url, slices.begin(plan.listing.request.slices, plan.on))
    try:
        return _read(plan, request, text)
    except RecursionError as error:
        raise ListingError(MAX_DEPTH_ERROR) from error


def _read(plan: DirectoryPlan, request: ListingRequest, text: str) -> ListingPage:
    answer = load(text, plan.listing.json_.after)
    items = items_of(plan, answer)
    if items is None:
        rows = _marked_up(plan, answer)
        if rows is None:
            keys = ", ".join(list(answer)[:8]) if isinstance(answer, dict) else "no key"
            raise ListingError(f"the answer has no list of entries (it has {keys}): give listing.json.items")
        entries, skipped, received = rows.entries, rows.skipped, len(rows.entries) + rows.skipped
    else:
        (entries, skipped), received = entries_of(plan, items), len(items)
    total, pages = totals_of(plan, answer)
    if total is None or pages is None:
        said = read_total(plan.listing.paging, text, None)
        total, pages = (
            total if total is not None else said.records,
            pages if pages is not None else said.pages,
        )
    if plan.listing.request.slices.cap:
        return _sliced(plan, request, entries, skipped, received, total)
    return following(plan, request, entries, skipped, received, total, pages)


def _marked_up(plan: DirectoryPlan, answer: Any) -> Rows | None:
    """The entries of an answer whose list holds a piece of markup for each; None if there is none."""
    if not plan.listing.json_.guess:
        return None
    fragments = [root for text in markup_strings(answer) if (root := markup.parse(text)) is not None]
    rows = read_elements(plan.listing, plan.urls, plan.portal.own_hosts, fragments, plan.portal.base_url)
    return rows if rows.entries else None


def following(
    plan: DirectoryPlan,
    request: ListingRequest,
    entries: tuple[Entry, ...],
    skipped: int,
    received: int,
    total: int | None,
    pages: int | None,
) -> ListingPage:
    """The page of these entries, and what is asked next: by the pages or records announced, else until nothing comes.

    ``received`` counts what the answer held, entries or not; page 1's tells how many records a page has.
    """
    state: dict[str, Any] = dict(request.state)
    start = int(state.get("start", 1)) if request.page > 1 else 1
    state["start"] = start + received
    if request.page == 1:
        state["size"] = received
    if total is not None and total < len(entries):
        total = None
    size = state.get("size") or plan.listing.paging.per_page
    if not pages and total is not None and size:
        pages = max(1, -(-total // int(size)))
    if plan.listing.paging.stale_total:
        pages = None
    state["pages"] = pages or state.get("pages")
    done = request.page >= state["pages"] if state["pages"] else not received
    if total is not None and state["start"] > total and not (skipped or plan.listing.paging.stale_total):
        done = True
    if total is not None and received and _windowed(plan):
        done = state["start"] > total
        pages = request.page + -(-max(0, total - state["start"] + 1) // received)
    next_one = None
    if not done and paged(plan.listing.request):
        next_one = numbered_request(plan, request.page + 1, state)
    return ListingPage(entries, total, pages, next_one, skipped=skipped)


def _windowed(plan: DirectoryPlan) -> bool:
    """Whether records are asked for by their numbers, so that a server that gives fewer than asked skips nothing."""
    rule = plan.listing.request
    return any("{start}" in text for text in (rule.url or "", rule.body or "", *rule.form.values()))


def _sliced(
    plan: DirectoryPlan,
    request: ListingRequest,
    entries: tuple[Entry, ...],
    skipped: int,
    received: int,
    total: int | None,
) -> ListingPage:
    """One answer of a range of days: its next page, its halves where it is cut off, else the next range.

    The first answer of each range, and an empty one, is ``embedded``: its entries may have come before.
    """
    rule = plan.listing.request.slices
    state: dict[str, Any] = dict(request.state)
    number = int(state["number"])
    if request.page == 1:
        # A total that is the cap itself says only that there are more.
        state["announced"] = total if total != rule.cap else None
    parted = slices.halves(state) if number == 1 and total is not None and total >= rule.cap else None
    state["received"] = received + (state.get("received", 0) if number > 1 else 0)
    whole = request.page == 1 and parted is None
    page = ListingPage(
        entries,
        state["announced"],
        embedded=not whole and (number == 1 or not entries) and (bool(entries) or not total),
        skipped=skipped,
    )
    if parted is not None:
        state["slices"] = [*parted, *state["slices"]]
    elif received and (total is None or state["received"] < min(total, rule.cap)):
        onward = {**state, "number": number + 1}
        return replace(page, next=numbered_request(plan, request.page + 1, onward, number=number + 1))
    if not state["slices"]:
        return page
    onward = slices.enter(rule, state)
    return replace(page, next=numbered_request(plan, request.page + 1, onward, number=1))
