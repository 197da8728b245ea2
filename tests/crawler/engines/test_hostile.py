"""Whatever a portal answers, an engine gives a page or a ListingError, in time."""

from __future__ import annotations

import contextlib
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.engines import ENGINES
from crawler.engines.base import ListingError, ListingPage, ListingRequest
from crawler.platforms.loader import families
from crawler.portals.model import Portal
from crawler.portals.plan import DirectoryPlan, plan

PARAMS = {
    "jdid": "1",
    "tableName": "t_1",
    "channelId": "1",
    "channelCode": "1",
    "categorynum": "003",
    "siteGuid": "x",
    "subject": "1",
    "websiteid": "1",
    "category": "1",
    "key": "0",
}


def any_plan(family: str) -> DirectoryPlan:
    portal = Portal.model_validate(
        {
            "id": "sample", "schema": 1, "name": "样例", "family": family, "base_url": "https://www.example.gov.cn/",
            "hosts": ["www.example.gov.cn", "www.chinatax.gov.cn", "fwfx.ndrc.gov.cn", "sousuoht.www.gov.cn"],
            "directories": [{"key": "it", "name": "目录", "url": "/a/page_1.html", "params": PARAMS}],
        }
    )  # fmt: skip
    return plan(portal, portal.directories[0], date(2026, 11, 1))


PLANS = {family: any_plan(family) for family in families()}
SCRAPS = st.sampled_from(
    ["<ul><li>", "<a href=", "'../x.html'>", "<tr><td>", "<!--", "-->", "createPageHTML(", "'page_div',", "9,", ")",
     "<datastore>", "<record>", "<![CDATA[", "]]>", "<nextgroup>", "dataproxy.jsp?page=1", ".jpage({perPage:", "}",
     "document.write('", "\\u0", "');", "2024-13-45", "05", "2024-03", "共9页", "\0", "\ud800", "<base href='//['>",
     "href='http://[::1'", "<script>", "</html>", '{"list":[', '{"url":"/a.html","title":', "]}", "cb(", "'", '"', "%u516c", "1636646400", "null",
     "{'html':'<li>", "[[[[", "\\x", "export default `", "&#x110000;", "location.href='", "var countPage=", "<table>"]
)  # fmt: skip
PAGES = st.one_of(
    st.text(max_size=400), st.lists(st.one_of(SCRAPS, st.text(max_size=6)), max_size=60).map("".join)
)


@pytest.mark.parametrize("family", families())
@settings(max_examples=200, deadline=None)
@given(text=PAGES)
def test_any_text_gives_a_page_or_a_listing_error(family: str, text: str) -> None:
    made = PLANS[family]
    engine = ENGINES[made.engine]
    request: ListingRequest | None = engine.first(made)
    for _ in range(3):
        if request is None:
            break
        try:
            page = engine.read(made, ListingRequest.from_dict(request.to_dict()), text, request.url)
        except ListingError as error:
            assert str(error)
            break
        assert isinstance(page, ListingPage)
        assert all(entry.url.startswith(("http://", "https://")) for entry in page.entries)
        request = page.next


@pytest.mark.parametrize("family", ["trs-static", "generic", "hanweb-jpage"])
@pytest.mark.parametrize(
    "bait",
    ["<li>", "<li><a href=x>", "<!--<a ", "<script>document.write(", "<datastore>", "<record>", "<div>", "<table><tr>",
     "document.write('", ".jpage({", "<record><![CDATA[", "<span>05</span>"],
)  # fmt: skip
def test_repetition_costs_no_more_than_its_length(family: str, bait: str) -> None:
    made = PLANS[family]
    engine = ENGINES[made.engine]
    started = time.process_time()
    text = bait * (400_000 // len(bait))
    with contextlib.suppress(ListingError):
        engine.read(made, engine.first(made), text, "https://www.example.gov.cn/a/page_1.html")
    assert time.process_time() - started < 8
