"""``gongkai extract``: a summary or JSON from a saved page, one sentence for anything that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.commands.extract import command
from pipelines.bundle import Part
from tests.seed_pages import own_report, page


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    file = tmp_path / "页面.html"
    file.write_bytes(page(own_report(), charset=None).encode("gb18030"))
    return file


def test_summary(saved: Path) -> None:
    result = run(str(saved))
    assert result.exit_code == 0
    assert "索引号: ylsdaj-2019-0007  [block]" in result.stdout
    assert "填报人 陈阅" in result.stdout
    assert "表格: - (3 × 3)" in result.stdout
    assert result.stderr == ""


def test_json_is_the_record(saved: Path) -> None:
    result = run(str(saved), "--json", "--url", "http://www.example.gov.cn/a/b.html")
    record = json.loads(result.stdout)
    assert record["url"] == "http://www.example.gov.cn/a/b.html"
    assert (record["index_number"], record["encoding"], record["portal"]) == (
        "ylsdaj-2019-0007",
        "gb18030",
        None,
    )
    assert "云岭市档案局" in result.stdout


def test_forced_encoding(saved: Path) -> None:
    record = json.loads(run(str(saved), "--json", "--encoding", "utf-8").stdout)
    assert (record["encoding"], record["index_number"]) == ("utf-8", None)


def test_portal_gives_layout_and_name(saved: Path) -> None:
    result = run(str(saved), "--json", "--portal", "shangqiu")
    assert json.loads(result.stdout)["portal"] == "shangqiu"


def test_address_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fetch(url: str, portal: object, *, data: object, allow_private_hosts: bool) -> Part:
        asked.append((url, portal, allow_private_hosts))
        return Part(url, page(own_report()).encode())

    monkeypatch.setattr("crawler.commands.extract.fetch", fetch)
    result = run("http://www.example.gov.cn/a.html", "--json", "--allow-private-hosts")
    assert json.loads(result.stdout)["agency"] == "市档案局"
    assert asked == [("http://www.example.gov.cn/a.html", None, True)]


def sentence(result: Result) -> str:
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("gongkai: ")
    return lines[0]


def test_bad_input_is_one_sentence(tmp_path: Path, saved: Path) -> None:
    assert "there is no file" in sentence(run(str(tmp_path / "none.html")))
    assert "is a directory" in sentence(run(str(tmp_path)))
    assert "not the name of a character encoding" in sentence(run(str(saved), "--encoding", "rot13"))
    assert "no portal 'nowhere'" in sentence(run(str(saved), "--portal", "nowhere"))
    assert "is no address" in sentence(run(str(saved), "--url", "a/b.html"))
    binary = tmp_path / "report.pdf"
    binary.write_bytes(b"%PDF-1.4\n\x00\x01")
    assert (
        sentence(run(str(binary))) == f"gongkai: {binary} is not a page but a binary file (application/pdf)"
    )
    empty = tmp_path / "empty.html"
    empty.write_bytes(b"")
    assert "is empty" in sentence(run(str(empty)))
    assert "cannot be read" in sentence(run("a\x00b"))
    assert "cannot be read" in sentence(run("x" * 5000))


def test_malformed_portal_file_is_one_sentence(tmp_path: Path, saved: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("schema = 1\nname = ", encoding="utf-8")
    assert "broken.toml" in sentence(run(str(saved), "--portal", str(file)))
