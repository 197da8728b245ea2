"""Decoding: the bytes decide, whatever header and page declare."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.decode import Unreadable, charset, decode, looks_binary

TEXT = "<html><head>{meta}<title>政府信息公开</title></head><body><p>商丘市机关事务中心２０１９年度报告：㐂䶮〇</p></body></html>"


def page(meta: str = "") -> str:
    return TEXT.replace("{meta}", meta)


def meta(name: str) -> str:
    return f'<meta http-equiv="Content-Type" content="text/html; charset={name}">'


@pytest.mark.parametrize(
    ("written", "header", "declared", "read"),
    [
        ("utf-8", "text/html; charset=utf-8", "", "utf-8"),
        ("utf-8", None, "", "utf-8"),
        ("utf-8", "text/html; charset=ISO-8859-1", "", "utf-8"),
        ("utf-8", None, meta("gb2312"), "utf-8"),
        ("utf-8", "text/html;charset=GBK", meta("gb2312"), "utf-8"),
        ("utf-8-sig", None, meta("gbk"), "utf-8"),
        ("gb18030", "text/html; charset=gb2312", "", "gb18030"),
        ("gb18030", None, meta("gb2312"), "gb18030"),
        ("gb18030", None, "", "gb18030"),
        ("gb18030", "text/html; charset=ISO-8859-1", meta("gb2312"), "gb18030"),
        ("gb18030", "text/html; charset=utf-8", "", "gb18030"),
        ("gb18030", "text/html; charset=utf-8", meta("utf-8"), "gb18030"),
        ("gb18030", 'text/html; charset="no-such-charset"', meta("hex"), "gb18030"),
        ("utf-16", None, meta("gb2312"), "utf-16-le"),
        ("utf-16-le", None, meta("gb2312"), "utf-16-le"),
        ("utf-16-be", "text/html; charset=gb2312", meta("gb2312"), "utf-16-be"),
    ],
)
def test_bytes_beat_what_is_declared(written: str, header: str | None, declared: str, read: str) -> None:
    text = page(declared)
    decoded = decode(text.encode(written), header)
    assert decoded.text == text
    assert decoded.encoding == read


def test_declared_big5_is_believed() -> None:
    text = "<meta charset=big5><p>政府資訊公開</p>"
    assert decode(text.encode("big5")).text == text


def test_a_few_broken_bytes_change_nothing() -> None:
    """A page cut in mid-character, or with a stray byte, keeps its charset: fewest U+FFFD wins."""
    body = page(meta("gb2312")).encode("utf-8") * 10
    assert decode(body + "公".encode()[:2]).text.startswith(page(meta("gb2312")))
    broken = (page() * 10).encode("gb18030") + b"\xff\xff"
    assert decode(broken).encoding == "gb18030"
    assert decode(broken).text.startswith(page())


def test_two_chinese_characters_in_utf8_are_not_read_as_gbk() -> None:
    assert decode("<p>中文</p>".encode(), "text/html; charset=gb2312").text == "<p>中文</p>"


def test_short_gbk_that_happens_to_be_valid_utf8_is_gbk() -> None:
    body = "<p>模伞</p>".encode("gbk")
    assert decode(body, "text/html; charset=gbk").text == "<p>模伞</p>"


def test_forced_encoding_overrides_and_must_be_one() -> None:
    assert decode("公开".encode("gb18030"), "text/html; charset=utf-8", "GB2312").text == "公开"
    with pytest.raises(Unreadable, match="not the name of a character encoding"):
        decode(b"abc", None, "rot13")


@pytest.mark.parametrize(
    "name", ["hex", "rot13", "idna", "unicode_escape", "utf-7", "undefined", "", "公开", "a" * 99]
)
def test_codecs_that_are_no_charsets_are_refused(name: str) -> None:
    assert charset(name) is None


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"%PDF-1.4\n...", "application/pdf"),
        (b"PK\x03\x04....", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", "application/x-ole-storage"),
        (b"\xff\xd8\xff\xe0..", "image/jpeg"),
        (bytes(range(256)) * 4, "application/octet-stream"),
        (b"", None),
        (page().encode("utf-16-le"), None),
        (page().encode("gb18030"), None),
        (b"<p>\x00abc</p><br/><!-- end -->\n" * 20, None),
        (b"<html>\x00\x00\x00<p>\x00\x00a</p></html>" + b"\x00" * 900, None),
        (b"\x00" * 1000 + b"<p>a</p>", None),
        (b"plain text" + b"\x00" * 900, None),
        (
            b"name.txt" + b"\x00" * 300 + b"ustar" + b"\x00" * 200 + b"<html>" * 9 + b"\x00" * 500,
            "application/octet-stream",
        ),
        (b"\x00\x00\x01\x00\x01\x00\x10\x10\x00\x00\x01\x00" * 30, "application/octet-stream"),
        (b"<\x01\x02\x03\x00\x05" * 50, "application/octet-stream"),
    ],
)
def test_files_are_told_from_text(body: bytes, media_type: str | None) -> None:
    assert looks_binary(body) == media_type


@given(st.binary(max_size=400), st.one_of(st.none(), st.text(max_size=40)))
def test_any_bytes_decode(body: bytes, header: str | None) -> None:
    decoded = decode(body, header)
    assert charset(decoded.encoding) == decoded.encoding
    looks_binary(body)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=30, max_size=80))
def test_chinese_text_survives_either_charset(text: str) -> None:
    assert decode(text.encode("utf-8"), "text/html; charset=gbk").text == text
    assert decode(text.encode("gb18030"), "text/html; charset=gbk").text == text
