"""``gongkai reextract``: the captures read again; nothing changes unless code, profile or row differ."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawler.samples.wire import Response

from .conftest import Demo, Night
from .runner import TABLES, Gongkai, portal_text
from .sites import Answer, LocalSite, trs_listing

TAMPER = "UPDATE revisions SET record = json_set(record, '$.title', '改过', '$.body_text', '改过', '$.tables', json('[]')) WHERE id = ?"


@pytest.fixture
def archive(demo: Demo, tmp_path: Any) -> Gongkai:
    """A copy of the demo's archive; the portals themselves are not running any more."""
    return demo.gongkai.copy_to(tmp_path / "copy")


def outcome(gongkai: Gongkai, *words: str) -> tuple[int, int]:
    """How many revisions were read, and how many changed."""
    ran = gongkai("reextract", *words, "--json")
    assert ran.code == 0, ran.err
    report = ran.json()
    assert report["problems"] == []
    return report["read"], report.get("changed", 0)


def visible(gongkai: Gongkai) -> dict[str, list[dict[str, Any]]]:
    """What a reader sees, without the version that read it."""
    hidden = {"extractor_version", "last_changed_at", "last_seen_at"}
    return {table: gongkai.rows(table, without=hidden) for table in TABLES}


def test_an_untouched_archive_stays_byte_for_byte(archive: Gongkai) -> None:
    before = archive.dump()
    assert outcome(archive) == (archive.count("revisions"), 0)
    assert archive.dump() == before
    assert archive("verify").code == 0


def test_a_record_that_was_tampered_with_is_restored(archive: Gongkai) -> None:
    before = visible(archive)
    ((revision, uid),) = archive.query(
        "SELECT d.revision_id, d.uid FROM documents d WHERE title LIKE '%2019年度政府信息%' LIMIT 1"
    )
    ((other,),) = archive.query(
        "SELECT min(r.id) FROM revisions r JOIN documents d ON d.id = r.document_id WHERE r.id < d.revision_id"
    )
    for id_ in (revision, other):  # one that is shown, one of history
        archive.change(TAMPER, id_)
    assert visible(archive) != before
    assert outcome(archive) == (archive.count("revisions"), 2)
    assert visible(archive) == before
    shown = archive.query("SELECT body_text FROM documents WHERE uid = ?", uid)[0][0]
    hits = archive("search", shown[:12], "--json").json()["hits"]
    assert uid in [hit["uid"] for hit in hits]
    assert archive("verify").code == 0


def test_only_the_portal_that_is_named(archive: Gongkai) -> None:
    ids = [archive.query("SELECT min(r.id) FROM revisions r JOIN documents d ON d.id = r.document_id WHERE portal = ?", portal)[0][0]
           for portal in ("yunling", "qinghewan")]  # fmt: skip
    for id_ in ids:
        archive.change(TAMPER, id_)
    read, changed = outcome(archive, "--portal", "yunling")
    assert (read, changed) == (33 + 1, 1)
    titles = [json.loads(record)["title"] for (record,) in
              archive.query("SELECT record FROM revisions WHERE id IN (?, ?) ORDER BY id = ?", *ids, ids[1])]  # fmt: skip
    assert titles[0] != "改过" and titles[1] == "改过"
    assert "shangqiu" in archive("reextract", "--portal", "shangqiu").complained(2)


def test_a_repaired_profile_is_read_but_is_no_edit(night: Night) -> None:
    gongkai = night.gongkai
    file = gongkai.data / "portals" / "qinghewan.toml"
    revisions, events = gongkai.count("revisions"), gongkai.count("events")
    file.write_text(file.read_text("utf-8") + '\n[detail]\nremove = ["p:first-of-type"]\n', "utf-8")
    bodies = dict(gongkai.query("SELECT uid, body_text FROM documents WHERE portal = 'qinghewan'"))
    ran = gongkai("crawl", "qinghewan", "--revisit", "all", now="2026-06-02T02:00:00+08:00")
    assert ran.code == 0, ran.err
    assert (gongkai.count("revisions"), gongkai.count("events")) == (revisions, events), (
        "new code is never an edit"
    )
    assert outcome(gongkai, "--portal", "qinghewan")[0] == 21
    after = dict(gongkai.query("SELECT uid, body_text FROM documents WHERE portal = 'qinghewan'"))
    assert sum(len(after[uid]) < len(bodies[uid]) for uid in bodies) > 10
    assert (gongkai.count("revisions"), gongkai.count("events")) == (revisions, events)
    before = gongkai.dump()
    assert outcome(gongkai)[1] == 0
    assert gongkai.dump() == before


def test_what_cannot_be_read_is_named_and_left(archive: Gongkai) -> None:
    ((file, offset, length, url),) = archive.query(
        "SELECT c.file, c.offset, c.length, c.url FROM revisions r JOIN captures c ON c.id = r.capture_id"
        " WHERE c.portal = 'wutongzhou' ORDER BY r.id LIMIT 1"
    )
    path = archive.data / "captures" / file
    damaged = bytearray(path.read_bytes())
    damaged[offset + length // 2] ^= 0xFF
    path.write_bytes(damaged)
    before = archive.dump()
    ran = archive("reextract")
    sentence = ran.complained(1)
    assert url in sentence and file in sentence
    assert archive.dump() == before


def test_what_the_listing_says_today_is_no_news_of_an_old_page(gongkai: Gongkai) -> None:
    path, pdf = "/zwgk/202601/P01.pdf", Response(b"%PDF-1.4 x", 200, (("Content-Type", "application/pdf"),))
    answers: dict[str, Answer] = {"/zwgk/": trs_listing({path: "旧标题"}), path: pdf}
    with LocalSite(answers) as site:
        directory = 'key = "zwgk"\nname = "政务公开"\nurl = "/zwgk/"'
        gongkai.portal(
            "local",
            portal_text(site.base_url, "trs-static", directory, http="allow_private_hosts = true"),
        )
        for day, title in ((1, "旧标题"), (2, "新标题")):
            answers["/zwgk/"] = trs_listing({path: title})
            ran = gongkai("crawl", "local", "--revisit", "all", now=f"2026-06-0{day}T02:00:00+08:00")
            assert ran.code == 0, ran.err
    assert gongkai.query("SELECT title FROM entries") == [("新标题",)]
    before = gongkai.dump()
    assert outcome(gongkai) == (1, 0)
    assert gongkai.dump() == before
