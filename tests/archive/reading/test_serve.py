"""``gongkai serve`` as a process: address, signals, one-sentence failures; and what a browser makes of the pages."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from archive.commands.serve import command

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(make: SimpleNamespace, tmp_path: Path) -> Path:
    db = make.archive(tmp_path / "gongkai.db")
    make.document(db, title="信息公开指南<script>document.title='hacked'</script>", body_text="公开内容")
    db.close()
    return tmp_path


def start(folder: Path) -> tuple[subprocess.Popen[str], str]:
    code = "from archive.commands.serve import command; command()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--data", str(folder), "--port", "0"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    line = process.stdout.readline()
    assert " at http://127.0.0.1:" in line
    return process, line.split(" at ")[1].split()[0]


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    process, address = start(folder)
    yield address
    process.terminate()
    process.communicate(timeout=10)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves_until_told_to_stop(folder: Path, number: signal.Signals) -> None:
    process, address = start(folder)
    with urlopen(address + "gongkai/documents?_search=" + quote("公开")) as answer:
        assert "共 <b>1</b> 份文件" in answer.read().decode()
    process.send_signal(number)
    _out, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (0, "")


def test_a_busy_port_is_one_sentence(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(command, ["--data", str(folder), "--port", str(port)])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"gongkai: cannot serve on 127.0.0.1 port {port}")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--host", "no such host"], ["--host", "192.0.2.1"]])
def test_an_address_that_is_not_ours(folder: Path, arguments: list[str]) -> None:
    result = CliRunner().invoke(command, ["--data", str(folder), "--port", "0", *arguments])
    assert result.exit_code == 2 and result.stderr.count("\n") == 1


def test_no_archive_is_one_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["--data", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr.startswith("gongkai: no archive at ") and result.stderr.count("\n") == 1


@pytest.mark.browser
def test_in_a_browser(address: str, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("no Chromium here")
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    found = subprocess.run(
        [chromium, *options, f"--user-data-dir={tmp_path}/profile", "--dump-dom",
         address + "gongkai/documents?_search=" + quote("公开")],
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    assert "<title>公开 · 文件 · 政府信息公开档案</title>" in found
    assert "信息<mark>公开</mark>指南&lt;script&gt;" in found and "<mark>公开</mark>内容" in found
