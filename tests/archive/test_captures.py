"""archive.captures: what is written can be read by warcio and by us; damage is named; half a record never
stays."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import threading
import zlib

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.captures.encoding import TooLarge, decode_body
from archive.captures.model import Capture
from archive.captures.reader import DamagedCapture, read_capture, read_record
from archive.captures.records import Facts, event_block, response_block, revisit_block, warcinfo_block
from archive.captures.table import add_capture, get_capture, last_capture
from archive.captures.writer import CaptureWriter
from archive.layout import DataDirectory
from archive.transaction import transaction

CRAWL, T0 = "20261123T021500Z-00000001", "2026-11-23T02:15:00Z"
URL = "http://x.gov.cn/政务/a b.html?n=1"
GBK = "附件.doc".encode("gbk")
HEADERS = [
    (b"Server", b"nginx"),
    (b"Set-Cookie", b"a=1"),
    (b"Set-Cookie", b"b=2"),
    (b"Content-Disposition", b'attachment; filename="' + GBK + b'"'),
    (b"Transfer-Encoding", b"chunked"),
    (b"X-Evil", b"1\r\nX-Forged: 2"),
    (b"Content-Type", b"text/html; charset=gb2312"),
]
FACTS = Facts(CRAWL, "sample", "listing", "content", "POST x.gov.cn/a", "POST", {"Referer": "http://x.gov.cn/"}, b"p=\xd5\xfe",
              "reports", {"title": "标题"}, {"mode": "sweep"})  # fmt: skip


def block_of(body: bytes = b"<p>\xd5\xfe</p>", headers=HEADERS, **values):
    defaults = {"url": URL, "fetched_at": T0, "status": 200, "headers": headers, "body": body, "facts": FACTS}
    return response_block(**defaults | values)


@pytest.fixture
def writer(data: DataDirectory):
    writer = CaptureWriter(data, "sample", CRAWL, year=2026, heading=warcinfo_block("gongkai/0", CRAWL, T0))
    yield writer
    writer.close()


def records_of(raw: bytes) -> list:
    found = []
    iterator = ArchiveIterator(io.BytesIO(raw), check_digests="raise")
    for record in iterator:
        found.append(
            (
                record,
                record.content_stream().read() if record.rec_type != "response" else record.raw_stream.read(),
            )
        )
    return found


def test_warcio_reads_what_we_write_digests_and_all(data, writer):
    body = gzip.compress(b"<p>\xd5\xfe\xb8\xae</p>" * 50, mtime=0)
    writer.append(block_of(body, [*HEADERS, (b"Content-Encoding", b"gzip")], ip="192.0.2.1").data)
    original = Capture(CRAWL, "sample", "document", URL, "k", T0, 200, "content", "sha256:00", "f", 0, 1)
    unchanged = revisit_block(url=URL, fetched_at=T0, status=304, headers=[], original=original, facts=FACTS)
    file, _ = writer.append(unchanged.data)
    writer.append(event_block("crawl-verdict", {"verdict": "ok"}, crawl_id=CRAWL, at=T0))
    writer.sync()
    found = records_of((data.captures / file).read_bytes())
    kinds = [record.rec_type for record, _ in found]
    assert kinds == ["warcinfo", "response", "metadata", "revisit", "metadata", "metadata"]
    response, raw = found[1]
    assert raw == body
    assert (
        response.rec_headers.get_header("WARC-Payload-Digest") == f"sha256:{hashlib.sha256(body).hexdigest()}"
    )
    assert response.rec_headers.get_header("WARC-Target-URI").startswith(
        "http://x.gov.cn/%E6%94%BF%E5%8A%A1/a%20b.html"
    )
    assert response.rec_headers.get_header("WARC-IP-Address") == "192.0.2.1"
    assert response.http_headers.statusline == "200 OK"
    assert response.http_headers.get_header("Transfer-Encoding") is None
    assert response.http_headers.get_header("X-Forged") is None
    metadata = found[2][0].rec_headers
    assert metadata.get_header("WARC-Concurrent-To") == response.rec_headers.get_header("WARC-Record-ID")
    assert b'"request_body": "cD3V/g=="' in found[2][1]
    assert found[3][0].rec_headers.get_header("WARC-Profile").endswith("server-not-modified")
    assert found[5][0].rec_headers.get_header("WARC-Target-URI") == f"urn:gongkai:{CRAWL}:crawl-verdict"


def test_we_read_it_back_as_it_came(data, writer):
    block = block_of()
    file, offset = writer.append(block.data)
    stored = read_capture(data, file, offset, block.length)
    assert stored.payload == stored.body == b"<p>\xd5\xfe</p>"
    assert (stored.status, stored.content_type, stored.fetched_at) == (200, "text/html; charset=gb2312", T0)
    assert (b"Content-Disposition", b'attachment; filename="' + GBK + b'"') in stored.headers
    assert [value for name, value in stored.headers if name == b"Set-Cookie"] == [b"a=1", b"b=2"]
    beside = read_record(data, file, offset + block.length, len(block.data) - block.length)
    assert beside.kind == "metadata"
    with pytest.raises(DamagedCapture, match="is a WARC metadata record"):
        read_capture(data, file, offset + block.length, len(block.data) - block.length)


def test_damage_is_named(data, writer):
    block = block_of(b"x" * 5000)
    file, offset = writer.append(block.data)
    writer.sync()
    path = data.captures / file
    whole = path.read_bytes()

    def damage(raw: bytes, at: int = offset, length: int = block.length, where: str = file) -> str:
        path.write_bytes(raw)
        with pytest.raises(DamagedCapture) as caught:
            read_capture(data, where, at, length)
        assert caught.value.file == where
        return caught.value.what

    assert damage(whole, where="sample/2026/none.warc.gz") == "is lost: there is no such file"
    assert damage(whole[: offset + 20]) == f"is truncated: 20 of {block.length} bytes are there"
    assert damage(whole, length=block.length - 1) == "has no end within its length"
    assert damage(whole, length=block.length + 1) == "ends before its length"
    assert damage(whole, at=offset + 1).startswith("does not unpack")
    middle = offset + block.length // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1 :]
    assert damage(flipped)
    swapped = zlib.decompress(whole[offset : offset + block.length], 31).replace(b"xxxx", b"yyyy", 1)
    compressor = zlib.compressobj(6, zlib.DEFLATED, 31)
    other = compressor.compress(swapped) + compressor.flush()
    assert damage(whole[:offset] + other, length=len(other)).startswith("has another digest")
    path.write_bytes(whole)
    assert read_capture(data, file, offset, block.length).body == b"x" * 5000


@pytest.mark.parametrize("cut", range(0, 700, 7))
def test_every_truncation_is_noticed(data, writer, cut):
    block = block_of()
    file, offset = writer.append(block.data)
    if cut >= block.length:
        return
    with (data.captures / file).open("r+b") as stream:
        stream.truncate(offset + cut)
    with pytest.raises(DamagedCapture, match="truncated"):
        read_capture(data, file, offset, block.length)


def test_files_rotate_and_a_new_writer_begins_a_new_one(data):
    block = block_of(os.urandom(3000))
    writer = CaptureWriter(data, "sample", CRAWL, year=2026, max_bytes=2 * len(block.data))
    files = [writer.append(block.data) for _ in range(5)]
    writer.close()
    writer.close()
    assert [file[-13:-8] for file, _ in files] == ["00001", "00001", "00002", "00002", "00003"]
    assert [offset for _, offset in files] == [0, len(block.data), 0, len(block.data), 0]
    again = CaptureWriter(data, "sample", CRAWL, year=2027)
    assert again.append(block.data) == (f"sample/2027/{CRAWL}-00004.warc.gz", 0)
    again.close()
    assert read_capture(data, *files[3], block.length).status == 200


def test_nothing_is_made_before_the_first_record_and_no_path_escapes(data):
    CaptureWriter(data, "sample", CRAWL, year=2026).close()
    assert not data.captures.exists()
    with pytest.raises(ValueError):
        CaptureWriter(data, "../sample", CRAWL, year=2026)


def test_a_failed_append_leaves_no_half_record(data, writer, monkeypatch):
    block = block_of(os.urandom(4000))
    file, _ = writer.append(block.data)
    good = (data.captures / file).read_bytes()
    real = os.write

    def full(descriptor, view):
        if len(view) <= 1000:
            raise OSError(28, "No space left on device")
        return real(descriptor, view[:1000])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space left") as caught:
            writer.append(block.data)
    assert str(caught.value.filename).endswith(file)
    assert (data.captures / file).read_bytes() == good
    assert writer.append(block.data) == (file, len(good))
    writer.sync()
    assert len(records_of((data.captures / file).read_bytes())) == 5


def test_a_file_that_cannot_be_cut_back_is_given_up(data, writer, monkeypatch):
    block = block_of()
    writer.append(block.data)

    def fail(*_):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", fail)
        patched.setattr(os, "ftruncate", fail)
        with pytest.raises(OSError):
            writer.append(block.data)
    with pytest.raises(OSError, match="half a record"):
        writer.append(block.data)


def test_a_real_full_disk_is_an_error_that_names_the_file(data, writer):
    """/dev/full: the kernel's own answer to a write on a full disk."""
    block = block_of()
    file, _ = writer.append(block.data)
    full, kept = os.open("/dev/full", os.O_WRONLY), os.dup(writer._descriptor)
    try:
        os.dup2(full, writer._descriptor)
        with pytest.raises(OSError, match="No space left") as caught:
            writer.append(block.data)
        assert str(caught.value.filename).endswith(file)
    finally:
        os.dup2(kept, writer._descriptor)
        os.close(full)
        os.close(kept)


