"""Listing pages whose entries are known tell a new layout's rows, links, dates and pager."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from archive.history.quarantine.pairs import Listed
from archive.layout import DataDirectory
from archive.urls import url_key
from crawler import clock
from crawler.engines.base import ListingRequest
from crawler.portals.model import Portal
from crawler.portals.plan import DirectoryPlan, plan
from crawler.repair.listing_pages import Answers, shown
from crawler.repair.listing_score import KnownListing, reading
from crawler.repair.listings import propose_listing, with_listing
from crawler.samples.families.site import FamilySite
from crawler.samples.families.specification import Specification, load
from crawler.samples.wire import Request
from tests import redesign
from tests.redesign import SAMPLE, Redesign

HOST = "www.example.gov.cn"


def sample(family: str) -> Specification:
    return SAMPLE if family == SAMPLE.family else load(family)


class Served(Answers):
    """What a sample portal answers, redesigned."""

    def __init__(self, site: FamilySite, change: Redesign):
        super().__init__(DataDirectory.__new__(DataDirectory), {}, None)
        self._site, self._change = site, change

    def get(self, request: ListingRequest) -> tuple[str, str] | None:
        parts = urlsplit(request.url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        answer = self._site.respond(Request(request.method, target, {"host": HOST}))
        return (self._change(answer.body.decode()), request.url) if answer.status == 200 else None


def portal(family: str) -> DirectoryPlan:
    values: dict[str, Any] = tomllib.loads(sample(family).portal.replace("@HOST@", HOST))
    found = Portal.model_validate(
        {"id": "x", "schema": 1, "name": "x", "family": family, "base_url": f"http://{HOST}/", **values}
    )
    return plan(found, found.directories[0], clock.day())


def known(planned: DirectoryPlan, site: FamilySite) -> KnownListing:
    """As the archive knows them after a good crawl."""
    found = [
        entry
        for one in shown(planned, Served(site, lambda html: html))
        if one.page
        for entry in one.page.entries
    ]
    entries = [
        Listed(url_key(entry.url), entry.url, entry.title, entry.published_on, dict(entry.fields))
        for entry in found
    ]
    return KnownListing.of(planned, entries, sample(planned.family).documents)


def repaired(family: str, change: Redesign) -> tuple[KnownListing, Mapping[str, Any], Served]:
    planned, site = portal(family), FamilySite(sample(family))
    listing, answers = known(planned, site), Served(site, change)
    return listing, propose_listing(listing, answers), answers


@pytest.mark.parametrize(
    ("family", "change"),
    [
        ("trs-static", redesign.rows),
        ("trs-static", redesign.days),
        ("powereasy", redesign.rows),
        ("ucap-static", redesign.rows),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_known_entries_show_the_rows(family: str, change: Redesign) -> None:
    listing, values, answers = repaired(family, change)
    before = reading(listing, shown(listing.plan, answers))
    after = reading(listing, shown(with_listing(listing.plan, values), answers))
    assert before.dated == 0
    assert (after.known, after.entries, after.titled, after.dated) == (7, 7, 7, 7)
    assert after.leads_on and len(shown(with_listing(listing.plan, values), answers)) == 3


def test_the_new_pager_tells_the_total() -> None:
    listing, values, answers = repaired("trs-static", redesign.rows)
    assert values["rows"][0] == "article.tiao"
    assert values["paging"]["total"][0]["call"] == "fanye"
    after = reading(listing, shown(with_listing(listing.plan, values), answers))
    assert (after.announced, after.pages) == (23, 4)


def test_old_rows_are_still_read() -> None:
    listing, values, _ = repaired("trs-static", redesign.days)
    old = Served(FamilySite(SAMPLE), lambda html: html)
    again = reading(listing, shown(with_listing(listing.plan, values), old))
    assert (again.known, again.titled, again.dated) == (7, 7, 7)


def test_a_list_that_a_script_draws_is_not_found() -> None:
    _, values, _ = repaired("trs-static", redesign.scripted)
    assert values == {}


def test_documents_that_moved_are_known_by_their_titles() -> None:
    listing, values, answers = repaired(
        "trs-static", lambda html: redesign.rows(html).replace("/zwgk/20", "/zwgk/xin/20")
    )
    after = reading(listing, shown(with_listing(listing.plan, values), answers))
    assert (after.known, after.titled, after.dated) == (7, 7, 7)


def test_a_service_with_other_names_is_known_by_its_values() -> None:
    names = {
        "articles": "zzq", "title": "k1", "document_number": "k2", "identifier": "k3", "publisher": "k4",
        "display_publish_time": "k5", "url": "k6", "post_count": "k7", "classify": "k8", "date": "k9",
    }  # fmt: skip

    def other_names(text: str) -> str:
        for old, new in names.items() if text.startswith("{") else ():
            text = text.replace(f'"{old}":', f'"{new}":')
        return text

    site = FamilySite(load("gkmlpt"))
    planned = with_listing(portal("gkmlpt"), {"json": {"guess": False}})
    listing, answers = known(planned, site), Served(site, other_names)
    values = propose_listing(listing, answers)
    assert values["json"]["items"][0] == "zzq" and values["json"]["total"][0] == "k8.k7"
    before = reading(listing, shown(planned, answers))
    after = reading(listing, shown(with_listing(planned, values), answers))
    assert (before.known, after.titled, after.dated, after.announced) == (0, after.known, after.known, 23)
    assert after.known == after.entries > 5 and after.fielded >= 3 * after.known
