"""What static and queried listings share: a page's entries and totals, and directories that are one page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crawler.engines import links, markup
from crawler.engines.base import Entry, ListingPage
from crawler.engines.calls import Announced
from crawler.engines.rows import Rows, read_rows
from crawler.engines.total import read_total
from crawler.portals.plan import DirectoryPlan


@dataclass(frozen=True, slots=True)
class HtmlListing:
    """A listing page, read; ``announced_total`` is what it says of its entries, None where that cannot be
    true.
    """

    root: etree._Element | None
    rows: Rows
    said: Announced
    announced_total: int | None


def read_html(plan: DirectoryPlan, text: str, url: str) -> HtmlListing:
    """Read ``text``, which came from ``url``, by the plan's row and total rules."""
    root = markup.parse(text)
    rows = read_rows(plan.listing, plan.urls, plan.portal.own_hosts, _trees(plan, root), url)
    said = read_total(plan.listing.paging, text, root)
    total = said.records
    if total is not None and total < len(rows.entries):
        total = None
    return HtmlListing(root, rows, said, total)


def single_page(plan: DirectoryPlan, text: str, url: str) -> ListingPage | None:
    """For a directory that is one page (公开指南, 制度): that page, or the one it sends on to, as the only entry."""
    if plan.directory.expect != "single":
        return None
    target = markup.redirect_target(markup.parse(text), text)
    address = (links.resolve(target, url) if target else None) or url
    return ListingPage((Entry(address),), announced_total=1, pages=1)


def listing_headers(plan: DirectoryPlan) -> dict[str, str]:
    """The headers that the profile sends with listing requests, their placeholders filled."""
    base = plan.portal.base_url
    return {
        name: value.replace("{url}", plan.url or base).replace("{base_url}", base)
        for name, value in plan.listing.headers.items()
    }


def _trees(plan: DirectoryPlan, root: etree._Element | None) -> Iterator[etree._Element | None]:
    """Where rows are looked for, in the plan's order; made only when the one before had none."""
    if root is None:
        return
    for place in plan.listing.rows_from:
        if place == "page":
            yield root
        elif place == "comments":
            yield markup.in_comments(root)
        elif place == "written":
            yield markup.as_written(root)
        else:
            yield markup.in_scripts(root)