def test_a_read_only_directory_is_an_error_that_names_it(data):
    data.root.chmod(0o500)
    user = os.geteuid()
    try:
        if user == 0:  # root writes anywhere: be nobody for a moment
            os.seteuid(65534)
        with pytest.raises(PermissionError, match=str(data.root)):
            CaptureWriter(data, "sample", CRAWL, year=2026).append(block_of().data)
    finally:
        os.seteuid(user)
        data.root.chmod(0o700)


def test_threads_may_append_and_sync_at_once(data, writer):
    block = block_of(os.urandom(500))
    places: list[tuple[str, int]] = []

    def sync() -> None:
        while len(places) < 200:
            writer.sync()

    thread = threading.Thread(target=sync)
    thread.start()
    for _ in range(200):
        places.append(writer.append(block.data))
    thread.join()
    assert len(set(places)) == 200
    assert all(read_capture(data, *place, block.length).status == 200 for place in places)


def test_rows_go_in_once_and_come_back(db, capture):
    one = capture(role="document", ip="192.0.2.1", media_type="text/html")
    with transaction(db):
        first = add_capture(db, one)
        assert add_capture(db, one) == first
        revisit = capture(role="document", record_type="revisit-304", refers_to_id=first)
        second = add_capture(db, revisit)
    assert get_capture(db, first) == one
    assert get_capture(db, second) == revisit
    assert last_capture(db, "sample", one.request_key) == (first, one)
    assert last_capture(db, "sample", "GET other") is None
    with pytest.raises(KeyError):
        get_capture(db, 99)


