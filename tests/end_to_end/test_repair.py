"""``verify --repair``: what can be made again is as it was, the rest is untouched and named."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.proof.comparison import difference, state

from .conftest import Demo, Night
from .runner import Gongkai
from .test_full_disk import bound_files

CAPTURES = "SELECT * FROM captures ORDER BY file, offset"
UNREFERRED = """
    SELECT id FROM captures AS c WHERE c.role = 'robots'
      AND NOT EXISTS (SELECT 1 FROM captures WHERE refers_to_id = c.id)
"""
DAMAGES = {
    "index emptied": ["INSERT INTO documents_fts(documents_fts) VALUES ('delete-all')"],
    "index of another text": [
        "INSERT INTO documents_fts(rowid, title, body, numbers, agency, attachments) VALUES (1, '鬼', '', '', '', '')"
    ],
    "index broken off": ["UPDATE archive_info SET value = '1, rebuilt to 0' WHERE key = 'search_version'",
                         "INSERT INTO documents_fts(documents_fts) VALUES ('delete-all')"],
    "columns": ["UPDATE documents SET title = '假', body_text = '假', agency_id = NULL WHERE id % 3 = 0"],
    "columns that search does not look in": ["UPDATE documents SET published_on = '1999-01-01' WHERE id % 3 = 0"],
    "uids lost": ["DELETE FROM document_uids WHERE document_id % 2 = 0"],
    "uids crossed": ["UPDATE document_uids SET document_id = 1"],
    "pages of revisions": ["DELETE FROM revision_captures WHERE part = 'page' AND revision_id % 4 = 0"],
    "another's revision": ["UPDATE documents SET revision_id = 1 WHERE id % 5 = 0"],
    "no revision": ["UPDATE documents SET revision_id = NULL WHERE id % 5 = 0"],
    "roles": ["UPDATE sightings SET role = 'alias' WHERE role = 'principal' AND id % 5 = 0"],
    "rows of captures": ["UPDATE captures SET status = 404, length = length - 2, outcome = 'gone' WHERE id % 7 = 0"],
    "digests of captures": ["UPDATE captures SET payload_digest = 'sha256:00' WHERE id % 7 = 0"],
    "places of captures": ["UPDATE captures SET offset = offset + 3 WHERE id % 7 = 0"],
    "revisits": ["UPDATE captures SET refers_to_id = NULL WHERE record_type <> 'response'"],
    "a uid that was never shown": ["UPDATE documents SET uid = 'aaaaaaaaaaaaaaaa' WHERE id = 3"],
    "a row of captures lost": ["DELETE FROM captures WHERE id = (SELECT capture_id FROM revisions WHERE id = 5)"],
    "all at once": ["UPDATE documents SET title = '假' WHERE id % 2 = 0", "DELETE FROM document_uids",
                    "UPDATE captures SET status = 500 WHERE id % 3 = 0"],
}  # fmt: skip


@pytest.fixture
def archive(demo: Demo, tmp_path: Path) -> Gongkai:
    """A copy that may be damaged."""
    return demo.gongkai.copy_to(tmp_path / "copy")


def damage(archive: Gongkai, *statements: str) -> None:
    for sql in statements:
        archive.change(sql)


def files(archive: Gongkai) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (archive.data / "captures").rglob("*.warc.gz")}


@pytest.mark.parametrize("name", DAMAGES)
def test_it_is_as_it_was(demo: Demo, archive: Gongkai, name: str) -> None:
    damage(archive, *DAMAGES[name])
    assert archive("verify", "--deep", "--sample", "0").code == 1
    ran = archive("verify", "--repair", "--deep", "--sample", "0", "--json")
    assert ran.code == 0, ran.out
    assert ran.json()["repaired"] and not ran.json()["problems"]
    assert difference(state(demo.gongkai.data), state(archive.data)) == ""
    assert archive.query(CAPTURES) == demo.gongkai.query(CAPTURES)
    assert files(archive) == files(demo.gongkai)
    assert archive("verify").code == 0


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE revisions SET status = 'quarantined' WHERE id = 5", "quarantined without a reason"),
        ("UPDATE documents SET first_seen_at = '2020-01-01T00:00:00.000Z' WHERE id = 3", "was first seen at 2020"),
        ("UPDATE sightings SET gone_days = 2 WHERE id = (SELECT id FROM sightings WHERE state = 'ok' LIMIT 1)",
         "is there, and gone on 2 days"),
        ("UPDATE sightings SET content_hash = '00' WHERE id = (SELECT id FROM sightings WHERE state = 'ok' LIMIT 1)",
         "says what no revision of it says"),
    ],
    ids=["status", "first seen", "days", "hash"],
)  # fmt: skip
def test_what_only_a_rebuild_mends_is_named(archive: Gongkai, sql: str, words: str) -> None:
    damage(archive, sql)
    found = archive("verify")
    assert found.code == 1 and words in found.out


def test_a_sound_archive_is_not_written_to(archive: Gongkai) -> None:
    before = archive.dump()
    ran = archive("verify", "--repair", "--json")
    assert (ran.code, ran.json()["repaired"]) == (0, [])
    assert archive.dump() == before


def test_captures_that_were_never_committed_get_their_rows(demo: Demo, archive: Gongkai) -> None:
    """As after a kill between the fsync of the captures and the commit of the rows."""
    before = archive.query(CAPTURES)
    archive.change(f"DELETE FROM captures WHERE id IN ({UNREFERRED})")
    lost = len(before) - archive.count("captures")
    assert lost > 0
    found = archive("verify", "--deep", "--sample", "0", "--json")
    assert found.code == 0 and {one["severity"] for one in found.json()["problems"]} == {"info"}
    ran = archive("verify", "--repair", "--deep", "--sample", "0")
    assert ran.code == 0 and "have their rows again" in ran.out
    assert [row[1:] for row in archive.query(CAPTURES)] == [row[1:] for row in before]


def test_captures_of_a_crawl_that_is_not_known_stay_and_are_told(
    archive: Gongkai, first_night: Night
) -> None:
    """A file of another archive, put among these by hand."""
    theirs = sorted((first_night.gongkai.data / "captures").rglob("*.warc.gz"))[0]
    ours = archive.data / theirs.relative_to(first_night.gongkai.data)
    shutil.copy(theirs, ours)
    before = archive.query(CAPTURES)
    ran = archive("verify", "--repair", "--json")
    assert ran.code == 0 and ran.json()["repaired"] == []
    (left,) = ran.json()["left"]
    assert ours.name in left and "gongkai rebuild" in left
    assert archive.query(CAPTURES) == before


def test_a_torn_end_is_left_and_told(archive: Gongkai) -> None:
    path = sorted((archive.data / "captures").rglob("*.warc.gz"))[0]
    with path.open("ab") as stream:
        stream.write(path.read_bytes()[:100])
    whole = path.read_bytes()
    for words in ((), ("--deep", "--sample", "0")):
        ran = archive("verify", "--repair", *words)
        assert ran.code == 0 and "leave it" in ran.out, ran.out
    assert path.read_bytes() == whole


def test_what_cannot_be_repaired_is_named_and_contained(demo: Demo, archive: Gongkai) -> None:
    """A flipped bit in one page's record: its file, offset and documents are told, all else is mended."""
    ((id_, file, offset, length),) = archive.query(
        "SELECT c.id, c.file, c.offset, c.length FROM captures AS c JOIN revisions AS r ON r.capture_id = c.id"
        " WHERE c.record_type = 'response' ORDER BY c.length DESC LIMIT 1"
    )
    path = archive.data / "captures" / file
    raw = bytearray(path.read_bytes())
    raw[offset + length // 2] ^= 16
    path.write_bytes(raw)
    damage(archive, *DAMAGES["uids lost"], *DAMAGES["columns"])
    ran = archive("verify", "--repair", "--deep", "--json")
    assert ran.code == 1
    problems = [one for one in ran.json()["problems"] if one["check"] == "captures"]
    assert [(one["file"], one["offset"]) for one in problems] == [(file, offset)]
    uids = {row[0] for row in archive.query(
        "SELECT d.uid FROM documents AS d JOIN revisions AS r ON r.document_id = d.id WHERE r.capture_id = ?", id_
    )}  # fmt: skip
    assert uids <= set(problems[0]["documents"])
    assert {one["check"] for one in ran.json()["problems"]} <= {"captures", "sample"}
    assert difference(state(demo.gongkai.data), state(archive.data)) == ""
    assert path.read_bytes() == bytes(raw)


def test_a_portal_that_is_held_is_left(archive: Gongkai) -> None:
    damage(archive, "UPDATE documents SET title = '假' WHERE id % 2 = 0")
    portals = [row[0] for row in archive.query("SELECT id FROM portals ORDER BY id")]
    lock = archive.data / "locks" / f"{portals[0]}.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("gongkai crawl (process 7)")
        held.flush()
        ran = archive("verify", "--repair")
        assert ran.code == 3 and portals[0] in ran.err and "process 7" in ran.err
    wrong = archive.query("SELECT DISTINCT portal FROM documents WHERE title = '假'")
    assert wrong == [(portals[0],)]
    assert archive("verify", "--repair").code == 0


def test_killed_it_goes_on(demo: Demo, archive: Gongkai) -> None:
    """At every moment that a repair can be killed at, the next one finishes."""
    damage(archive, *DAMAGES["all at once"], *DAMAGES["index emptied"])
    for number in range(1, 12):
        process = archive.start("verify", "--repair")
        try:
            process.wait(timeout=0.25 + 0.08 * number)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    ran = archive("verify", "--repair", "--deep", "--sample", "0", "--json")
    assert ran.code == 0, json.dumps(ran.json(), ensure_ascii=False)[:2000]
    assert difference(state(demo.gongkai.data), state(archive.data)) == ""
    assert archive.query(CAPTURES) == demo.gongkai.query(CAPTURES)


@pytest.mark.parametrize("name", ["columns", "index emptied", "rows of captures"])
@pytest.mark.parametrize("size", [16 << 10, 40 << 10], ids=["from the start", "after a while"])
def test_a_disk_that_takes_no_more(archive: Gongkai, name: str, size: int) -> None:
    damage(archive, *DAMAGES[name])
    ran = archive("verify", "--repair", "--deep", "--sample", "0", before=partial(bound_files, size))
    assert "cannot be written" in (said := ran.complained(1)) or "is the disk full" in said
    assert archive("verify", "--repair", "--deep", "--sample", "0").code == 0


def read_again(archive: Gongkai, *words: str) -> Any:
    return [
        one
        for one in archive("verify", "--deep", "--json", *words).json()["problems"]
        if one["check"] == "sample"
    ]


def test_deep_reads_a_sample_again(archive: Gongkai) -> None:
    assert read_again(archive, "--sample", "1000") == []
    archive.change(
        "UPDATE revisions SET record = json_set(record, '$.title', '假'), content_hash = 'x' WHERE id = 5"
    )
    (told,) = read_again(archive, "--sample", "1000")
    assert "revision 5 " in told["message"] and "another title" in told["message"]
    assert read_again(archive, "--sample", "0") == []
    archive.change("UPDATE revisions SET extractor_version = 'older' WHERE id = 5")
    (told,) = read_again(archive, "--sample", "1000")
    assert told["severity"] == "info" and "reextract" in told["message"]
