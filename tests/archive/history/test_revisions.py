"""Revisions, quarantine and new code: what counts as a change at the source (DESIGN §4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archive.history.revisions import changed_fields
from archive.record import Attachment, Finding
from archive.transaction import transaction
from archive.writer import WouldLose, replace_record

N1, N2 = "005452487/2020-00001", "005452487/2020-00002"
A, B, TYPO = (
    "全市政务公开工作要点" * 20,
    "全市政务公开工作要点" * 20 + "二〇二〇年",
    "全市政务公开工怍要点" + "全市政务公开工作要点" * 19,
)


def test_nothing_changed_writes_nothing(site: Any) -> None:
    site.visit(index_number=N1)
    before = site.rows("SELECT * FROM revisions"), site.rows("SELECT * FROM events")
    again = site.write(site.record(index_number=N1, body_html="<p>计数 17</p>"))
    assert again.outcome == "unchanged"
    assert (site.rows("SELECT * FROM revisions"), site.rows("SELECT * FROM events")) == before


def test_an_edit_is_one_revision_with_its_fields_and_both_texts(site: Any) -> None:
    site.visit(body_text=A)
    site.visit(body_text=B, agency="市政府办公室")
    rows = site.rows("SELECT cause, changed, json_extract(record, '$.body_text') FROM revisions ORDER BY id")
    assert rows == [("first", "[]", A), ("edit", '["agency", "body_text"]', B)]
    assert site.value("SELECT body_text, last_changed_at IS NOT NULL FROM documents") == (B, 1)
    assert site.value("SELECT name FROM agencies JOIN documents ON agency_id = agencies.id") == "市政府办公室"


def test_an_edit_at_both_addresses_is_one_revision_in_either_order(site: Any) -> None:
    for path, order in (("/p", ("/p1", "/p2")), ("/q", ("/q2", "/q1"))):
        site.visit(f"{path}1", index_number=path + "1", body_text=A)
        site.visit(f"{path}2", index_number=path + "1", body_text=A)
        outcomes = [site.visit(address, index_number=path + "1", body_text=B).outcome for address in order]
        assert outcomes == (["revised", "alias"] if path == "/p" else ["variant", "revised"])
        assert site.role(f"{path}1") == "principal" and site.role(f"{path}2") == "alias"
    assert site.count("documents") == 2
    assert site.count("revisions") == 4
    assert site.events() == ["new", "revised"] * 2


def test_addresses_that_differ_by_a_typo_do_not_flip_flop(site: Any) -> None:
    site.visit("/a", index_number=N1, body_text=A)
    site.visit("/b", index_number=N1, body_text=TYPO)
    for _ in range(3):
        assert site.visit("/a", index_number=N1, body_text=A).outcome == "unchanged"
        assert site.visit("/b", index_number=N1, body_text=TYPO).outcome == "unchanged"
    assert (site.count("documents"), site.count("revisions"), site.events()) == (1, 2, ["new"])
    assert site.role("/b") == "variant"
    # The typo is corrected: the address says again what the document shows.
    assert site.visit("/b", index_number=N1, body_text=A).outcome == "alias"
    assert site.count("revisions") == 2


def test_a_typo_made_and_corrected_at_the_principal_is_two_edits(site: Any) -> None:
    for path, body in (("/a", A), ("/b", A), ("/a", TYPO), ("/b", A), ("/a", A), ("/b", A)):
        site.visit(path, index_number=N1, body_text=body)
    assert site.rows("SELECT cause FROM revisions ORDER BY id") == ["first", "edit", "edit"]
    assert site.events() == ["new", "revised", "revised"]
    assert site.value("SELECT body_text, revision_id FROM documents") == (A, 3)


def test_a_variant_that_the_principal_takes_over_is_an_edit(site: Any) -> None:
    for path, body in (("/a", A), ("/b", TYPO), ("/a", TYPO)):
        site.visit(path, index_number=N1, body_text=body)
    assert site.rows("SELECT cause FROM revisions ORDER BY id") == ["first", "variant", "edit"]
    assert site.role("/b") == "alias"


def test_what_loses_number_title_or_body_is_quarantined(site: Any) -> None:
    first = site.visit(index_number=N1, body_text=A)
    for lost in ({"index_number": None}, {"title": ""}, {"body_text": " "}):
        fields = {"index_number": N1, "body_text": A, **lost}
        held_back = site.visit(**fields)
        assert (held_back.outcome, held_back.uid) == ("quarantined", first.uid)
        assert site.visit(**fields).outcome == "quarantined"
    assert site.events() == ["new"] + ["quarantined"] * 3
    reasons = site.rows("SELECT quarantine_reason FROM revisions WHERE status = 'quarantined' ORDER BY id")
    assert reasons == ["lost: index_number", "lost: title", "lost: body_text"]
    assert site.value("SELECT title, body_text, index_number FROM documents") == ("关于公开的通知", A, N1)
    # Good again: as before, and the night without a body stays on record.
    good = site.visit(index_number=N1, body_text=A)
    assert (good.outcome, good.revision_id) == ("unchanged", first.revision_id)
    assert site.count("revisions") == 4


LISTED = {"field_sources": {"title": "listing"}}


def test_a_title_that_the_listing_lends_is_none_of_the_page(site: Any) -> None:
    site.visit(index_number=N1)
    lent = site.visit(index_number=N1, **LISTED)
    assert lent.outcome == "quarantined"
    assert (
        site.value("SELECT quarantine_reason FROM revisions WHERE id = ?", lent.revision_id) == "lost: title"
    )
    assert site.visit(index_number=N1).outcome == "unchanged"
    with pytest.raises(WouldLose, match="title"), transaction(site.db):
        replace_record(site.db, 1, site.record(index_number=N1, **LISTED), at=site.at)


def test_an_entry_that_is_a_file_loses_nothing_with_its_listings_title(site: Any) -> None:
    """Its title is always the listing's, its body always empty."""
    file = {"body_text": "", **LISTED}
    first = site.visit("/a.pdf", attachments=[Attachment("http://x.gov.cn/a.pdf", "通知")], **file)
    renamed = [Attachment("http://x.gov.cn/a.pdf", "通知（更正）")]
    again = site.visit("/a.pdf", title="通知（更正）", attachments=renamed, **file)
    assert (first.outcome, again.outcome) == ("new", "revised")
    assert site.visit("/a.pdf", title=None, attachments=renamed, body_text="").outcome == "unchanged"


