"""gongkai import: files that are damaged, of another kind, or made to do harm."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.importing import records, sources
from crawler.importing.exchanges import Exchange, exchanges
from crawler.importing.http import CutOff, parse_response
from crawler.importing.records import read_records
from crawler.importing.sources import BadInput, open_sources
from tests.crawler.importing.conftest import HOST, PAGE, Foreign, answer, record, utf8, wacz

GOOD = record("response", PAGE.format(1), answer(utf8(1)))
LATER = record("response", PAGE.format(2), answer(utf8(2)))


def packed(*parts: bytes) -> bytes:
    return b"".join(map(gzip.compress, parts))


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "is empty"),
        (b"<html>no archive</html>", "is not a WARC file"),
        (gzip.compress(b"no archive", mtime=0), "is not a WARC file"),
        (b"PK\x03\x04 no zip", "is a damaged WACZ file"),
        (b"\x1f\x8b no gzip", "is damaged and not read further"),
        (record("response", PAGE.format(1), b"", length=-1), "has a record without Content-Length"),
    ],
)
def test_what_is_no_archive_is_one_sentence(archive, tmp_path, raw, sentence):
    (tmp_path / "a.warc").write_bytes(raw)
    result = archive.run(tmp_path / "a.warc")
    assert result.exit_code == 2
    (said,) = [line for line in result.stderr.splitlines() if line.startswith("gongkai: ")]
    assert said.startswith(f"gongkai: {tmp_path}/a.warc")
    assert sentence in said
    assert not archive.data.captures.exists()


def test_a_missing_file_is_named_before_anything_begins(archive, tmp_path):
    result = archive.run(tmp_path / "none.warc", tmp_path)
    assert (result.exit_code, result.stderr) == (
        2,
        f"gongkai: there is no file {tmp_path}/none.warc: check the path\n",
    )
    assert not archive.data.database.exists()


@pytest.mark.parametrize(
    ("raw", "sentence", "documents"),
    [
        (packed(GOOD, LATER)[:-20], "is cut off in the middle of a record", 1),
        ((GOOD + LATER)[:-200], "is cut off in the middle of a record", 1),
        (packed(GOOD) + b"junk" + packed(LATER), "has bytes between its records", 1),
        (packed(GOOD, b"WARC/1.0 nonsense", LATER), "", 2),
        (packed(GOOD, record("response", PAGE.format(3), b"x", length=1 << 50), LATER), "is cut off in the middle of a record", 2),
        (packed(GOOD, record("response", PAGE.format(3), answer(b"x"), length=20), LATER), "another length than it says", 2),
        (packed(GOOD, record("response", PAGE.format(3), b"", length=-1), LATER), "without Content-Length", 2),
        (packed(GOOD, record("response", PAGE.format(3), b"no http"), LATER), "has no HTTP status line", 2),
        (packed(GOOD, record("response", PAGE.format(3), answer(b"x"), WARC_Date="now"), LATER), "has no date but 'now'", 2),
        (packed(GOOD, record("response", PAGE.format(3), answer(b"x"), WARC_Date="2999-01-01T00:00:00Z"), LATER), "impossible date", 2),
        (packed(GOOD, record("response", PAGE.format(3), answer(b"x"), WARC_Truncated="length"), LATER), "cut off when it was captured", 2),
        (packed(GOOD, record("response", PAGE.format(3), answer(b"x", head=b"HTTP/1.1 200 OK\r\nContent-Length: 9")), LATER), "1 bytes where 9 were announced", 2),
        (packed(GOOD, record("response", PAGE.format(3), answer(b"5\r\nab", head=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked")), LATER), "chunked body that is cut off", 2),
        (packed(GOOD, record("response", PAGE.format(3), answer(gzip.compress(utf8(), mtime=0)[:50], head=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip")), LATER), "is cut off after 50 bytes", 2),
        (packed(GOOD, record("response", PAGE.format(3), answer(gzip.compress(bytes(80 << 20), mtime=0), head=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip")), LATER), "when decompressed", 2),
    ],
    ids=range(15),
)  # fmt: skip
def test_damage_is_named_and_the_good_is_taken(archive, tmp_path, raw, sentence, documents):
    (tmp_path / "a.warc.gz").write_bytes(raw)
    found = archive.take(tmp_path / "a.warc.gz", code=1)
    assert found["counts"]["document"] == documents
    assert sentence in found["problems"][0]
    assert len(found["problems"]) == 1
    assert archive.rows("SELECT verdict FROM crawls") == [{"verdict": "degraded"}]


def test_a_file_packed_as_a_whole_is_read(archive, tmp_path):
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(GOOD + LATER, mtime=0) + bytes(512))
    assert archive.take(tmp_path / "a.warc.gz")["counts"] == {"taken": 2, "document": 2}


def test_addresses_that_are_not_utf8_keep_their_bytes(archive, tmp_path):
    raw = PAGE.format(1).encode() + b"?n=" + "年报".encode("gbk")
    nice = PAGE.format(2).encode() + b"?n=" + "年报".encode()
    (tmp_path / "a.warc").write_bytes(
        record("response", raw, answer(utf8(1))) + record("response", nice, answer(utf8(2)))
    )
    archive.take(tmp_path / "a.warc")
    urls = [row["url"].partition("?")[2] for row in archive.rows("SELECT url FROM captures ORDER BY url")]
    assert urls == ["n=%C4%EA%B1%A8", "n=%E5%B9%B4%E6%8A%A5"]


def test_a_head_without_end_is_not_read_into_memory(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(records, "MAX_HEAD", 1 << 18)
    raw = gzip.compress(b"WARC/1.0\r\n" + b"A: b\r\n" * 1_000_000, mtime=0) + packed(GOOD)
    (tmp_path / "a.warc.gz").write_bytes(raw)
    assert "an endless head" in archive.take(tmp_path / "a.warc.gz", code=2)["problems"][0]


def test_zip_bombs_are_refused(archive, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MAX_SMALL", 1 << 20)
    path = wacz(tmp_path / "a.wacz", {"archive/a.warc": GOOD + bytes(20 << 20)}, zipfile.ZIP_DEFLATED)
    assert "unpacks to more than 200 times its size" in archive.take(path, code=2)["problems"][0]
    raw = path.read_bytes()
    honest = (len(GOOD) + (20 << 20)).to_bytes(4, "little")
    assert raw.count(honest) == 2
    path.write_bytes(raw.replace(honest, (5000).to_bytes(4, "little")))  # it lies about its size
    assert archive.take(path, code=2)["problems"]


def test_encrypted_nested_and_damaged_zips(archive, tmp_path):
    inner = wacz(tmp_path / "inner.wacz", {"archive/a.warc": GOOD})
    outer = wacz(tmp_path / "outer.wacz", {"webarchive/inner.wacz": inner.read_bytes()})
    assert "unpack it and import the WACZ files inside" in archive.take(outer, code=2)["problems"][0]
    raw = bytearray(inner.read_bytes())
    at = raw.rfind(b"PK\x01\x02", 0, raw.rfind(b"PK\x01\x02") + 4)
    raw[at + 8] |= 1
    inner.write_bytes(raw)
    assert "is encrypted: decrypt it first" in archive.take(inner, code=2)["problems"][0]
    damaged = wacz(tmp_path / "damaged.wacz", {"archive/a.warc": GOOD + b"\r\n" * (1 << 17) + LATER})
    damaged.write_bytes(damaged.read_bytes().replace(LATER[-60:], b"?" * 60))
    found = archive.take(damaged, code=1)
    assert "cannot be read further (Bad CRC-32" in found["problems"][0]


def test_one_bad_file_does_not_stop_the_others(archive, tmp_path):
    (tmp_path / "bad.warc").write_bytes(b"nothing")
    good = Foreign().page(PAGE.format(1), utf8(1)).save(tmp_path / "good.warc.gz")
    found = archive.take(tmp_path / "bad.warc", good, code=1)
    assert found["counts"]["taken"] == 1


def test_a_full_disk_is_one_sentence_and_the_rest_follows(archive, tmp_path, monkeypatch):
    path = tmp_path / "a.warc.gz"
    path.write_bytes(packed(GOOD, LATER))
    import os

    real, written = os.write, []

    def full(descriptor: int, view: memoryview) -> int:
        if b"t20230105_2" in gzip.decompress(bytes(view)) and not written:
            written.append(1)
            raise OSError(28, "No space left on device")
        return real(descriptor, view)

    with monkeypatch.context() as patched:
        patched.setattr("archive.captures.writer.os.write", full)
        result = archive.run(path)
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert archive.take(path)["counts"] == {"already": 1, "taken": 1, "document": 1}
    assert archive.rows("SELECT count(*) AS n FROM documents") == [{"n": 2}]


def everything(path: Path) -> list[Exchange | BadInput]:
    found: list[Exchange | BadInput] = []
    try:
        for source in open_sources(path):
            found += exchanges(read_records(source, 1 << 20))
    except BadInput as error:
        found.append(error)
    return found


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 3000), st.binary(max_size=40), st.integers(0, 60), st.booleans())
def test_any_damage_is_an_answer_or_a_sentence(tmp_path_factory, at, junk, length, gz):
    raw = packed(GOOD, LATER) if gz else GOOD + LATER
    path = tmp_path_factory.mktemp("files") / "a.warc.gz"
    path.write_bytes(raw[:at] + junk + raw[at + length :])
    assert everything(path)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08", b"PK\x03\x04", b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: "]))  # fmt: skip
def test_any_bytes_are_an_answer_or_a_sentence(tmp_path_factory, raw, start):
    path = tmp_path_factory.mktemp("files") / "a.warc.gz"
    path.write_bytes(start + raw)
    everything(path)


@settings(max_examples=300)
@given(st.lists(st.binary(min_size=1, max_size=50), max_size=5), st.booleans())
def test_chunks_come_off_and_only_they(parts, chunked):
    body = b"".join(parts)
    sent = b"".join(b"%X;x=y\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    head = b"HTTP/1.0 200\nTransfer-Encoding: gzip,\n Chunked\n\n"
    if chunked:
        assert parse_response(head + sent).body == body
    else:
        try:
            assert parse_response(head + body).body == body
        except CutOff:
            assert b"\n" in body  # it began as chunks do


def test_hosts_that_only_look_like_the_portals(archive, tmp_path):
    file = Foreign()
    for url in ("http://www.import.gov.cn.evil.cn/202301/t20230105_1.html", "http://www.import.gov.cn@evil.cn/202301/t20230105_1.html",
                "http://evil.cn#www.import.gov.cn/202301/t20230105_1.html", f"{HOST}:8080/202301/t20230105_1.html"):  # fmt: skip
        file.page(url, utf8())
    found = archive.take(file.save(tmp_path / "a.warc.gz"), code=2)
    assert found["counts"] == {"offsite": 4}
