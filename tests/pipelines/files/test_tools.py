"""Programs that read binary Word files and pictures: called with care, missed without harm."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.files import file_text, tools
from pipelines.files.ocr import recogniser
from pipelines.files.version import code_version, reader_version

DOC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument\0".encode("utf-16-le")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A PATH that holds nothing but what a test puts there, and the shell's own programs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("cat", "sleep", "sh"):
        (folder / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(folder))
    recogniser.cache_clear()
    yield folder
    recogniser.cache_clear()


def program(folder: Path, name: str, script: str) -> None:
    """Put a program there."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_without_a_program_it_is_unsupported(programs: Path) -> None:
    found = file_text(DOC)
    assert found.status == "unsupported" and "antiword" in (found.finding or "")
    assert file_text(DOC.replace(b"W\0o\0r\0d\0D", b"W\0o\0r\0d\0X")).status == "unsupported"
    assert reader_version() == code_version()


def test_the_program_gets_a_path_of_ours_and_nothing_of_the_environment(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "x")
    program(programs, "antiword", 'echo "$@"; echo "[$SECRET]"; echo 中文; cat "$5" > /dev/null')
    found = file_text(DOC, name="; rm -rf $HOME .doc")
    assert found.status == "ok", found
    first, second, third = found.text.split("\n")
    assert first.startswith("-m UTF-8.txt -w 0 /") and first.endswith("/file.doc")
    assert (second, third) == ("[]", "中文")
    assert not Path(first.rpartition(" ")[2]).exists()
    assert reader_version() == f"{code_version()}+antiword"


def test_the_next_program_is_asked_where_one_fails(programs: Path) -> None:
    program(programs, "antiword", "exit 1")
    assert file_text(DOC).finding == "antiword could not read the file (exit code 1)"
    program(programs, "catdoc", "echo 由它读出")
    assert file_text(DOC).text == "由它读出"


def test_libreoffice_writes_a_file(programs: Path) -> None:
    program(
        programs, "soffice", 'while [ "$1" != --outdir ]; do shift; done; echo 转出的文字 > "$2/file.txt"'
    )
    assert file_text(DOC).text == "转出的文字"
    program(programs, "soffice", "exit 0")
    assert file_text(DOC).finding == "LibreOffice could not read the file"


def test_a_program_that_hangs_is_ended_with_what_it_started(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "TOOL_SECONDS", 0.5)
    program(programs, "antiword", f"sleep 60 & echo $! > {tmp_path}/pid; wait")
    found = file_text(DOC)
    assert found.status == "failed" and "took longer" in (found.finding or "")
    pid = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":  # ended; nobody here buries it
                raise ProcessLookupError
            Path("/proc/self/stat").read_text()


def test_ocr_with_tesseract(programs: Path) -> None:
    assert file_text(PNG).status == "needs_ocr"
    program(
        programs,
        "tesseract",
        'if [ "$1" = --list-langs ]; then echo eng; echo chi_sim; else echo "扫描的文字 $4"; fi',
    )
    recogniser.cache_clear()
    assert reader_version().endswith("+ocr")
    assert file_text(PNG).text == "扫描的文字 chi_sim+eng"
    program(programs, "tesseract", "echo eng")
    recogniser.cache_clear()
    assert file_text(PNG).status == "needs_ocr", "without the Chinese data there is no OCR"


def test_a_scanned_pdf_is_read_page_by_page(programs: Path) -> None:
    import io

    image = pytest.importorskip("PIL.Image")
    stream = io.BytesIO()
    page = image.new("L", (400, 500), 255)
    page.save(stream, "PDF", save_all=True, append_images=[page])
    body = stream.getvalue()
    assert file_text(body).status == "needs_ocr"
    program(programs, "tesseract", 'if [ "$1" = --list-langs ]; then echo chi_sim; else echo 一页; fi')
    recogniser.cache_clear()
    assert file_text(body).text == "一页\n\n一页"
