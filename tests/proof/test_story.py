"""What happens at a portal gives exactly the events of DESIGN §4 and nothing else, by a crawl from end to end."""

from __future__ import annotations

from tests.end_to_end.runner import Gongkai
from tests.proof.nights import Nights

EVENTS = {
    2: ["late new", "edited revised", "renumbered renumbered", "lossy quarantined"],
    3: ["other new", "reused withdrawn", "moved new", "unnumbered revised", "delisted delisted"],
    4: ["edited revised", "leaving withdrawn"],
    5: ["leaving returned"],
}
"""By night: the page of ``tests.proof.site.STORY`` and its event. The typo, the alias, the challenge make none."""
FILES = ["attached attachment-changed"]


def test_each_night_has_its_events(nights: Nights) -> None:
    seen = _events(Gongkai(nights.data(1)), 0)
    assert len(seen) == 14 + nights.site.fillers and {event.split()[-1] for event in seen} == {"new"}
    for night, expected in EVENTS.items():
        before = Gongkai(nights.data(night - 1)).query("SELECT max(seq) FROM events")[0][0]
        gongkai = Gongkai(nights.data(night))
        found = _events(gongkai, before)
        if night == 3 and gongkai.count("attachments", "state = 'ok'"):
            expected = [*expected, *FILES]
        assert sorted(found) == sorted(expected), f"night {night}"


def _events(gongkai: Gongkai, before: int) -> list[str]:
    rows = gongkai.query(
        "SELECT coalesce(d.title, ''), e.kind FROM events AS e JOIN documents AS d ON d.id = e.document_id WHERE seq > ?",
        before,
    )
    return [f"{title.removeprefix('关于').removesuffix('的通知')} {kind}" for title, kind in rows]


def test_where_the_documents_stand_in_the_end(nights: Nights) -> None:
    gongkai = Gongkai(nights.data(5))
    withdrawn = gongkai.query("SELECT title FROM documents WHERE withdrawn_at IS NOT NULL")
    assert withdrawn == [("关于reused的通知",)]
    links = gongkai.query(
        "SELECT a.title, b.title, relation FROM document_links JOIN documents AS a ON a.id = document_id"
        " JOIN documents AS b ON b.id = other_id ORDER BY relation"
    )
    assert links == [
        ("关于moved的通知", "关于moved的通知", "renumbered-as"), ("另一件事", "关于shared的通知", "shares-number"),
    ]  # fmt: skip
    blocked = gongkai.query("SELECT state, gone_days FROM sightings WHERE url_key LIKE '%_14.html'")
    assert blocked == [("ok", 0)]
    assert gongkai.count("revisions", "status = 'quarantined'") in (0, 1)
