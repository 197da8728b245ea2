"""``gongkai search`` at the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from archive.commands.search import command


@pytest.fixture
def folder(make: SimpleNamespace, tmp_path: Path) -> Path:
    db = make.archive(tmp_path / "gongkai.db")
    for year in (2019, 2020):
        make.document(
            db, title=f"{year}年\x1b]0;x\x07政府信息公开[bold]报告", published_on=f"{year}-03-01", agency="财政局",
            body_text="本年度主动公开信息[red]", index_number=f"005452487/{year}-00001",
        )  # fmt: skip
    db.close()
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, ["--data", str(folder), *arguments])


def test_prints_what_it_finds(folder: Path) -> None:
    result = run(folder, "主动公开")
    assert result.exit_code == 0
    first = result.output.splitlines()[:4]
    assert first[0] == "2020年 ]0;x 政府信息公开[bold]报告"
    assert first[1] == "  2020-03-01 · 财政局 · 005452487/2020-00001 · sample"
    assert first[2].startswith("  uid0000000000001  https://www.example.gov.cn/1.html")
    assert first[3] == "  本年度【主动公开】信息[red]"
    assert result.output.endswith("2 documents, best first.\n")
    assert "\x1b" not in result.output and "\x07" not in result.output


def test_json(folder: Path) -> None:
    answer = json.loads(run(folder, "2019-0000", "--json", "--limit", "1").output)
    assert (answer["total"], answer["more_than_total"]) == (1, False)
    [hit] = answer["hits"]
    assert hit["index_number"] == "005452487/2019-00001"
    assert (hit["snippet"], hit["snippet_hits"]) == ("本年度主动公开信息[red]", [])
    assert list(hit) == [
        "uid", "portal", "title", "index_number", "published_on", "agency", "url", "snippet", "snippet_hits",
    ]  # fmt: skip


def test_nothing_found_is_an_answer(folder: Path) -> None:
    result = run(folder, "没有这个词")
    assert (result.exit_code, result.output) == (0, "No document has 没有这个词 in it.\n")


@pytest.mark.parametrize("query", ["", " ，。", "%"])
def test_nothing_to_look_for(folder: Path, query: str) -> None:
    result = run(folder, query)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "gongkai: nothing to search for: give at least one character, word or number\n"


def test_bad_places(folder: Path, tmp_path: Path) -> None:
    assert run(folder, "公开", "--portal", "nowhere").exit_code == 2
    result = run(tmp_path / "empty", "公开")
    assert result.exit_code == 2 and result.stderr.count("\n") == 1


def test_words_and_numbers_that_look_like_options(folder: Path) -> None:
    assert "1 document," in run(folder, "2020", "公开").output
    assert "2 documents," in run(folder, "-0000").output
    assert "1 document," in run(folder, "/2020-0", "--limit", "1").output


def test_a_portal(folder: Path) -> None:
    assert "2 documents" in run(folder, "公开", "--portal", "sample").output
