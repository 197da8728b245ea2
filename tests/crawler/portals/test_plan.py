"""Plans: what overrides what, by directory and by day."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.platforms.loader import load_profile
from crawler.portals.loader import load_portal
from crawler.portals.merge import merged
from crawler.portals.plan import config_hash, detail_for, plan

NOW = date(2026, 11, 1)
FILE = """
schema = 1
name = "样例市人民政府"
family = "trs-static"
base_url = "http://www.example.gov.cn:8080/root/"
listing.rows = [".list li"]
detail.attachments = ["a.file"]
detail.labels = { "登记号" = "index_number" }
[[directories]]
key = "a"
name = "甲"
url = "zwgk/"
listing.paging.suffix = "one"
detail.body = [".content"]
detail.labels = { "文件号" = "document_number" }
[[directories]]
key = "b"
name = "乙"
url = "https://gk.example.gov.cn/b/xlist.shtml"
family = "ucap-static"
[[eras]]
until = 2021-06-30
detail.body = ["#zoom"]
listing.rows = ["table tr"]
[[eras.directories]]
key = "a"
url = "/old/a/"
detail.body = ["#old"]
[[eras]]
until = 2015-12-31
family = "powereasy-2009"
[[eras.directories]]
key = "a"
url = "/Government/PublicInfoList.aspx?ThemeId=2"
"""


@pytest.fixture
def portal(write):
    return load_portal(write(FILE), None)


def test_directory_over_portal_over_profile(portal) -> None:
    made = plan(portal, portal.directories[0], NOW)
    profile = load_profile("trs-static")
    assert (made.family, made.engine, made.url) == (
        "trs-static", "static_pages", "http://www.example.gov.cn:8080/root/zwgk/",
    )  # fmt: skip
    assert made.listing.rows == [".list li"]
    assert made.listing.title == profile.listing.title
    assert made.listing.paging.suffix == "one" and made.listing.paging.total == profile.listing.paging.total
    assert made.detail.body == [".content"] and made.detail.attachments == ["a.file"]
    assert made.detail.labels == {"登记号": "index_number", "文件号": "document_number"}
    assert made.portal.own_hosts == {"www.example.gov.cn:8080"}


def test_a_directory_of_another_family_starts_from_its_profile(portal) -> None:
    made = plan(portal, portal.directories[1], NOW)
    profile = load_profile("ucap-static")
    assert (made.family, made.url) == ("ucap-static", "https://gk.example.gov.cn/b/xlist.shtml")
    assert made.listing == profile.listing and made.urls == profile.urls
    assert made.detail.body == profile.detail.body and made.detail.attachments == ["a.file"]


@pytest.mark.parametrize(
    ("day", "family", "body", "url"),
    [
        (date(2021, 7, 1), "trs-static", [".content"], "http://www.example.gov.cn:8080/root/zwgk/"),
        (date(2021, 6, 30), "trs-static", ["#old"], "http://www.example.gov.cn:8080/old/a/"),
        (date(2016, 1, 1), "trs-static", ["#old"], "http://www.example.gov.cn:8080/old/a/"),
        (date(2015, 12, 31), "powereasy-2009", [".content"],
         "http://www.example.gov.cn:8080/Government/PublicInfoList.aspx?ThemeId=2"),
    ],
)  # fmt: skip
def test_eras_end_with_their_day(portal, day: date, family: str, body: list[str], url: str) -> None:
    made = plan(portal, portal.directories[0], day)
    assert (made.family, made.detail.body, made.url, made.on) == (family, body, url, day)
    assert detail_for(portal, day, "a") == made.detail


def test_an_era_overrides_the_listing_and_leaves_the_rest(portal) -> None:
    made = plan(portal, portal.directories[0], date(2020, 1, 1))
    assert made.listing.rows == ["table tr"] and made.listing.paging.suffix == "one"
    assert made.directory.key == "a" and made.directory.name == "甲"
    assert (
        plan(portal, portal.directories[0], date(2010, 1, 1)).listing
        == load_profile("powereasy-2009").listing
    )


def test_details_without_a_known_directory(portal) -> None:
    assert detail_for(portal, NOW, None).body == load_profile("trs-static").detail.body
    assert detail_for(portal, date(2020, 1, 1), None).body == ["#zoom"]
    assert detail_for(portal, NOW, "gone") == detail_for(portal, NOW, None)


def test_the_config_hash_follows_what_a_crawl_sees(write) -> None:
    first = config_hash(load_portal(write(FILE), None))
    assert len(first) == 16 and int(first, 16) >= 0
    assert config_hash(load_portal(write(FILE + "\n# a comment"), None)) == first
    assert (
        config_hash(load_portal(write(FILE.replace("schema = 1", "schema = 1\nenabled = true")), None))
        == first
    )
    assert config_hash(load_portal(write(FILE.replace('".content"', '".body"')), None)) != first


def test_lists_replace_and_tables_merge() -> None:
    base = {"a": [1, 2], "b": {"x": 1, "y": {"z": 1}}, "c": 3}
    over = {"a": [3], "b": {"y": {"w": 2}}, "c": {"d": 1}}
    assert merged(base, over) == {"a": [3], "b": {"x": 1, "y": {"z": 1, "w": 2}}, "c": {"d": 1}}
    assert base["b"] == {"x": 1, "y": {"z": 1}}


def test_shangqiu_then_and_now() -> None:
    portal = load_portal("shangqiu", None)
    directory = portal.directories[0]
    assert plan(portal, directory, NOW).family == "powereasy"
    then = plan(portal, directory, date(2020, 3, 11))
    assert then.family == "powereasy-2009" and then.detail.block == [".imf-public-read-table"]
