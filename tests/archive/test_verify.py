"""archive.verify: a sound archive has no problem; every kind of damage is named with its place."""

from __future__ import annotations

import json
import os
import shutil

import pytest
from click.testing import CliRunner

from archive.captures.model import Capture
from archive.captures.records import Facts, event_block, response_block, revisit_block, warcinfo_block
from archive.captures.table import add_capture
from archive.captures.writer import CaptureWriter
from archive.commands.verify import command
from archive.history.documents import create_document, flatten
from archive.history.revisions import add_revision, stored
from archive.record import Record
from archive.search import fts_row, index_document
from archive.transaction import transaction
from archive.verify import verify

CRAWL, T0 = "20261123T021500Z-00000001", "2026-11-23T02:15:00Z"
FACTS = Facts(CRAWL, "sample", "document", "content", "GET x.gov.cn/a")


def respond(body: bytes):
    return response_block(
        url="http://x.gov.cn/a",
        fetched_at=T0,
        status=200,
        headers=[(b"Server", b"nginx")],
        body=body,
        facts=FACTS,
    )


class Archive:
    """Three documents' captures, one revisit, an event behind them; and ways to break them."""

    def __init__(self, db, data):
        self.db, self.data = db, data
        self.writer = CaptureWriter(data, "sample", CRAWL, year=2026)
        self.writer.append(warcinfo_block("gongkai/0", CRAWL, T0))
        self.rows = []
        with transaction(db):
            for number in range(3):
                self.add(respond(os.urandom(9000) + bytes([number])))
            original = self.rows[0][1]
            block = revisit_block(
                url="http://x.gov.cn/a", fetched_at=T0, status=304, headers=[], original=original, facts=FACTS
            )
            self.add(block, record_type="revisit-304", refers_to_id=1, status=304)
            self.document()
        self.writer.append(event_block("crawl-verdict", {"verdict": "ok"}, crawl_id=CRAWL, at=T0))
        self.writer.close()
        self.path = data.captures / self.rows[0][1].file

    def add(self, block, **values):
        file, offset = self.writer.append(block.data)
        capture = Capture(
            CRAWL, "sample", "document", "http://x.gov.cn/a", "GET x.gov.cn/a", T0, values.pop("status", 200),
            "content", block.payload_digest, file, offset, block.length, **values,
        )  # fmt: skip
        self.rows.append((add_capture(self.db, capture), capture))

    def document(self):
        run = self.db.conn.execute
        new = stored(Record("http://x.gov.cn/a", "sample", title="通知", extractor_version="v"))
        run(
            "INSERT INTO sightings(id, portal, url_key, url, state, first_seen_at)"
            " VALUES (1, 'sample', 'x.gov.cn/a', 'http://x.gov.cn/a', 'ok', ?)",
            (T0,),
        )
        document = create_document(self.db, uid="aaaa", portal="sample", url="http://x.gov.cn/a", at=T0)
        revision = add_revision(self.db, 1, document, new, [(1, "page", 0)], cause="first", at=T0)
        run(
            "UPDATE sightings SET document_id = 1, revision_id = 1, content_hash = ?, extractor_version = 'v',"
            " role = 'principal'",
            (new.content_hash,),
        )
        flatten(self.db, document, revision, "http://x.gov.cn/a", at=T0, crawl_id=CRAWL)

    def found(self, deep=False, severity="error"):
        problems = [p for p in verify(self.db, self.data, deep=deep) if p.check != "search"]
        assert all(p.message.count(". ") == 0 and "\n" not in p.message for p in problems)
        return [(p.offset, p.message) for p in problems if p.severity == severity]

    def place(self, number):
        return self.rows[number][1].offset, self.rows[number][1].length

    def flip(self, at):
        raw = bytearray(self.path.read_bytes())
        raw[at] ^= 4
        self.path.write_bytes(raw)


@pytest.fixture
def archive(db, data):
    return Archive(db, data)


def test_a_sound_archive_has_no_problem(archive):
    assert archive.found() == archive.found(deep=True) == []
    assert archive.found(severity="info") == []


def test_a_lost_file_is_one_problem(archive):
    archive.path.unlink()
    ((_, message),) = archive.found()
    assert message.startswith(
        f"{archive.rows[0][1].file} cannot be read (No such file or directory), 4 captures lie in it"
    )
    assert "restore the file from a backup" in message


def test_a_truncated_file_names_the_first_capture_beyond(archive):
    offset, length = archive.place(2)
    os.truncate(archive.path, offset + length - 1)
    ((at, message),) = archive.found()
    assert at == offset
    assert f"2 captures from offset {offset} on (row 3 of captures)" in message


def test_a_flipped_bit_in_a_body_is_for_deep(archive):
    offset, length = archive.place(1)
    archive.flip(offset + length // 2)
    assert archive.found() == []
    ((at, message),) = archive.found(deep=True)
    assert at == offset
    assert f"offset {offset} of {archive.rows[1][1].file}" in message
    assert "row 2 of captures" in message


@pytest.mark.parametrize("where", ["head", "trailer"])
def test_damage_at_either_end_is_seen_at_once(archive, where):
    offset, length = archive.place(1)
    archive.flip(offset + 1 if where == "head" else offset + length - 2)
    assert [at for at, _ in archive.found()] == [offset]


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("payload_digest = 'sha256:00'", "has another digest than the sha256:00 of its row"),
        ("offset = offset + 7", "does not unpack"),
        ("length = length - 3", "its length"),
        ("record_type = 'revisit-digest', refers_to_id = 1", "is a WARC response record, not a revisit"),
    ],
)  # fmt: skip
def test_a_row_that_does_not_fit_its_record(archive, deep, change, words):
    with transaction(archive.db):
        archive.db.conn.execute(f"UPDATE captures SET {change} WHERE id = 2")
    assert any(words in message and "row 2" in message for _, message in archive.found(deep))


