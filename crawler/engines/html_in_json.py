"""Listings whose service answers with markup: inside a JSON string, a JavaScript string, or bare
(platforms.md §3, §7, §11, §17).
"""

from __future__ import annotations

from crawler.engines.base import ListingError, ListingPage, ListingRequest
from crawler.engines.datastore import has_datastore, read_answer
from crawler.engines.json_api import following
from crawler.engines.json_guess import markup_strings
from crawler.engines.json_items import totals_of
from crawler.engines.json_text import MAX_DEPTH_ERROR, literal, load
from crawler.engines.page import read_html, single_page
from crawler.engines.template import first_request, opened
from crawler.json_paths import find, unpercented
from crawler.portals.plan import DirectoryPlan


def first(plan: DirectoryPlan) -> ListingRequest:
    """The request for page 1, or for the page that says what is asked with; raises :class:`ListingError` where the
    directory lacks a url or a param.
    """
    return first_request(plan)


def read(plan: DirectoryPlan, request: ListingRequest, text: str, url: str) -> ListingPage:
    """Read one answer by the rules for rows; raises :class:`ListingError` where it holds no markup."""
    single = single_page(plan, text, url)
    if single is not None:
        return single
    if request.state.get("step") == "values":
        return opened(plan, request, text, url, {})
    if request.page > 1 and not text.strip("\ufeff \t\r\n"):
        return ListingPage(())  # bare fragments have nothing behind the last page (河北)
    try:
        markup, total, pages = _markup(plan, text)
    except RecursionError as error:
        raise ListingError(MAX_DEPTH_ERROR) from error
    records: int | None = None
    if has_datastore(markup):
        unit = read_answer(markup)
        records = len(unit.records)
        markup, total = "\n".join(unit.records), unit.total if total is None else total
    listing = read_html(plan, markup, url)
    total = listing.announced_total if total is None else total
    rows = listing.rows
    return following(
        plan,
        request,
        rows.entries,
        rows.skipped,
        len(rows.entries) if records is None else records,
        total,
        pages if pages is not None else listing.said.pages,
    )


def _markup(plan: DirectoryPlan, text: str) -> tuple[str, int | None, int | None]:
    """The markup of an answer, and the totals that stand beside it."""
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] == "<" and plan.listing.json_.after is None:
        return text, None, None
    written = literal(start)
    if written is not None and "<" in written:
        return written, None, None
    answer = load(text, plan.listing.json_.after)
    total, pages = totals_of(plan, answer)
    for path in plan.listing.json_.html:
        found = [value for value in find(answer, path) if isinstance(value, str)]
        if found:
            return unpercented("\n".join(found)), total, pages
    rows = markup_strings(answer) if plan.listing.json_.guess else []
    if not rows:
        raise ListingError(
            "the answer holds no markup: give listing.json.html, the path of the string that does"
        )
    return unpercented("\n".join(rows)), total, pages
