"""``gongkai search`` at the terminal."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from archive.commands.search import command, print_hit
from archive.search import search
from archive.transaction import connect


@pytest.fixture
def folder(make: SimpleNamespace, tmp_path: Path) -> Path:
    db = make.archive(tmp_path / "gongkai.db")
    for year in (2019, 2020):
        make.document(
            db, title=f"{year}年\x1b]0;x\x07政府信息公开[bold]报告", published_on=f"{year}-03-01", agency="财政局",
            body_text="本年度主动公开信息[red]", index_number=f"005452487/{year}-00001", document_number=f"商财〔{year}〕1号",
            attachments=("决算表.xls", f"附件：{year}\x1b年预算表.xls"),
            withdrawn_at="2026-11-22T17:00:00Z" if year == 2019 else None,
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
    assert result.output.endswith("\n共 2 份文件，最相关的在前。\n")
    assert "\x1b" not in result.output and "\x07" not in result.output


def test_hits_are_marked_wherever_they_are(folder: Path) -> None:
    lines = run(folder, "2020").output.splitlines()
    assert lines[0] == "【2020】年 ]0;x 政府信息公开[bold]报告"
    assert lines[1] == "  2020-03-01 · 财政局 · 005452487/【2020】-00001 · sample"
    assert lines[3:5] == ["  文号：商财〔【2020】〕1号", "  附件：附件：【2020】 年预算表.xls"]
    assert "决算表" not in "".join(lines)
    agency = run(folder, "财政", "--limit", "1").output
    assert " · 【财政】局 · " in agency and "附件" not in agency and "列出前 1 份" in agency


def test_withdrawn_documents_say_so(folder: Path) -> None:
    lines = run(folder, "公开").output.splitlines()
    assert [line for line in lines if "已撤下" in line] == ["2019年 ]0;x 政府信息【公开】[bold]报告  已撤下"]


def test_a_terminal_gets_styles(folder: Path) -> None:
    screen = io.StringIO()
    db = connect(folder / "gongkai.db", readonly=True)
    console = Console(file=screen, force_terminal=True, color_system="standard", width=200)
    for hit in search(db, "2019 公开").hits:
        print_hit(console, hit)
    assert "\x1b[1;33m2019\x1b[0m" in screen.getvalue() and "31m  已撤下" in screen.getvalue()
    assert "【" not in screen.getvalue() and "\x1b]0" not in screen.getvalue()


def test_json(folder: Path) -> None:
    answer = json.loads(run(folder, "2019-0000", "--json", "--limit", "1").output)
    assert (answer["total"], answer["more_than_total"]) == (1, False)
    [hit] = answer["hits"]
    assert hit["index_number"] == "005452487/2019-00001"
    assert (hit["snippet"], hit["snippet_hits"]) == ("本年度主动公开信息[red]", [])
    assert hit["matches"] == [{"field": "index_number", "text": "005452487/2019-00001", "hits": [[10, 19]]}]
    assert (hit["document_number"], hit["withdrawn_at"]) == ("商财〔2019〕1号", "2026-11-22T17:00:00Z")
    assert list(hit) == [
        "uid", "portal", "title", "index_number", "published_on", "agency", "url", "snippet", "document_number",
        "withdrawn_at", "matches", "snippet_hits",
    ]  # fmt: skip


def test_nothing_found_is_an_answer(folder: Path) -> None:
    result = run(folder, "没有这个词")
    assert (result.exit_code, result.output) == (0, "没有文件含有“没有这个词”。\n")


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
    assert "共 1 份文件，" in run(folder, "2020", "公开").output
    assert "共 2 份文件，" in run(folder, "-0000").output
    assert "共 1 份文件，" in run(folder, "/2020-0", "--limit", "1").output


def test_a_portal(folder: Path) -> None:
    assert "共 2 份文件" in run(folder, "公开", "--portal", "sample").output
