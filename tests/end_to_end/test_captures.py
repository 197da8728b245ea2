"""The captures: other WARC tools read what the archive refers to, and ``verify`` names any damage."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.captures.reader import read_capture
from archive.layout import DataDirectory

from .conftest import Demo
from .runner import Gongkai

CAPTURES = """
    SELECT c.id, c.url, c.role, c.record_type, c.refers_to_id, c.payload_digest, c.file, c.offset, c.length, c.status
    FROM captures c
"""
OF_REVISIONS = """
    SELECT rc.revision_id, rc.part, c.file, c.offset, c.length, coalesce(o.file, c.file), coalesce(o.offset, c.offset),
      coalesce(o.length, c.length), c.url
    FROM revision_captures rc JOIN captures c ON c.id = rc.capture_id LEFT JOIN captures o ON o.id = c.refers_to_id
"""


def warc_files(gongkai: Gongkai) -> list[Path]:
    """All WARC files."""
    return sorted((gongkai.data / "captures").rglob("*.warc.gz"))


def at(gongkai: Gongkai, file: str, offset: int) -> Any:
    """The record that warcio finds at an offset: type, address, payload as stored, body with its encoding removed."""
    found = []
    for decode in (False, True):
        with (gongkai.data / "captures" / file).open("rb") as stream:
            stream.seek(offset)
            record = next(iter(ArchiveIterator(stream, check_digests=True)))
            payload = (record.content_stream() if decode else record.raw_stream).read()
            checker = record.digest_checker
            assert not record.raw_stream.read()
            found.append((record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), payload))
            # warcio checks no digest of a revisit, whose payload lies elsewhere
            assert checker.passed is True or record.rec_type == "revisit", checker.problems
    return *found[0], found[1][2]


@pytest.fixture
def archive(demo: Demo, tmp_path: Path) -> Gongkai:
    """A copy that may be damaged."""
    return demo.gongkai.copy_to(tmp_path / "copy")


def test_every_revision_leads_to_bytes_that_warcio_reads(demo: Demo) -> None:
    gongkai, data = demo.gongkai, DataDirectory(demo.gongkai.data)
    rows = gongkai.query(OF_REVISIONS)
    parts = Counter(part for _, part, *_ in rows)
    assert parts["page"] == gongkai.count("revisions") == len({row[0] for row in rows})
    for _, _, file, offset, length, first_file, first_offset, first_length, url in rows:
        kind, address, payload, body = at(gongkai, first_file, first_offset)
        ours = read_capture(data, first_file, first_offset, first_length)
        assert (kind, address) == ("response", url)
        assert payload == ours.payload and payload
        assert body == ours.body
        assert read_capture(data, file, offset, length).url == url


def test_every_capture_is_where_the_database_says(demo: Demo) -> None:
    rows = demo.gongkai.query(CAPTURES)
    kinds = Counter()
    for id_, url, role, record_type, refers_to, digest, file, offset, length, status in rows:
        kind, address, payload, _ = at(demo.gongkai, file, offset)
        kinds[record_type] += 1
        assert address == url
        assert kind == ("response" if record_type == "response" else "revisit"), (id_, role)
        with (demo.gongkai.data / "captures" / file).open("rb") as stream:
            stream.seek(offset)
            member = gzip.decompress(stream.read(length))  # exactly one member, of exactly this length
        assert member.endswith(b"\r\n\r\n")
        if record_type == "response":
            assert refers_to is None
            assert digest == f"sha256:{hashlib.sha256(payload).hexdigest()}"
        assert 200 <= status < 600
    assert kinds["response"] > 100 and kinds["revisit-digest"] > 0


def test_all_files_iterate_and_say_what_was_done(demo: Demo) -> None:
    kinds: Counter[str] = Counter()
    events: Counter[str] = Counter()
    for file in warc_files(demo.gongkai):
        with file.open("rb") as stream:
            for number, record in enumerate(ArchiveIterator(stream, check_digests=True)):
                content = record.raw_stream.read()
                kinds[record.rec_type] += 1
                assert (record.rec_type == "warcinfo") == (number == 0)
                assert record.digest_checker is None or record.digest_checker.passed is not False, file
                if record.rec_type == "metadata":
                    said = json.loads(content)
                    events[said.get("event", "beside a response")] += 1
                    assert "event" in said or {"crawl", "portal", "role", "outcome", "entry"} <= set(said)
    assert kinds["response"] + kinds["revisit"] == demo.gongkai.count("captures")
    assert set(kinds) == {"warcinfo", "response", "revisit", "metadata"}
    assert kinds["warcinfo"] == len(warc_files(demo.gongkai)) == demo.gongkai.count("crawls")
    assert events.pop("failed") >= demo.gongkai.count("sightings", "state IN ('error', 'blocked')") > 0
    assert events == {
        "crawl-started": demo.gongkai.count("crawls"),
        "walk-started": demo.gongkai.count("walks"),
        "listed": demo.gongkai.query("SELECT sum(pages) FROM walks")[0][0],
        "walk": demo.gongkai.count("walks"),
        "crawl-verdict": demo.gongkai.count("crawls"),
        "beside a response": demo.gongkai.count("captures"),
    }
    for words in ((), ("--deep",)):
        verified = demo.gongkai("verify", *words, "--json")
        assert verified.code == 0
        assert verified.json()["problems"] == []


def cut(path: Path, offset: int, length: int) -> None:
    """The file ends in the middle of the capture."""
    with path.open("r+b") as stream:
        stream.truncate(offset + length // 2)


def flip(path: Path, offset: int, length: int) -> None:
    """One bit of the capture's packed bytes differs."""
    with path.open("r+b") as stream:
        stream.seek(offset + length // 2)
        byte = stream.read(1)[0]
        stream.seek(offset + length // 2)
        stream.write(bytes([byte ^ 0x10]))


def lose(path: Path, offset: int, length: int) -> None:
    """The file is gone."""
    path.unlink()


@pytest.mark.parametrize(
    ("damage", "deep"), [(cut, []), (flip, ["--deep"]), (lose, [])], ids=["cut", "flip", "lose"]
)
def test_verify_names_damage(archive: Gongkai, damage: Any, deep: list[str]) -> None:
    ((file, offset, length),) = archive.query(
        "SELECT file, offset, length FROM captures WHERE role = 'document' AND record_type = 'response'"
        " ORDER BY length DESC LIMIT 1"
    )
    damage(archive.data / "captures" / file, offset, length)
    before = archive.dump()
    ran = archive("verify", *deep)
    assert ran.code == 1
    assert "Traceback" not in ran.err
    problems = [line for line in ran.out.splitlines() if line.startswith("error:")]
    assert len(problems) == 1 and file in problems[0]
    report = archive("verify", *deep, "--json")
    assert report.code == 1
    assert [problem["file"] for problem in report.json()["problems"]] == [file]
    assert archive.dump() == before
    assert archive("search", "公开").code == 0, "the rest can still be read"
