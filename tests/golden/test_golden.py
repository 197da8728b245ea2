"""Every golden fixture says what was expected of it; a difference is shown field by field, texts as a diff."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.golden import add, fixture
from tests.golden.fixture import differences, load, names, said


@pytest.mark.parametrize("name", names())
def test_golden(name: str) -> None:
    fixture = load(name)
    found = list(differences(fixture.expected, said(fixture.bundle)))
    renew = f"right? python -m tests.golden.add --name {name}"
    assert not found, "\n".join([f"{name} differs ({renew}):", *found])


def test_there_are_enough() -> None:
    assert len(names()) >= 40


def test_a_difference_reads_as_one() -> None:
    old = {"title": "甲", "body_text": "第一段文字。\n\n第二段文字。" + "长" * 80, "keywords": ["一"]}
    new = {"title": "乙", "body_text": "第一段文字。\n\n第三段文字。" + "长" * 80, "keywords": ["一", "二"]}
    told = list(differences(old, new))
    assert told[0] == "title: expected '甲', found '乙'"
    assert any(line.startswith("    -第二段文字。") for line in told)
    assert any(line.startswith("    +第三段文字。") for line in told)
    assert not any(line.startswith("    -第一段文字。") for line in told)
    assert list(differences(old, dict(old))) == []


def test_a_page_is_added_by_one_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixture, "FOLDER", tmp_path / "golden")
    monkeypatch.setattr(add, "FOLDER", tmp_path / "golden")
    (tmp_path / "golden").mkdir()
    page = tmp_path / "saved.html"
    page.write_text(
        "<title>某公告</title><h1>关于某事的公告</h1><p>一段文字，有头有尾，足够长。</p>", "utf-8"
    )
    asked = ["--name", "new", "--url", "http://www.example.gov.cn/1.html", "--about", "made up"]
    result = CliRunner().invoke(add.main, [str(page), *asked])
    assert result.exit_code == 0 and "Review" in result.output
    new = fixture.load("new")
    assert new.expected["title"] == "关于某事的公告" and fixture.said(new.bundle) == new.expected
    (tmp_path / "golden" / "new" / "page.html").write_text("<h1>关于另一事的公告</h1>", "utf-8")
    renewed = CliRunner().invoke(add.main, ["--name", "new"])
    assert "title: expected '关于某事的公告', found '关于另一事的公告'" in renewed.output
    assert CliRunner().invoke(add.main, ["--name", "absent"]).exit_code == 2
