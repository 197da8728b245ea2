"""What is stored twice must agree: every tampering is named, nothing that the writer does is."""

from __future__ import annotations

import re
from typing import Any

import pytest

from archive.history.check import check_content
from archive.record import Attachment, Finding
from archive.transaction import transaction
from archive.verify import verify
from archive.writer import replace_record

N1, N2 = "005452487/2020-00001", "005452487/2020-00002"
BODY = "全市政务公开工作要点，第3号。" * 20
FIELDS = {
    "index_number": N1, "agency": "某市政府办公室", "published_on": "2020-01-02", "keywords": ["公开"],
    "extra": {"栏目": "通知"}, "body_text": BODY, "body_html": f"<p>{BODY}</p>",
    "attachments": [Attachment("http://x.gov.cn/a.pdf", "附件")],
}  # fmt: skip


def problems(site: Any) -> list[str]:
    return list(check_content(site.db))


@pytest.fixture
def archived(site: Any) -> Any:
    site.visit("/a.html", **FIELDS)
    site.visit("/b.html", **FIELDS)
    site.visit("/c.html", title="另一份通知", body_text="")
    assert problems(site) == []
    return site


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("documents SET title = '假' WHERE id = 1", "shows another title than its revision 1 says"),
        ("documents SET body_text = '假' WHERE id = 1", "shows another body_text than"),
        ("documents SET published_on = '1999-01-01' WHERE id = 1", "shows another published_on than"),
        ("documents SET index_key = 'x/1' WHERE id = 1", "shows another index_key than"),
        ("documents SET agency = '假' WHERE id = 1", "shows another agency than"),
        ("documents SET agency_id = NULL WHERE id = 1", "shows another agency_id than"),
        ("agencies SET name = '假'", "shows another agency_id than"),
        ("documents SET extra = '{}', keywords = '[]' WHERE id = 1", "shows another keywords, extra than"),
        ("documents SET content_hash = '00' WHERE id = 1", "shows another content_hash than"),
        ("documents SET url = 'http://evil/' WHERE id = 1", "is not that of its url_key x.gov.cn/a.html"),
        ("sightings SET url = 'http://x.gov.cn/b.html' WHERE id = 1", "the address of sighting 1 is not"),
        ("sightings SET url_key = 'x.gov.cn/z.html' WHERE id = 1", "the address of sighting 1 is not"),
        ("attachments SET url = 'http://evil/a.exe'", "the address of attachment 1 is not"),
        ("sightings SET content_hash = 'x' WHERE id = 1", "x.gov.cn/a.html has another content_hash"),
        ("revisions SET content_hash = '00' WHERE id = 1", "revision 1 has another content_hash than its record"),
        ("revisions SET extractor_version = '9' WHERE id = 1", "revision 1 has another extractor_version"),
        ("revisions SET record = json_set(record, '$.title', '假') WHERE id = 1", "another content_hash than its"),
        ("revisions SET record = json_set(record, '$.new', 1) WHERE id = 1", "cannot be read (TypeError)"),
        ("revisions SET record = '[]' WHERE id = 1", "the record of revision 1 cannot be read"),
        ("revisions SET record = json_set(record, '$.body_html', '<p>假</p>') WHERE id = 1", "says another text"),
        (
            "revisions SET record = json_set(record, '$.body_html', record ->> '$.body_html' || '<script>x()</script>')"
            " WHERE id = 1",
            "holds an active <script>",
        ),
        (
            "revisions SET record = json_set(record, '$.body_html', '<p onclick=x()>' || body_text || '</p>')"
            " FROM documents AS d WHERE d.id = 1 AND revisions.id = 1",
            "holds an active <p>",
        ),
    ],
)  # fmt: skip
def test_tampering_is_named(archived: Any, data: Any, change: str, words: str) -> None:
    archived.db.execute(f"UPDATE {change}")
    found = problems(archived)
    assert any(words in message for message in found), found
    assert all("\n" not in message and ". " not in message for message in found)
    deep = [problem.message for problem in verify(archived.db, data, deep=True) if problem.check == "content"]
    assert [re.split(": (?:restore|run) ", message)[0] for message in deep] == list(dict.fromkeys(found))
    shallow = [problem.message for problem in verify(archived.db, data) if problem.check == "content"]
    assert shallow == [message for message in deep if "shows another" in message], (
        "columns are for every check"
    )


def test_masked_and_repaired_records_are_no_problem(site: Any) -> None:
    body = "联系人张三，手机13812345678，" + BODY
    site.visit("/a.html", body_text=body, body_html=f"<p>{body.replace('138123', '138<b>123</b>')}</p>")
    site.visit("/b.html", title="坏字\ud800符\0", body_text=BODY)
    assert "138****5678" in site.value("SELECT body_text FROM documents WHERE id = 1")
    assert problems(site) == []


def test_a_text_that_was_cut_has_longer_markup(site: Any) -> None:
    cut = [Finding("body-too-long", "warning", "cut")]
    site.visit("/a.html", body_text=BODY, body_html=f"<p>{BODY * 3}</p>", findings=cut)
    assert problems(site) == []


def test_addresses_without_what_the_profile_drops_are_no_problem(site: Any) -> None:
    site.db.execute(
        "INSERT INTO sightings(portal, url_key, url, first_seen_at) VALUES"
        " ('sample', 'x.gov.cn/v?id=1', 'http://X.gov.cn:80/v?t=5&id=1&jsessionid=A', ?1),"
        " ('sample', 'x.gov.cn/v#/d/1', 'https://x.gov.cn/v#/d/1', ?1),"
        " ('sample', 'x.gov.cn/', 'https://x.gov.cn/index.html#top', ?1)",
        [site.at],
    )
    assert problems(site) == []


def test_what_the_writer_does_is_no_problem(site: Any, prose: Any) -> None:
    """Edits, quarantine and return, reuse, joining, new code at one address of two, a released page."""
    for path in ("/a", "/b"):
        site.visit(path, index_number=N1)
    site.visit("/a", index_number=N1, title="改")
    site.visit("/a", index_number=N1, title="改", body_text="")
    assert problems(site) == []
    site.visit("/a", index_number=N1, title="改")
    site.visit("/b", index_number=N2, body_text=prose(9), title="他题")
    site.visit("/c")
    site.visit("/c", index_number=N1, title="改")
    assert problems(site) == []
    record = site.record("/a", index_number=N1, title="改", topic="公开", extractor_version="2")
    with transaction(site.db):
        replace_record(site.db, 2, record, at=site.at)
    assert problems(site) == []
    site.write(record, "/a", baseline=record)
    blank = site.record("/a", title="改", extractor_version="3")
    site.write(blank, "/a", baseline=blank)
    site.gone("/a", days=1)
    assert problems(site) == []
