"""What sets verified_on, and what does not: the line in the file, and the reports that prove nothing."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawler.checking.report import BadReport, Report, read_report
from crawler.checking.verifying import Unproven, judge, with_verified_on
from crawler.portals.loader import BUNDLED, list_portals, read_portal
from crawler.portals.plan import config_hash

DAY = date(2026, 6, 1)
FILE = """# 说明
schema = 1
name = "样例市人民政府"
family = "trs-static"
base_url = "https://www.example.gov.cn/"   # 地址
hosts = [
  "www.example.gov.cn",
]
{more}
[http]
delay = 2.0
verified_on = "不是这里"

[[directories]]
key = "a"
name = "甲"
url = "/a/"
"""


def text(more: str = "") -> str:
    return FILE.replace("{more}", more).replace('verified_on = "不是这里"\n', "")


@pytest.mark.parametrize(
    ("before", "more"),
    [
        (text(), 1),
        (text("enabled = false"), 1),
        (text("verified_on = 2025-01-02   # 王某"), 0),
        (text().replace("\n", "\r\n"), 1),
        (text().partition("[http]")[0], 1),
        (FILE.replace("{more}", ""), 1),
    ],
    ids=["none", "behind enabled", "an older one", "CRLF", "no table", "a key of that name in a table"],
)
def test_one_line_is_set_and_nothing_else(before: str, more: int) -> None:
    after = with_verified_on(before, DAY)
    assert tomllib.loads(after) == tomllib.loads(before) | {"verified_on": DAY}
    lines = [line for line in after.splitlines() if line not in before.splitlines()]
    assert len(lines) == 1 and lines[0].startswith("verified_on = 2026-06-01")
    assert len(after.splitlines()) == len(before.splitlines()) + more
    assert with_verified_on(after, DAY) == after
    if "王某" in before:
        assert "# 王某" in after


@pytest.mark.parametrize("before", ["", '"base_url" = "x"\n', "not toml", "[a]\nb = 1\n"])
def test_a_file_that_cannot_be_set_so_is_left_alone(before: str) -> None:
    with pytest.raises(ValueError, match=r"has no line|usual way"):
        with_verified_on(before, DAY)


def test_every_bundled_file_can_be_set(tmp_path: Path) -> None:
    for portal in list_portals(None).portals:
        source = (BUNDLED / f"{portal.id}.toml").read_text("utf-8")
        file = tmp_path / f"{portal.id}.toml"
        file.write_text(with_verified_on(source, DAY), "utf-8")
        changed = read_portal(file)
        assert changed.verified_on == DAY and config_hash(changed) == config_hash(portal)


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., tuple[Report, Path]]:
    """A report of the file, with what is asked for in place of the truth; the file too."""
    file = tmp_path / "sample.toml"
    file.write_text(text(), "utf-8")

    def make(**wrong: Any) -> tuple[Report, Path]:
        directory = {
            "key": "a", "family": "trs-static", "ok": True, "listing": None, "document": None, "troubles": []
        }  # fmt: skip
        said = {
            "gongkai_check": 1, "portal": "sample", "on": "2026-06-01", "config_hash": config_hash(read_portal(file)),
            "version": "0.1.0", "ok": True, "directories": [directory],
        }  # fmt: skip
        return Report.model_validate(said | wrong), file

    return make


def test_a_true_report_is_taken(made: Callable[..., tuple[Report, Path]]) -> None:
    report, file = made()
    judge(report, read_portal(file), DAY)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"portal": "other"}, "about the portal 'other'"),
        ({"config_hash": "0" * 16}, "has changed"),
        ({"directories": []}, "does not cover"),
        ({"ok": False}, "found trouble"),
        ({"on": "2026-06-02"}, "yet to come"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_report_that_proves_nothing(
    made: Callable[..., tuple[Report, Path]], wrong: dict[str, Any], words: str
) -> None:
    report, file = made(**wrong)
    with pytest.raises(Unproven, match=words):
        judge(report, read_portal(file), DAY)


def test_an_older_report_changes_nothing(made: Callable[..., tuple[Report, Path]]) -> None:
    report, file = made()
    file.write_text(with_verified_on(text(), date(2026, 6, 2)), "utf-8")
    with pytest.raises(Unproven, match="not before"):
        judge(report, read_portal(file), date(2026, 7, 1))


@pytest.mark.parametrize(
    "change",
    [
        {"title": "关于……的通知"},
        {"portal": "../../etc"},
        {"on": "yesterday"},
        {"directories": [{"key": "a", "url": "http://x/"}]},
    ],
    ids=lambda value: next(iter(value)),
)
def test_a_file_with_more_or_other_things_is_no_report(
    made: Callable[..., tuple[Report, Path]], tmp_path: Path, change: dict[str, Any]
) -> None:
    report, _ = made()
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report.model_dump(mode="json") | change), "utf-8")
    with pytest.raises(BadReport, match=r"report\.json"):
        read_report(file)
