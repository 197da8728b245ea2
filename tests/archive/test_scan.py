"""archive.captures.scan: a WARC file of ours says all it holds, and damage takes only itself along."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.captures.members import Record, read_members
from archive.captures.model import Capture
from archive.captures.records import (
    Facts,
    event_block,
    payload_digest,
    response_block,
    revisit_block,
    warcinfo_block,
)
from archive.captures.scan import Damage, SeenCapture, SeenEvent, scan_file
from archive.captures.writer import CaptureWriter
from archive.layout import DataDirectory

CRAWL, OTHER, T0 = "20261123T021500Z-00000001", "20200101T000000Z-0000000f", "2026-11-23T02:15:00.123Z"
TYPE = (b"Content-Type", b"text/HTML; charset=gb2312")


def facts(number: int = 0, crawl: str = CRAWL, **values) -> Facts:
    return Facts(crawl, "sample", "document", "content", f"GET x.gov.cn/{number}", entry={"title": "标题"}, **values)  # fmt: skip


def page(number: int, body: bytes = b"<p>\xd5\xfe</p>", crawl: str = CRAWL):
    url = f"http://x.gov.cn/{number}"
    return response_block(url=url, fetched_at=T0, status=200, headers=[TYPE], body=body, facts=facts(number, crawl),
                          ip="192.0.2.1")  # fmt: skip


def archive_of(
    root: Path, blocks: list[bytes], name: str = f"{CRAWL}-00001.warc.gz"
) -> tuple[DataDirectory, str]:
    data = DataDirectory(root)
    folder = data.portal_captures("sample", 2026)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"".join(blocks))
    return data, f"sample/2026/{name}"


HEADING = warcinfo_block("gongkai/0", CRAWL, T0)
START = event_block("crawl-started", {"crawl": CRAWL, "portal": "sample"}, crawl_id=CRAWL, at=T0)
VERDICT = event_block("crawl-verdict", {"verdict": "ok"}, crawl_id=CRAWL, at=T0)
PAGES = [page(number, os.urandom(number * 40)) for number in range(4)]
ORIGINAL = Capture(CRAWL, "sample", "document", "http://x.gov.cn/1", "k", T0, 200, "content", PAGES[1].payload_digest, "f", 0, 1)  # fmt: skip
SAME = revisit_block(
    url="http://x.gov.cn/1", fetched_at=T0, status=304, headers=[], original=ORIGINAL, facts=facts(1)
)
BLOCKS = [HEADING, START, *(one.data for one in PAGES), SAME.data, VERDICT]
WHOLE = b"".join(BLOCKS)


def test_everything_is_told_in_the_order_of_the_file(tmp_path):
    data, file = archive_of(tmp_path, BLOCKS)
    seen = list(scan_file(data, file))
    kinds = [one.kind if isinstance(one, SeenEvent) else one.capture.url[-1] for one in seen]
    assert kinds == ["crawl-started", "0", "1", "2", "3", "1", "crawl-verdict"]
    assert seen[-1] == SeenEvent(
        file, len(WHOLE) - len(VERDICT), "crawl-verdict", CRAWL, T0, {"verdict": "ok"}
    )
    first, revisit = seen[1], seen[5]
    assert first.capture == Capture(
        CRAWL, "sample", "document", "http://x.gov.cn/0", "GET x.gov.cn/0", T0, 200, "content", payload_digest(b""),
        file, len(HEADING) + len(START), PAGES[0].length, media_type="text/html", ip="192.0.2.1",
    )  # fmt: skip
    assert first.facts["entry"] == {"title": "标题"}
    assert first.refers_to is None
    assert (revisit.capture.record_type, revisit.capture.payload_digest) == (
        "revisit-304",
        PAGES[1].payload_digest,
    )
    assert (revisit.refers_to.url, revisit.refers_to.fetched_at) == ("http://x.gov.cn/1", T0)


def test_what_the_writer_writes_is_what_is_scanned(tmp_path):
    data = DataDirectory(tmp_path)
    writer = CaptureWriter(data, "sample", CRAWL, year=2026, heading=HEADING)
    places = [writer.append(one.data) for one in PAGES]
    writer.close()
    seen = [one.capture for one in scan_file(data, places[0][0])]
    assert [(one.file, one.offset, one.length) for one in seen] == [
        (*place, one.length) for place, one in zip(places, PAGES, strict=True)
    ]


def spans() -> list[tuple[int, int]]:
    """Where each thing that can be observed begins and ends, in order."""
    ends = [0]
    for block in BLOCKS:
        ends.append(ends[-1] + len(block))
    return list(itertools.pairwise(ends))[1:]


def check_damaged(tmp_path: Path, raw: bytes, touched: range) -> list[Damage]:
    data, file = archive_of(tmp_path, BLOCKS)
    whole = list(scan_file(data, file))
    (data.captures / file).write_bytes(raw)
    found = list(scan_file(data, file))
    seen = [one for one in found if not isinstance(one, Damage)]
    untouched = [
        one
        for one, (start, end) in zip(whole, spans(), strict=True)
        if end <= touched.start or start >= touched.stop
    ]
    assert all(one in whole for one in seen), "a capture was invented"
    assert all(one in seen for one in untouched), "damage took a neighbour along"
    return [one for one in found if isinstance(one, Damage)]


@pytest.mark.parametrize("part", range(8))
def test_a_cut_anywhere_loses_only_what_is_cut(tmp_path, part):
    ends = {0} | {end for _, end in spans()} | {len(HEADING)}
    for cut in range(part, len(WHOLE), 8):
        damages = check_damaged(tmp_path, WHOLE[:cut], range(cut, len(WHOLE)))
        assert all(one.torn for one in damages), damages
        assert cut in ends or damages, cut


@pytest.mark.parametrize("part", range(8))
def test_a_flip_anywhere_takes_only_its_record_along(tmp_path, part):
    for at in range(part, len(WHOLE), 8):
        raw = WHOLE[:at] + bytes([WHOLE[at] ^ 1 << at % 8]) + WHOLE[at + 1 :]
        check_damaged(tmp_path, raw, range(at, at + 1))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 900), st.binary(max_size=60))
def test_any_bytes_in_place_of_any_others(tmp_path_factory, start, length, junk):
    raw = WHOLE[:start] + junk + WHOLE[start + length :]
    data, file = archive_of(tmp_path_factory.mktemp("data"), [raw])
    keys = [one.capture.request_key for one in scan_file(data, file) if isinstance(one, SeenCapture)]
    known = ["GET x.gov.cn/0", "GET x.gov.cn/1", "GET x.gov.cn/2", "GET x.gov.cn/3", "GET x.gov.cn/1"]
    before = [key for key, (_, end) in zip(known, spans()[1:6], strict=True) if end <= start]
    after = [key for key, (first, _) in zip(known, spans()[1:6], strict=True) if first >= start + length]
    assert (
        keys == before + after or len(keys) == len(before) + len(after) + 1
    )  # junk may undo what it replaces


@settings(max_examples=80)
@given(st.binary(max_size=400))
def test_any_bytes_are_only_damage(tmp_path_factory, raw):
    data, file = archive_of(tmp_path_factory.mktemp("data"), [raw])
    assert all(isinstance(one, Damage) for one in scan_file(data, file))


def stored(raw: bytes) -> bytes:
    """A gzip member in which ``raw`` stands as it is."""
    compressor = zlib.compressobj(0, zlib.DEFLATED, 31)
    return compressor.compress(raw) + compressor.flush()


@pytest.mark.parametrize("name", [f"{CRAWL}-00001.warc.gz", "renamed.warc.gz"])
def test_a_warc_file_inside_a_damaged_body_is_not_believed(tmp_path, name):
    planted = page(9, b"forged", crawl=OTHER).data
    block = page(1, planted)
    raw = zlib.decompress(block.data[: block.length], 31)
    outer = stored(raw)
    assert planted in outer
    flipped = outer[:5] + b"\xff" + outer[6:12] + b"\xff" + outer[13:]
    data, file = archive_of(tmp_path, [HEADING, PAGES[0].data, flipped, PAGES[2].data], name)
    found = list(scan_file(data, file))
    assert [one.capture.url[-1] for one in found if isinstance(one, SeenCapture)] == ["0", "2"]
    assert any("of another crawl" in one.message for one in found if isinstance(one, Damage))


def record(
    head: dict[str, str], content: bytes, digest: str | None = None, length: int | None = None
) -> bytes:
    lines = {
        **head,
        "WARC-Block-Digest": digest or payload_digest(content),
        "Content-Length": str(length or len(content)),
    }
    text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return gzip.compress(b"WARC/1.1\r\n" + text.encode() + b"\r\n" + content + b"\r\n\r\n", mtime=0)


def beside(**changes) -> bytes:
    value = {**facts(7).to_json("http://x.gov.cn/7"), **changes}
    head = {"WARC-Type": "metadata", "WARC-Date": T0, "WARC-Concurrent-To": "<urn:uuid:1>"}
    return record(head, json.dumps(value).encode())


def answer(content: bytes = b"HTTP/1.1 200 OK\r\n\r\nbody", payload: bytes = b"body", **head) -> bytes:
    fields = {"WARC-Type": "response", "WARC-Date": T0, "WARC-Record-ID": "<urn:uuid:1>"}
    digest, length = head.pop("digest", None), head.pop("length", None)
    return record({**fields, "WARC-Payload-Digest": payload_digest(payload), **head}, content, digest, length)


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([answer(digest="sha256:00"), beside()], "has another digest than the sha256:00"),
        ([answer(payload=b"other"), beside()], "has another digest"),
        ([answer(length=5), beside()], "does not end after the 5 bytes"),
        ([answer(length=500), beside()], "does not end after the 500 bytes"),
        ([answer(length=1 << 40), beside()], "is larger than"),
        ([answer()], "has no metadata record"),
        ([answer(), PAGES[0].data], "has no metadata record"),
        ([answer(), VERDICT], "has no metadata record"),
        ([beside()], "is a metadata record without its capture"),
        ([answer(**{"WARC-Record-ID": "<urn:uuid:2>"}), beside()], "is a metadata record without its capture"),
        ([answer(), beside(role="king")], "lacks role"),
        ([answer(), beside(outcome=None, url=3)], "lacks url, outcome"),
        ([answer(), beside(crawl=None)], "names no crawl"),
        ([answer(**{"WARC-Date": "yesterday"}), beside()], "has no date"),
        ([answer(**{"WARC-Date": "2026-11-23T02:15:00"}), beside()], "has no date"),
        ([answer(b"SSH-2.0\r\n\r\nbody"), beside()], "has no HTTP status line"),
        ([answer(b"HTTP/1.1 " + b"9" * 5000 + b"\r\n\r\nbody"), beside()], "has no HTTP status line"),
        ([answer(**{"WARC-Type": "revisit"}), beside()], "lacks its profile"),
        ([answer(), record({"WARC-Type": "metadata", "WARC-Date": T0}, b"[" * 100_000)], "is not JSON"),
        ([answer(), record({"WARC-Type": "metadata", "WARC-Date": T0}, b"[1]")], "no JSON object"),
        ([b"plain text, no gzip"], "does not unpack"),
        ([gzip.compress(b"no WARC", mtime=0)], "is no WARC record"),
        ([gzip.compress(bytes(1 << 24), mtime=0)], "is no WARC record"),
    ],
)  # fmt: skip
def test_every_damage_has_a_sentence_and_the_next_capture_is_found(tmp_path, blocks, message):
    data, file = archive_of(tmp_path, [HEADING, *blocks, PAGES[3].data])
    found = list(scan_file(data, file))
    damages = [one for one in found if isinstance(one, Damage)]
    assert any(message in one.message and one.file == file and not one.torn for one in damages), damages
    assert found[-1].capture.request_key == "GET x.gov.cn/3"
    assert damages[0].offset == len(HEADING) or message.endswith("JSON") or "object" in message


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (found,) = scan_file(DataDirectory(tmp_path), "sample/2026/none.warc.gz")
    assert found.message == "sample/2026/none.warc.gz cannot be read (No such file or directory)"


def test_a_large_record_is_never_whole_in_memory(tmp_path):
    import tracemalloc

    data, file = archive_of(tmp_path, [page(1, bytes(24 << 20)).data])
    tracemalloc.start()
    assert [one.capture.length for one in scan_file(data, file)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


def test_reading_members_gives_places(tmp_path):
    data, file = archive_of(tmp_path, BLOCKS)
    with (data.captures / file).open("rb") as stream:
        records = list(read_members(stream, file))
    assert all(isinstance(one, Record) for one in records)
    assert records[-1].offset + records[-1].length == len(WHOLE)