def test_what_a_killed_run_left_is_only_noted(archive):
    good = archive.path.stat().st_size
    block = respond(os.urandom(2000))
    with archive.path.open("ab") as stream:
        stream.write(block.data + block.data + block.data[: block.length // 2])
    assert archive.found() == []
    notes = archive.found(severity="info")
    assert [at for at, _ in notes] == [good + 2 * len(block.data), good]
    assert "half a record" in notes[0][1]
    assert "2 captures" in notes[1][1]


def test_damaged_facts_beside_a_capture_are_for_deep(archive):
    offset, length = archive.place(0)
    archive.flip(offset + length + 60)  # its metadata record, which a rebuild reads
    assert archive.found() == []
    ((at, message),) = archive.found(deep=True)
    assert at == offset + length
    assert "a rebuild would miss it" in message and "document aaaa" in message


def test_a_capture_between_others_that_no_row_names(archive):
    with transaction(archive.db):
        archive.db.conn.execute("DELETE FROM captures WHERE id = 2")
    assert archive.found() == archive.found(deep=True) == []
    ((at, message),) = archive.found(deep=True, severity="info")
    assert at == archive.place(1)[0] and "1 captures" in message


@pytest.mark.parametrize(
    "change",
    ["status = 404", "outcome = 'gone'", "url = 'http://x.gov.cn/b'", "fetched_at = '2027-01-01T00:00:00Z'"],
)
def test_a_row_that_says_another_than_its_record(archive, change):
    with transaction(archive.db):
        archive.db.conn.execute(f"UPDATE captures SET {change} WHERE id = 2")
    assert archive.found() == []
    ((at, message),) = archive.found(deep=True)
    assert (
        at == archive.place(1)[0] and f"row 2 of captures says another {change.partition(' ')[0]}" in message
    )


def test_a_damaged_record_names_its_documents_and_is_contained(archive):
    """Also those that a later revisit found unchanged; the other records are checked all the same."""
    for number in (0, 2):
        offset, length = archive.place(number)
        archive.flip(offset + length // 2)
    problems = [p for p in verify(archive.db, archive.data, deep=True) if p.check == "captures"]
    assert [(p.offset, p.documents) for p in problems] == [
        (archive.place(0)[0], ("aaaa",)),
        (archive.place(2)[0], ()),
    ]


def test_a_file_that_is_not_the_bytes_it_is_named_by(archive):
    with transaction(archive.db):
        archive.db.conn.execute(
            "INSERT INTO files(digest, size, capture_id, text_status) VALUES ('sha256:00', 5, 2, 'pending')"
        )
    assert archive.found() == []
    ((at, message),) = archive.found(deep=True)
    assert at == archive.place(1)[0] and "the file sha256:00 of 5 bytes is sha256:" in message


def test_a_file_that_no_row_names_is_only_noted(archive):
    shutil.copy(archive.path, archive.path.with_name(f"{CRAWL}-00002.warc.gz"))
    assert archive.found() == []
    assert "has 4 captures from offset" in archive.found(severity="info")[0][1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("DELETE FROM document_uids", "the uid aaaa of a document leads nowhere"),
        ("UPDATE revisions SET status = 'quarantined'", "shows revision 1, which is quarantined"),
        ("DELETE FROM revision_captures", "revision 1 does not name its page"),
        ("UPDATE revisions SET capture_id = 99", "row 1 of revisions refers to no row of captures"),
        ("UPDATE captures SET refers_to_id = NULL WHERE id = 4", "row 4 of captures is a revisit"),
        ("UPDATE document_uids SET document_id = 7", "a row of document_uids refers to no row of documents"),
    ],
)
def test_rows_that_contradict_each_other(archive, change, words):
    archive.db.conn.execute("PRAGMA foreign_keys=OFF")
    archive.db.conn.execute(change)
    assert any(words in message for _, message in archive.found())


def test_an_index_that_is_not_the_tables_is_a_problem(archive):
    # indexed by nobody yet
    assert {problem.check for problem in verify(archive.db, archive.data)} == {"search"}


def test_a_damaged_database_is_a_problem_not_an_exception(archive):
    archive.db.close()
    with archive.data.database.open("r+b") as stream:
        stream.seek(4096 * 3)
        stream.write(os.urandom(4096 * 6))
    for suffix in ("-wal", "-shm"):
        archive.data.database.with_name(f"gongkai.db{suffix}").unlink(missing_ok=True)
    result = CliRunner().invoke(command, ["--data", str(archive.data.root)])
    assert result.exit_code in (1, 2), result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_the_command(archive):
    def run(*options):
        return CliRunner().invoke(command, ["--data", str(archive.data.root), *options])

    with transaction(archive.db):
        index_document(archive.db, 1, fts_row(archive.db, 1), None)
    sound = run()
    assert sound.exit_code == 0, sound.output
    assert "sound (1 documents, 4 captures)" in sound.output
    archive.path.unlink()
    broken = run("--deep", "--json")
    assert broken.exit_code == 1
    value = json.loads(broken.output)
    assert (value["ok"], value["captures"]) == (False, 4)
    assert set(value["problems"][0]) == {"check", "severity", "message", "file", "offset", "documents"}
    assert value["problems"][0]["documents"] == ["aaaa"]
    assert run("--data", str(archive.data.root / "nowhere")).exit_code == 2
