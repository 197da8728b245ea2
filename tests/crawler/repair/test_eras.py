"""The new era is added to the file that the user wrote; nothing of it is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from crawler.config_error import ConfigError
from crawler.portals.model import Portal
from crawler.portals.plan import detail_for, plan
from crawler.repair.eras import parsed, with_era

FILE = """# our own notes
schema = 1
name = "示例市人民政府"   # as it calls itself
family = "trs-static"
base_url = "https://www.example.gov.cn/"
detail.body = ["#zoom"]

[[directories]]
key = "policy"
name = "政策文件"
url = "/zwgk/"
"""
DAY = date(2026, 6, 4)


def changed(text: str, since: date = DAY, **values: Any) -> tuple[str, Portal]:
    after = with_era(text, parsed(text, "x"), since, values, "a test")
    return after, parsed(after, "x")


def test_what_the_user_wrote_stays_and_each_day_has_its_layout() -> None:
    text, portal = changed(
        FILE,
        detail={"body": [".nr", "#zoom"], "labels": {"信息“编码”": "index_number"}},
        directories={
            "policy": {"listing": {"rows": ["article"], "paging": {"total": [{"css": "b", "is": "records"}]}}}
        },
    )
    assert text.startswith(FILE.rstrip())
    old, new = date(2026, 6, 3), date(2026, 6, 4)
    assert detail_for(portal, old, None).body == ["#zoom"]
    assert detail_for(portal, new, None).body == [".nr", "#zoom"]
    assert detail_for(portal, new, None).labels == {"信息“编码”": "index_number"}
    listing = plan(portal, portal.directories[0], date(2031, 1, 1)).listing
    assert (listing.rows, listing.paging.total[0].css) == (["article"], "b")
    assert plan(portal, portal.directories[0], old).listing.rows != ["article"]


def test_a_second_redesign_ends_the_first_ones_era_and_builds_on_it() -> None:
    first, _ = changed(FILE, detail={"body": [".nr"], "title": ["h2"]})
    text, portal = changed(first, date(2028, 1, 1), detail={"body": [".text", ".nr"]})
    bodies = [
        detail_for(portal, day, None).body for day in (date(2026, 1, 1), date(2027, 1, 1), date(2029, 1, 1))
    ]
    assert bodies == [["#zoom"], [".nr"], [".text", ".nr"]]
    assert detail_for(portal, date(2029, 1, 1), None).title == ["h2"]
    assert text.startswith(FILE.rstrip()) and text.count("[[eras]]") == 3


def test_a_second_repair_on_the_same_day_takes_the_place_of_the_first() -> None:
    first, _ = changed(FILE, detail={"body": [".nr"]})
    text, portal = changed(first, detail={"title": ["h2"]})
    assert text.count("[[eras]]") == 2
    assert detail_for(portal, DAY, None).body == [".nr"] and detail_for(portal, DAY, None).title == ["h2"]


def test_an_era_of_the_users_own_stays() -> None:
    own = FILE + '\n[[eras]]\nuntil = 2021-06-30   # the old CMS\nfamily = "ucap-static"\n'
    text, portal = changed(own, detail={"body": [".nr"]})
    assert text.startswith(own.rstrip())
    assert plan(portal, portal.directories[0], date(2021, 1, 1)).family == "ucap-static"
    assert detail_for(portal, date(2025, 1, 1), None).body == ["#zoom"]


@pytest.mark.parametrize("line", ['eras = [{ until = 2027-01-01, family = "ucap-static" }]', "eras = []"])
def test_eras_written_in_one_line_are_left_to_the_user(line: str) -> None:
    text = FILE.replace("\n[[directories]]", f"{line}\n\n[[directories]]", 1)
    with pytest.raises(ConfigError, match="by hand"):
        changed(text, detail={"body": [".nr"]})
