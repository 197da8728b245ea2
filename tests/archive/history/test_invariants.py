"""What must hold after any series of visits, absences and re-extractions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.record import Attachment
from archive.search import check_index
from archive.transaction import transaction
from archive.writer import WouldLose, replace_record

BODIES = ["".join(chr(0x4E00 + 37 * n + start) for n in range(120)) for start in (0, 7000)]
BODIES += [BODIES[0][:60] + "改" + BODIES[0][61:], "见附件", ""]

actions = st.tuples(
    st.sampled_from(["visit"] * 6 + ["gone", "gone", "newer code", "reextract"]),
    st.sampled_from("abc"),
    st.sampled_from([None, "1/2020-1", "1/2020-2"]),
    st.sampled_from(range(len(BODIES))),
    st.sampled_from(["通知", "公告", ""]),
)

BROKEN = {
    "a document shows what is not its own accepted revision": """
        SELECT d.uid FROM documents AS d LEFT JOIN revisions AS r ON r.id = d.revision_id
        WHERE r.status IS NOT 'accepted' OR r.document_id <> d.id OR r.content_hash IS NOT d.content_hash""",
    "a document does not show what its principal says": """
        SELECT d.uid FROM documents AS d JOIN sightings AS s ON s.document_id = d.id
        WHERE s.role = 'principal' AND s.revision_id IS NOT d.revision_id""",
    "a document with sightings has not one principal": """
        SELECT document_id FROM sightings WHERE document_id IS NOT NULL AND revision_id IS NOT NULL
        GROUP BY 1 HAVING sum(role = 'principal') <> 1""",
    "an alias says something else than its principal": """
        SELECT s.url FROM sightings AS s JOIN revisions AS r ON r.id = s.revision_id
        JOIN documents AS d ON d.id = s.document_id
        WHERE (s.role = 'alias' AND r.content_hash <> d.content_hash)
           OR (s.role = 'variant' AND r.content_hash = d.content_hash)""",
    "withdrawn is not without an address that is there": """
        SELECT uid FROM documents AS d WHERE (withdrawn_at IS NULL) <>
          EXISTS(SELECT 1 FROM sightings WHERE document_id = d.id AND gone_days < 3)""",
    "a sighting points to another document's revision": """
        SELECT s.url FROM sightings AS s JOIN revisions AS r ON r.id = s.revision_id
        WHERE r.document_id <> s.document_id""",
    "a uid leads nowhere": "SELECT uid FROM documents WHERE uid NOT IN (SELECT uid FROM document_uids)",
    "a revision has no capture": """
        SELECT id FROM revisions WHERE id NOT IN (SELECT revision_id FROM revision_captures WHERE part = 'page')""",
    "foreign keys": "PRAGMA foreign_key_check",
}


def apply(site: Any, number: int, action: tuple[str, str, str | None, int, str]) -> None:
    kind, path, index_number, body_number, title = action
    path = f"/{path}"
    record = site.record(
        path, index_number=index_number, body_text=BODIES[body_number], title=title,
        attachments=[Attachment(f"http://x.gov.cn/{title}.pdf", "附件")] if title else [],
    )  # fmt: skip
    if kind == "gone":
        site.gone(path, days=1)
    elif kind == "reextract":
        for revision_id in site.rows("SELECT id FROM revisions WHERE sighting_id = ?", site.sighting(path)):
            record.extractor_version = f"code {number}"
            with transaction(site.db), suppress(WouldLose):
                replace_record(site.db, revision_id, record, at=site.at)
    elif kind == "newer code":
        record.extractor_version = f"code {number}"
        site.write(record, path, baseline=record)
    else:
        site.write(record, path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(actions, min_size=1, max_size=16))
def test_it_holds_whatever_happens(fresh: Callable[[], Any], series: list[Any]) -> None:
    site = fresh()
    for number, action in enumerate(series):
        apply(site, number, action)
        for what, sql in BROKEN.items():
            assert site.rows(sql) == [], what
    assert check_index(site.db) == []
    site.db.close()