def test_a_quarantined_page_read_by_repaired_code_is_forgotten(site: Any) -> None:
    site.visit(body_text=A)
    site.visit(body_text="")
    repaired = site.record(body_text=A, extractor_version="2")
    assert site.write(repaired, baseline=repaired).outcome == "unchanged"
    assert site.count("revisions") == 1
    assert site.rows("SELECT revision_id FROM events WHERE kind = 'quarantined'") == [None]
    assert site.rows("PRAGMA foreign_key_check") == []


def test_a_quarantined_edit_read_by_repaired_code_is_released(site: Any) -> None:
    site.visit(body_text=A)
    site.visit(body_text="")
    repaired = site.record(body_text=B, extractor_version="2")
    result = site.write(repaired, baseline=repaired)
    assert site.events() == ["new", "quarantined", "released"]
    assert site.value("SELECT body_text, revision_id FROM documents") == (B, result.revision_id)
    assert site.rows("SELECT status FROM revisions") == ["accepted", "accepted"]


def test_new_code_is_never_an_edit(site: Any) -> None:
    site.visit("/a", index_number=N1, body_text=A)
    site.visit("/b", index_number=N1, body_text=A)
    for path in ("/a", "/b", "/a"):
        baseline = site.record(path, index_number=N1, body_text=A, topic="政务公开", extractor_version="2")
        assert site.write(baseline, path, baseline=baseline).outcome == "unchanged"
    assert site.count("revisions") == 1
    assert site.events() == ["new"]
    assert site.value("SELECT topic FROM documents") == "政务公开"
    assert site.rows("SELECT DISTINCT content_hash, extractor_version FROM sightings") == site.rows(
        "SELECT content_hash, extractor_version FROM revisions"
    )
    # A real edit, seen by the new code, still is one.
    edited = site.record("/a", index_number=N1, body_text=B, topic="政务公开", extractor_version="2")
    assert site.write(edited, "/a").outcome == "revised"


def test_a_real_edit_is_seen_through_new_code(site: Any) -> None:
    site.visit(body_text=A)
    baseline = site.record(body_text=A, topic="政务公开", extractor_version="2")
    edited = site.record(body_text=B, topic="政务公开", extractor_version="2")
    assert site.write(edited, baseline=baseline).outcome == "revised"
    assert site.rows("SELECT changed FROM revisions ORDER BY id") == ["[]", '["body_text"]']


def replace(site: Any, revision_id: int, record: Any) -> bool:
    with transaction(site.db):
        return replace_record(site.db, revision_id, record, at=site.at)


def test_replacing_a_record_by_itself_writes_nothing(site: Any) -> None:
    record = site.record(index_number=N1)
    revision = site.write(record).revision_id
    changes = site.db.conn.total_changes
    assert replace(site, revision, record) is False
    assert site.db.conn.total_changes == changes
    newer = site.record(index_number=N1, topic="政务", extractor_version="2")
    assert replace(site, revision, newer) is True
    assert site.count("revisions") == 1 and site.events() == ["new"]
    hashes = {
        site.value(f"SELECT content_hash FROM {table}") for table in ("revisions", "documents", "sightings")
    }
    assert len(hashes) == 1


