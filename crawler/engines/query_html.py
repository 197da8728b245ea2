"""Listings that a program answers with HTML: a request template with the page number (platforms.md §2b,
§14, §22).
"""

from __future__ import annotations

from crawler.engines.base import ListingPage, ListingRequest
from crawler.engines.page import read_html, single_page
from crawler.engines.paging import next_link
from crawler.engines.template import first_request, numbered_request, opened, paged, read_values
from crawler.portals.plan import DirectoryPlan


def first(plan: DirectoryPlan) -> ListingRequest:
    """The request for page 1, or for the page that says what is asked with; raises :class:`ListingError` where the
    directory lacks a url or a param.
    """
    return first_request(plan)


def read(plan: DirectoryPlan, request: ListingRequest, text: str, url: str) -> ListingPage:
    """Read one page; the next is its next link's or the template's, None behind the announced last."""
    single = single_page(plan, text, url)
    if single is not None:
        return single
    if request.state.get("step") == "values":
        return opened(plan, request, text, url, {})
    listing = read_html(plan, text, url)
    state = dict(request.state)
    if plan.listing.request.values and "values" not in state:
        state["values"] = read_values(plan, text, url)  # the listing itself is the page that has them
    pages = listing.said.pages or state.get("pages")
    following: ListingRequest | None = None
    paging = plan.listing.paging
    page = request.page + 1
    if pages:
        state["pages"] = pages
    linked = (
        next_link(paging.next, listing.root, url, url) if paging.next and request.method == "GET" else None
    )
    if linked is not None:
        following = ListingRequest(linked, page, headers=request.headers, state=state)
    elif paged(plan.listing.request, state.get("values")) and (
        request.page < pages if pages else listing.rows.entries
    ):
        following = numbered_request(plan, page, state)
    return ListingPage(
        entries=listing.rows.entries,
        announced_total=listing.announced_total,
        pages=pages,
        next=following,
        skipped=listing.rows.skipped,
    )
