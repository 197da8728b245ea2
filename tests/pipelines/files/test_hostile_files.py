"""Files that were made to harm end with a status and a reason, in bounded time and memory."""

from __future__ import annotations

import random
import struct
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.files import FileText, file_text
from pipelines.files.model import MOST_TEXT
from pipelines.files.process import FileReader
from pipelines.files.zips import MOST_ENTRIES

from .samples import W, assembled, docx, ofd, paragraph, pdf, pptx, table, xlsx, zipped
from .test_kinds import MHT, RTF

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + f"]><w:document {W}><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>"
)
GOOD = {
    "docx": docx(paragraph("甲") + table([["1", "2"]])), "xlsx": xlsx('<row><c r="A1"><v>1</v></c></row>'), "pptx": pptx(["甲", "乙"]),
    "ofd": ofd([[(1, "甲")]]), "pdf": pdf([["甲" * 30]]), "rtf": RTF, "mht": MHT, "zip": zipped({"a.txt": "甲"}),
}  # fmt: skip


def refused(body: bytes, *statuses: str, seconds: float = 10) -> FileText:
    """What a file gives that is not read; within ``seconds``."""
    began = time.monotonic()
    found = file_text(body)
    assert time.monotonic() - began < seconds
    assert found.status in statuses and found.text == "" and found.finding, found
    return found


def test_entities_are_not_expanded() -> None:
    body = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": LAUGHS})
    assert "DOCTYPE" in (refused(body, "failed").finding or "")
    wide = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": LAUGHS.encode("utf-16")})
    refused(wide, "failed")
    external = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><OFD>&f;</OFD>'
    refused(zipped({"OFD.xml": external}), "failed")


def test_bombs_are_not_unpacked() -> None:
    refused(docx(paragraph(" " * 300_000_000)), "too_large")
    refused(zipped({"a.txt": b"\n" * 50_000_000}), "too_large")
    many = docx("") + b"PK\x01\x02" * (MOST_ENTRIES + 1)
    refused(many, "too_large")


def test_a_size_that_is_a_lie_is_not_believed() -> None:
    body = bytearray(zipped({"a.txt": b"0123456789" * 3_000_000}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", body, body.index(mark) + place, 5)
    found = file_text(bytes(body))
    assert found.status in ("failed", "too_large") or len(found.text) < 100, found


def test_depth_is_bounded() -> None:
    refused(docx("<w:p>" * 5_000 + "</w:p>" * 5_000), "failed")
    refused(b"{\\rtf1" + b"{" * 100_000, "failed")
    assert file_text(b"<html>" + b"<div>" * 100_000 + "深".encode()).status in ("ok", "failed")


def test_long_texts_are_cut() -> None:
    found = file_text("公开信息，".encode() * 400_000)
    assert found.status == "ok" and len(found.text) == MOST_TEXT
    assert found.finding == f"only the first {MOST_TEXT:,} characters were read"


def test_a_sheet_of_a_million_empty_columns_is_short() -> None:
    found = file_text(xlsx('<row><c r="XFD1"><v>1</v></c></row>' * 50))
    assert found.status == "ok" and len(found.text) < 60_000


def test_pdfs_that_do_not_end() -> None:
    circle = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1000000 /Kids [2 0 R 2 0 R] >>"]
    began = time.monotonic()
    assert file_text(assembled(circle)).status != "ok"
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>"
    shared = [circle[0], f"<< /Type /Pages /Count 60000 /Kids [{'3 0 R ' * 60_000}] >>", page, "<< /Length 0 >>\nstream\n\nendstream"]  # fmt: skip
    assert file_text(assembled(shared), seconds=2).status in ("ok", "needs_ocr", "failed")
    assert time.monotonic() - began < 30


def test_a_file_whose_time_is_over_before_anything_was_read_has_failed() -> None:
    found = file_text(GOOD["pdf"], seconds=0)
    assert found.status == "failed" and "took more than 0 s" in (found.finding or "")


def test_encrypted_files_say_so() -> None:
    encrypt = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /O ("
        + "x" * 32
        + ") /U ("
        + "y" * 32
        + ") /P -4 >> /ID [(a) (a)]"
    )
    assert "encrypted" in (refused(pdf([["甲"]], extra=encrypt), "failed").finding or "")
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage\0".encode("utf-16-le")
    assert refused(ole, "failed").finding == "the file is encrypted"
    body = bytearray(zipped({"a.txt": "甲"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(mark) + place] |= 1
    assert "encrypted" in (refused(bytes(body), "failed").finding or "")


@pytest.mark.parametrize("kind", GOOD)
def test_damaged_files_never_raise(kind: str) -> None:
    chance = random.Random(kind)
    whole = GOOD[kind]
    for _ in range(60):
        body = bytearray(whole[: chance.randrange(8, len(whole) + 1)])
        for _ in range(chance.randrange(4)):
            body[chance.randrange(5, len(body))] = chance.randrange(256)
        found = file_text(bytes(body), seconds=5)
        assert found.status in ("ok", "needs_ocr", "unsupported", "failed", "too_large")
        found.text.encode()


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(
        [b"", b"%PDF-1.4\n", b"{\\rtf1", b"PK\x03\x04", b"<html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
    ),
)
def test_any_bytes_give_an_answer(body: bytes, start: bytes) -> None:
    file_text(start + body, seconds=5).text.encode()


def test_a_file_that_kills_its_reader_costs_itself_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with FileReader() as reader:
        assert reader.read("甲文".encode()).text == "甲文"
        first = reader.pid
        assert first is not None
        monkeypatch.setattr(reader, "_patience", 0.01)
        given_up = reader.read(pdf([["甲" * 30]] * 400))
        assert given_up.status == "failed" and "given up" in (given_up.finding or "")
        monkeypatch.setattr(reader, "_patience", 30.0)
        assert reader.read("乙文".encode()).text == "乙文"
        assert reader.pid not in (None, first)
        assert not Path(f"/proc/{first}").exists()


def test_memory_is_bounded() -> None:
    """A row of a million cells is one tree in memory."""
    chance = random.Random(1)
    body = xlsx(
        "<row>" + "".join(f"<c><v>{chance.randrange(1000)}</v></c>" for _ in range(1_000_000)) + "</row>"
    )
    with FileReader() as reader:
        assert reader.read("先".encode()).text == "先"
        found = reader.read(body)
        assert found.status == "failed" and "memory" in (found.finding or ""), found
        assert reader.read("还在".encode()).text == "还在"
