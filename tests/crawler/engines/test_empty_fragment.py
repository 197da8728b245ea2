"""A service that answers with bare fragments has nothing to say behind its last page (platforms.md §17)."""

from __future__ import annotations

import pytest

from crawler.engines import html_in_json
from crawler.engines.base import ListingError, ListingRequest
from crawler.probing.page import Site
from crawler.probing.services import Way
from crawler.probing.trial import planned

SITE = Site("http://www.linan.example.gov.cn/", ("www.linan.example.gov.cn",))
ADDRESS = "http://www.linan.example.gov.cn/columns/a/templates/b/blocks/c?page=2"


def test_an_empty_answer_is_the_end_of_a_list_but_no_list() -> None:
    plan = planned(Way("hebei-blocks", f"{SITE.base_url}columns/a/index.html"), SITE)
    assert plan is not None
    page = html_in_json.read(plan, ListingRequest(ADDRESS, 2), "\r\n ", ADDRESS)
    assert page.entries == () and page.next is None
    with pytest.raises(ListingError, match="empty"):
        html_in_json.read(plan, ListingRequest(ADDRESS, 1), "\r\n ", ADDRESS)
