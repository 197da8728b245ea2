"""Listings that lie on the server as files: page 1 and its numbered siblings (platforms.md §1, §4b, §5,
§13, §22).
"""

from __future__ import annotations

from typing import Any

from crawler.engines.base import ListingError, ListingPage, ListingRequest
from crawler.engines.page import HtmlListing, listing_headers, read_html, single_page
from crawler.engines.paging import next_link, page_address
from crawler.portals.plan import DirectoryPlan


def first(plan: DirectoryPlan) -> ListingRequest:
    """The directory's own address; raises :class:`ListingError` if it has none."""
    if plan.url is None:
        raise ListingError(
            f"the directory '{plan.directory.key}' has no url, which {plan.family} needs: give it one"
        )
    return ListingRequest(plan.url, headers=listing_headers(plan))


def read(plan: DirectoryPlan, request: ListingRequest, text: str, url: str) -> ListingPage:
    """Read one page. The state keeps page 1's address, the pages announced, and a descending page's own
    number.
    """
    single = single_page(plan, text, url)
    if single is not None:
        return single
    listing = read_html(plan, text, url)
    state = dict(request.state)
    if request.page == 1:
        state = {"base": url}
    if listing.said.pages is not None and (listing.said.pages or not listing.rows.entries):
        state["pages"] = listing.said.pages
    return ListingPage(
        entries=listing.rows.entries,
        announced_total=listing.announced_total,
        pages=state.get("pages"),
        next=_next(plan, request, listing, state, url),
        skipped=listing.rows.skipped,
    )


def _next(
    plan: DirectoryPlan, request: ListingRequest, listing: HtmlListing, state: dict[str, Any], url: str
) -> ListingRequest | None:
    """The next page by its link, else by the suffix rule; None behind the last page, or where nothing tells
    of one.
    """
    paging = plan.listing.paging
    page = request.page + 1
    if paging.next is not None:
        linked = next_link(paging.next, listing.root, url, url)
        if linked is not None:
            return ListingRequest(linked, page, headers=request.headers, state=state)
    pages = state.get("pages")
    if paging.suffix in (None, "none") or (pages is not None and page > pages):
        return None
    if pages is None and not listing.rows.entries and not listing.rows.skipped:
        return None
    number = None
    if paging.suffix == "descending":
        number = _descend(request, state, pages)
        if number is None:
            return None
        state["number"] = number
    address = page_address(
        paging.suffix or "zero",
        str(state.get("base", url)),
        page,
        stem=listing.said.stem,
        ext=listing.said.ext,
        default_ext=paging.ext,
        number=number,
    )
    return ListingRequest(address, page, headers=request.headers, state=state)


def _descend(request: ListingRequest, state: dict[str, Any], pages: int | None) -> int | None:
    """The next page's number, one below this one's own: so a page that is added meanwhile makes none be
    skipped.
    """
    current = state.get("number") if request.page > 1 else pages
    return current - 1 if isinstance(current, int) and current > 1 else None
