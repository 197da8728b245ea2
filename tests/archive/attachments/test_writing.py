"""Files into the archive: versions, events and findings of what comes, and what stays when nothing comes."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.attachments.file import FileFacts, describe_file
from archive.attachments.observed import observe_own_file
from archive.captures.table import add_capture
from archive.layout import DataDirectory
from archive.migrations import migrate
from archive.record import Attachment
from archive.transaction import connect, transaction
from archive.writer import Visit, write_visit
from tests.archive.conftest import T0, add_crawl, add_portal
from tests.archive.history.conftest import CRAWL

from .conftest import HOST, Files, facts

ONE, TWO = facts("1"), facts("2")


def short(file: FileFacts) -> str:
    return file.digest[7:13]


def test_one_answer_serves_every_document_that_links_the_file(files: Files) -> None:
    files.links("/a", "1.pdf", "2.pdf")
    files.links("/b", "1.pdf")
    assert files.brings("1.pdf", "1") == "new"
    assert files.states() == [
        ("1.pdf", "ok", short(ONE)),
        ("2.pdf", "pending", None),
        ("1.pdf", "ok", short(ONE)),
    ]
    assert files.versions("1.pdf") == [ONE.digest] * 2
    assert files.rows("SELECT digest, media_type, size, text, text_status FROM files") == [
        (ONE.digest, "application/pdf", 6, None, "pending")
    ]
    assert "attachment-changed" not in files.events()
    assert files.open_findings() == []


def test_an_unchanged_file_is_only_seen_again(files: Files) -> None:
    files.links("/a", "1.pdf")
    files.brings("1.pdf", "1")
    events = files.events()
    assert files.brings("1.pdf", "1") == "unchanged"
    assert files.versions("1.pdf") == [ONE.digest]
    assert files.rows("SELECT last_seen_at, changed_at FROM attachments") == [(files.at, None)]
    assert files.events() == events and files.open_findings() == []


def test_a_replaced_file_is_a_version_an_event_and_a_finding(files: Files) -> None:
    files.links("/a", "1.pdf")
    files.links("/b", "1.pdf")
    files.brings("1.pdf", "1")
    first = files.at
    assert files.brings("1.pdf", "2") == "changed"
    assert files.versions("1.pdf") == [ONE.digest, ONE.digest, TWO.digest, TWO.digest]
    assert files.rows("SELECT DISTINCT digest, changed_at FROM attachments") == [(TWO.digest, files.at)]
    told = files.rows("SELECT document_id, data FROM events WHERE kind = 'attachment-changed'")
    assert [document for document, _ in told] == [1, 2]
    assert json.loads(told[0][1]) == {
        "name": "1.pdf", "url": f"http://{HOST}/f/1.pdf", "from": ONE.digest, "to": TWO.digest, "from_seen_at": first,
        "to_seen_at": files.at,
    }  # fmt: skip
    assert files.open_findings() == [("attachment-replaced", "warning")] * 2
    (message, place), *_ = files.rows("SELECT message, location FROM findings")
    assert (
        all(word in message for word in (ONE.digest, TWO.digest, first, files.at))
        and place == f"{HOST}/f/1.pdf"
    )
    assert files.brings("1.pdf", "1") == "changed"
    assert files.versions("1.pdf")[::2] == [ONE.digest, TWO.digest, ONE.digest], (
        "going back is one more version"
    )
    assert files.count("files") == 2
    assert len(files.open_findings()) == 2, "one finding a document and address, with the newest exchange"


def test_a_later_document_gets_the_version_that_stands_there(files: Files) -> None:
    files.links("/a", "1.pdf")
    files.brings("1.pdf", "1")
    files.links("/b", "1.pdf")
    assert files.brings("1.pdf", "2") == "changed"
    kinds = files.rows("SELECT document_id FROM events WHERE kind = 'attachment-changed'")
    assert kinds == [1], "the later one never knew the first"
    assert files.rows("SELECT count(*) FROM attachment_versions GROUP BY attachment_id") == [2, 1]


def test_a_revisit_leads_to_the_bytes(files: Files) -> None:
    files.links("/a", "1.pdf")
    files.links("/b", "1.pdf")
    whole = files.answer("1.pdf")
    with transaction(files.db):
        held = add_capture(files.db, whole)  # a kill came between the capture and the file
    files.brings("1.pdf", "1", record_type="revisit-digest", refers_to_id=held)
    assert files.rows("SELECT capture_id FROM files") == [held]


@pytest.mark.parametrize("answer", ["vanishes", "misses"])
def test_nothing_known_is_lost_when_a_later_fetch_fails(files: Files, answer: str) -> None:
    files.links("/a", "1.pdf")
    files.brings("1.pdf", "1")
    seen = files.at
    getattr(files, answer)("1.pdf")
    state = {"vanishes": "gone", "misses": "error"}[answer]
    assert files.states() == [("1.pdf", state, short(ONE))]
    assert files.rows("SELECT last_seen_at FROM attachments") == [seen]
    assert files.open_findings() == [(f"attachment-{state}", "info")]
    events = files.events()
    assert files.brings("1.pdf", "1") == "unchanged"
    assert files.states() == [("1.pdf", "ok", short(ONE))]
    assert files.open_findings() == [] and files.events() == events
    assert files.versions("1.pdf") == [ONE.digest]


def test_what_never_came_is_a_warning_and_one_reason_replaces_another(files: Files) -> None:
    files.links("/a", "1.pdf")
    assert files.vanishes("1.pdf") == "gone"
    assert files.open_findings() == [("attachment-gone", "warning")]
    files.misses("1.pdf")
    assert files.open_findings() == [("attachment-error", "warning")]
    files.misses("1.pdf", "refused", "too-large")
    assert files.open_findings() == [("attachment-refused", "info")]
    assert files.states() == [("1.pdf", "refused", None)]


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"outcome": "soft-404"}, "gone"),
        ({"outcome": "error", "status": 200}, "nothing"),
        ({"outcome": "blocked", "status": 521}, "nothing"),
        ({"outcome": "content", "status": 302}, "nothing"),
    ],
)
def test_answers_that_are_no_file(files: Files, values: dict[str, Any], outcome: str) -> None:
    files.links("/a", "1.pdf")
    brought = ONE if values["outcome"] in ("error", "blocked") else None
    assert files.observe(files.answer("1.pdf", **values), "1.pdf", brought) == outcome
    assert files.count("files") == 0
    assert files.count("captures") == 2


def test_only_the_portals_own_documents_are_touched(files: Files) -> None:
    with transaction(files.db):
        add_portal(files.db, "beside")
    files.links("/a", "1.pdf")
    files.db.execute("UPDATE documents SET portal = 'beside'")
    assert files.brings("1.pdf", "1") == "unlinked"
    assert files.states() == [("1.pdf", "pending", None)]
    assert files.count("files") == 0, "bytes that nothing refers to are no file of the archive"


def test_a_listed_file_is_its_own_attachment(files: Files) -> None:
    record = files.record(
        "/f/1.pdf", title="名单", attachments=[Attachment(f"http://{HOST}/f/1.pdf", "名单.pdf")]
    )
    visit = Visit(files.sighting("/f/1.pdf"), files.at, CRAWL, record, [(files.capture("/f/1.pdf"), "page", 0)], "sha256:00")  # fmt: skip
    with transaction(files.db):
        write_visit(files.db, visit)
        observe_own_file(files.db, visit, None)
        assert files.states() == [("名单.pdf", "pending", None)]
        observe_own_file(files.db, visit, ONE)
    assert files.states() == [("名单.pdf", "ok", short(ONE))]


@pytest.mark.parametrize(
    "said", [None, "x", {}, {"digest": 1, "size": 2}, {"digest": "sha256:0"}, {"digest": "a", "size": "b"}]
)
def test_facts_that_say_nothing(said: object) -> None:
    assert FileFacts.from_facts({"file": said}) is None
    assert FileFacts.from_facts({"file": ONE.to_dict()}) == ONE


@pytest.mark.parametrize(
    ("declared", "recognised", "kind"),
    [
        ("application/pdf", None, "application/pdf"),
        ("application/msword", "application/octet-stream", "application/msword"),
        ("application/octet-stream", "application/pdf", "application/pdf"),
        ("text/html", "application/zip", "application/zip"),
        ("text/plain", None, "text/plain"),
        (None, None, None),
    ],
)
def test_the_media_type_is_what_the_bytes_say_where_the_header_tells_nothing(
    declared: str | None, recognised: str | None, kind: str | None
) -> None:
    assert describe_file(b"x", declared, recognised).media_type == kind


@given(st.lists(st.sampled_from(["1", "2", "3", "gone", "error"]), max_size=12))
@settings(max_examples=40, deadline=None)
def test_any_nights(nights: list[str]) -> None:
    """Versions are the contents without repetitions, events their changes; the state is the last night's."""
    with TemporaryDirectory() as folder:
        db = connect(DataDirectory(Path(folder)).database)
        migrate(db, T0)
        with transaction(db):
            add_portal(db)
            add_crawl(db)
        offset = iter(range(0, 10_000, 100))

        def capture(**values: Any) -> Any:
            from archive.captures.model import Capture

            defaults = {"crawl_id": CRAWL, "portal": "sample", "status": 200, "outcome": "content",
                        "payload_digest": "sha256:00", "file": "f", "offset": next(offset), "length": 100}  # fmt: skip
            return Capture(**defaults | values)

        files = Files(db, capture)
        files.links("/a", "1.pdf")
        for night in nights:
            {"gone": lambda: files.vanishes("1.pdf"), "error": lambda: files.misses("1.pdf")}.get(
                night, lambda night=night: files.brings("1.pdf", night)
            )()
        contents = [night for night in nights if night.isdigit()]
        expected = [facts(content).digest for content, _ in groupby(contents)]
        assert files.versions("1.pdf") == expected
        assert files.events().count("attachment-changed") == max(0, len(expected) - 1)
        state = {"gone": "gone", "error": "error", "": "pending"}.get(nights[-1] if nights else "", "ok")
        assert files.rows("SELECT state, digest FROM attachments") == [
            (state, expected[-1] if expected else None)
        ]
        db.close()