def test_a_number_that_new_code_finds_joins(site: Any) -> None:
    plain = site.visit("/a", body_text=A)
    site.visit("/b", index_number=N1, body_text=A)
    record = site.record("/a", index_number=N1, body_text=A, extractor_version="2")
    assert replace(site, plain.revision_id, record)
    assert site.rows("SELECT uid FROM documents") == [plain.uid]
    assert site.events() == ["new", "new", "joined"]
    assert site.count("documents_fts") >= 1


def test_personal_data_is_masked_after_hashing(site: Any) -> None:
    site.visit(body_text="联系电话 13800138000。" + A)
    site.visit(body_text="联系电话 13800138001。" + A)
    assert site.count("revisions") == 2
    stored = " ".join(site.rows("SELECT record FROM revisions")) + site.value(
        "SELECT body_text FROM documents"
    )
    assert "1380013800" not in stored and "联系电话" in stored


def test_findings_follow_the_shown_record(site: Any) -> None:
    first = [
        Finding("date-conflict", "warning", "two dates", "published_on"),
        Finding("no-body", "info", "empty"),
    ]
    site.visit(findings=first)
    site.visit(findings=first[:1], topic="x")
    assert site.rows("SELECT rule, resolved_at IS NULL FROM findings ORDER BY rule") == [
        ("date-conflict", 1),
        ("no-body", 0),
    ]
    assert site.rows("SELECT DISTINCT revision_id FROM findings WHERE resolved_at IS NULL") == [2]


def test_attachments_are_rows_by_address(site: Any) -> None:
    files = [Attachment("http://x.gov.cn/f/1.pdf", "附件1"), Attachment("http://x.gov.cn/f/2.doc", "附件2"),
             Attachment("javascript:void(0)", "坏"), Attachment("http://x.gov.cn/f/1.pdf#x", "重复")]  # fmt: skip
    site.visit(attachments=files)
    site.visit(attachments=files[1::-1])
    rows = site.rows("SELECT url_key, name, ordinal, state FROM attachments ORDER BY id")
    assert rows == [
        ("x.gov.cn/f/1.pdf", "附件1", 1, "pending"),
        ("x.gov.cn/f/2.doc", "附件2", 0, "pending"),
        ("javascript:void(0)", "坏", 2, "refused"),
    ]


def test_parts_of_a_document_are_kept(site: Any) -> None:
    from archive.captures.table import add_capture
    from archive.writer import Visit, write_visit

    with transaction(site.db):
        listing = add_capture(site.db, site.capture("/list"))
        parts = [
            (listing, "listing", 0),
            (site.capture("/a"), "page", 0),
            (site.capture("/a_2"), "continuation", 1),
        ]
        visit = Visit(
            site.sighting("/a"), site.at, "20261123T021500Z-00000001", site.record(), parts, "sha256:00"
        )
        write_visit(site.db, visit)
    assert site.rows("SELECT part, ordinal FROM revision_captures ORDER BY part") == [
        ("continuation", 1),
        ("listing", 0),
        ("page", 0),
    ]
    assert (
        site.value("SELECT url FROM captures JOIN revisions ON captures.id = capture_id")
        == "http://x.gov.cn/a"
    )


def test_what_sqlite_cannot_hold_is_replaced(site: Any) -> None:
    site.visit(title="坏\ud800字\0", body_text=A, extra={"键\udfff": "值"})
    title, record = site.value(
        "SELECT title, record FROM documents JOIN revisions ON revisions.id = revision_id"
    )
    assert title == json.loads(record)["title"] == "坏?字\ufffd"


def test_changed_fields_leave_out_what_is_not_hashed(site: Any) -> None:
    old = site.record(
        published_on="2020-01-01", field_sources={"published_on": "listing"}, body_html="<p>1</p>"
    )
    new = site.record(
        published_on="2020-01-02", field_sources={"published_on": "listing"}, body_html="<p>2</p>"
    )
    assert changed_fields(old, new) == []


def test_a_broken_profile_blanks_nothing(site: Any) -> None:
    """A selector that finds nothing is new code, not an edit: the text stays, the next visit is held back."""
    revision = site.visit(body_text=A).revision_id
    before = site.rows("SELECT record FROM revisions")
    blank = site.record(body_text="", extractor_version="2")
    with pytest.raises(WouldLose, match="no body"):
        replace(site, revision, blank)
    assert site.rows("SELECT record FROM revisions") == before
    assert site.write(blank, baseline=blank).outcome == "quarantined"
    assert site.value("SELECT body_text FROM documents") == A
    assert site.write(
        site.record(body_text=A, extractor_version="3"), baseline=site.record(body_text=A)
    ).outcome in (
        "unchanged",
        "revised",
    )
    assert site.value("SELECT body_text FROM documents") == A


def test_what_a_listing_says_is_no_edit(site: Any) -> None:
    site.visit(body_text=A)
    listed = site.record(body_text=A, summary="列表里的摘要", field_sources={"summary": "listing"})
    assert site.write(listed).outcome == "unchanged"
    assert site.count("revisions") == 1