TEXT = "政府信息公开年度报告".encode() * 40


def zstd_of(data: bytes) -> bytes:
    from archive.captures.encoding import zstd

    return zstd.compress(data)


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(6, zlib.DEFLATED, -15)
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize(
    ("payload", "encodings", "body"),
    [
        (gzip.compress(TEXT, mtime=0), [b"gzip"], TEXT),
        (gzip.compress(TEXT, mtime=0) + gzip.compress(b"2", mtime=0) + b"\0\0", [b"X-GZIP "], TEXT + b"2"),
        (zlib.compress(TEXT), [b"deflate"], TEXT),
        (raw_deflate(TEXT), [b"deflate"], TEXT),
        (brotli.compress(TEXT), [b"br"], TEXT),
        (zstd_of(TEXT), [b"zstd"], TEXT),
        (gzip.compress(brotli.compress(TEXT), mtime=0), [b"br, gzip"], TEXT),
        (gzip.compress(brotli.compress(TEXT), mtime=0), [b"br", b"gzip"], TEXT),
        (TEXT, [b"gzip"], TEXT),
        (TEXT, [b"deflate"], TEXT),
        (TEXT, [b"br"], TEXT),
        (TEXT, [b"zstd"], TEXT),
        (TEXT, [b"identity", b""], TEXT),
        (gzip.compress(TEXT, mtime=0), [b"sdch, gzip"], TEXT),
        (b"", [b"gzip"], b""),
    ],
    ids=range(15),  # gzip writes the time: each worker of a parallel run would name the tests otherwise
)
def test_content_encodings(payload, encodings, body):
    assert decode_body(payload, encodings, 1 << 20) == body


def test_a_body_that_is_cut_off_gives_what_there_is():
    noise = os.urandom(200_000)
    for payload, name in ((gzip.compress(noise, mtime=0), b"gzip"), (zlib.compress(noise), b"deflate"),
                          (brotli.compress(noise), b"br"), (zstd_of(noise), b"zstd")):  # fmt: skip
        got = decode_body(payload[:100_000], [name], 1 << 20)
        assert 50_000 < len(got) < 100_001, name
        assert noise.startswith(got)


def test_bombs_are_refused_before_they_go_off():
    zeros = bytes(50 << 20)
    for payload, name in ((gzip.compress(zeros, mtime=0), b"gzip"), (zlib.compress(zeros), b"deflate"),
                          (brotli.compress(zeros, quality=1), b"br"), (zstd_of(zeros), b"zstd")):  # fmt: skip
        with pytest.raises(TooLarge):
            decode_body(payload, [name], 1 << 20)


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from([b"gzip", b"deflate", b"br", b"zstd", b"gzip, gzip"]))
def test_any_bytes_decode_to_something(payload, name):
    assert isinstance(decode_body(payload, [name], 1 << 20), bytes)


HEADER = st.tuples(st.binary(min_size=1, max_size=8), st.binary(max_size=30))


@settings(max_examples=60)
@given(st.text(max_size=40), st.lists(HEADER, max_size=4), st.binary(max_size=200), st.integers(100, 599))
def test_hostile_responses_survive_the_round_trip(tmp_path_factory, url, headers, body, status):
    data = DataDirectory(tmp_path_factory.mktemp("data"))
    writer = CaptureWriter(data, "sample", CRAWL, year=2026)
    block = block_of(body, headers, url="http://x.gov.cn/" + url, status=status, reason="\r\nX: 政")
    file, offset = writer.append(block.data)
    writer.close()
    stored = read_capture(data, file, offset, block.length)
    assert stored.payload == body
    assert stored.status == status
    assert [record.rec_type for record, _ in records_of((data.captures / file).read_bytes())] == [
        "response",
        "metadata",
    ]
