"""The writer against the rules replayed over plain dictionaries: the same documents from the same visits."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.history.check import check_content
from archive.history.content import Content
from archive.record import Record, content_hash
from archive.search import check_index

_spec = importlib.util.spec_from_file_location("replay", Path(__file__).with_name("replay.py"))
assert _spec and _spec.loader
replay = importlib.util.module_from_spec(_spec)
sys.modules["replay"] = replay
_spec.loader.exec_module(replay)

BODIES = [
    "关于政务公开的第一份文件内容很长" * 12 + "一二三四五六七八九十",
    "另有一份全然不同之公告正文在此" * 12,
    "见附件",
]
BODIES += [BODIES[0].replace("一二三四五六", "一二三回五六"), ""]

pages = st.tuples(
    st.sampled_from("abcd"),
    st.sampled_from([None, "1/2020-1", "1/2020-2", "1/2020-3"]),
    st.sampled_from(BODIES),
    st.sampled_from(["通知", "公告"]),
)


def said(path: str, number: str | None, body: str, title: str) -> Record:
    return Record(
        f"http://x.gov.cn/{path}",
        "sample",
        title=title,
        index_number=number,
        body_text=body,
        extractor_version="1",
    )


def expected(history: list[Any]) -> Any:
    return replay.Replay.of(history)


def story(visits: list[tuple[str, str | None, str, str]]) -> list[Any]:
    return [
        replay.Page(minute, f"x.gov.cn/{visit[0]}", Content.of(said(*visit), content_hash(said(*visit))))
        for minute, visit in enumerate(visits, 1)
    ]


def answer(model: Any) -> dict[str, Any]:
    """What must be equal, without ids."""
    uids = model.documents
    return {
        "documents": sorted((uid, model.shown[d].page.content.content_hash) for d, uid in uids.items()),
        "sightings": sorted((key, uids[a.document], a.last) for key, a in model.addresses.items()),
        "revisions": [
            (r.page.url_key, uids[r.document], r.page.content.content_hash, r.cause, r.accepted)
            for r in model.revisions
        ],
        "links": sorted((uids[a], uids[b], relation) for a, b, relation in model.links),
    }


def archived(site: Any) -> dict[str, Any]:
    return {
        "documents": site.rows("SELECT uid, content_hash FROM documents ORDER BY uid"),
        "sightings": site.rows(
            "SELECT url_key, uid, s.content_hash FROM sightings AS s JOIN documents AS d ON d.id = document_id"
            " ORDER BY url_key"
        ),
        "revisions": site.rows(
            "SELECT url_key, uid, r.content_hash, cause, status = 'accepted' FROM revisions AS r"
            " JOIN sightings AS s ON s.id = sighting_id JOIN documents AS d ON d.id = r.document_id ORDER BY r.id"
        ),
        "links": site.rows(
            "SELECT a.uid, b.uid, relation FROM document_links JOIN documents AS a ON a.id = document_id"
            " JOIN documents AS b ON b.id = other_id ORDER BY 1, 2, 3"
        ),
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(visits=st.lists(pages, min_size=1, max_size=14))
def test_the_archive_is_what_the_visits_say(fresh: Callable[[], Any], visits: list[Any]) -> None:
    site = fresh()
    for visit in visits:
        site.write(said(*visit), f"/{visit[0]}")
    assert archived(site) == answer(expected(story(visits)))
    # What holds whatever happened: every uid resolves, the index is the documents, nothing hangs in the air.
    assert site.rows("PRAGMA foreign_key_check") == []
    assert check_index(site.db) == []
    assert list(check_content(site.db)) == []
    assert site.count("document_uids") >= site.count("documents")
    assert site.rows("SELECT 1 FROM documents AS d LEFT JOIN revisions AS r ON r.id = revision_id"
                     " WHERE r.status IS NOT 'accepted' OR r.document_id <> d.id") == []  # fmt: skip
    news = site.events().count("new")
    assert news - site.events().count("joined") == site.count("documents")
    # Every page again, unchanged: nothing happens.
    events = site.events()
    for path, visit in {visit[0]: visit for visit in visits}.items():
        assert site.write(said(*visit), f"/{path}").outcome in ("unchanged", "quarantined")
    assert site.events() == events
    site.db.close()


@given(visits=st.lists(pages, min_size=2, max_size=14), seed=st.integers())
def test_any_order_of_arrival_is_one_history(visits: list[Any], seed: int) -> None:
    pages_in_order = story(visits)
    shuffled = list(pages_in_order)
    random.Random(seed).shuffle(shuffled)
    assert answer(expected(shuffled)) == answer(expected(pages_in_order))
