"""A backfill that is killed, told to stop or limited goes on where it was, and ends with what one run has."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from crawler.samples.load import LoadSite

from .conftest import Night
from .runner import Gongkai

PAGES, ROWS = 300, 10
LISTING_HALF_WAY = "SELECT pages >= 8 FROM walks"
IN_FLIGHT = """
SELECT (SELECT finished_at FROM walks) IS NOT NULL AND (SELECT count(*) FROM documents) BETWEEN {least} AND 299
"""
WHOLE = {
    "documents": "SELECT uid, url, title, index_number, content_hash, body_text FROM documents",
    "uids": "SELECT u.uid, d.uid FROM document_uids u JOIN documents d ON d.id = u.document_id",
    "sightings": "SELECT url_key, state, role, content_hash, failures, last_error FROM sightings",
    "entries": "SELECT s.url_key, e.title, e.published_on, e.position FROM entries e JOIN sightings s ON s.id = e.sighting_id",
    "revisions": "SELECT s.url_key, r.number, r.cause, r.status, r.content_hash, r.record FROM revisions r"
    " JOIN sightings s ON s.id = r.sighting_id",
    "events": "SELECT kind, d.uid FROM events e JOIN documents d ON d.id = e.document_id",
    "findings": "SELECT fingerprint, rule FROM findings",
    "walks": "SELECT verdict, entries_seen, entries_new, announced_total FROM walks",
    "crawls": "SELECT command, completeness, verdict FROM crawls",
    "listings": "SELECT DISTINCT url FROM captures WHERE role = 'listing'",
}
"""What two archives of the same portal must have in common: all but times, ids, captures that a kill made twice."""
WORDS = ("公开", "镇", "办事服务", "古桥 修缮", "00990777/2015-00123")


def whole(gongkai: Gongkai) -> dict[str, Any]:
    """Everything that must not depend on interruptions; lists, so that a double would show."""
    tables: dict[str, Any] = {name: sorted(gongkai.query(sql), key=repr) for name, sql in WHOLE.items()}
    for word in WORDS:
        found = gongkai("search", word, "--limit", "1000", "--json").json()
        tables[word] = sorted(hit["uid"] for hit in found["hits"])
    return tables


@dataclass(frozen=True)
class Load:
    """The load portal, running, and what one uninterrupted backfill makes of it."""

    site: LoadSite
    whole: dict[str, Any]


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Load]:
    """A portal of 300 small documents."""
    gongkai = Gongkai(tmp_path_factory.mktemp("load") / "data")
    with LoadSite(pages=PAGES, page_bytes=6000, rows=ROWS) as site:
        site.write_portal_file(gongkai.data / "portals")
        ran = gongkai("backfill", "load")
        assert ran.code == 0, ran.err
        expected = whole(gongkai)
        assert len(expected["documents"]) == len(expected["revisions"]) == len(expected["entries"]) == PAGES
        assert all(expected[word] for word in WORDS)
        yield Load(site, expected)


@pytest.fixture
def archive(load: Load, gongkai: Gongkai) -> Gongkai:
    """A fresh archive that knows the load portal."""
    load.site.write_portal_file(gongkai.data / "portals")
    return gongkai


def crawl_ids(gongkai: Gongkai) -> list[str]:
    """The crawls in the archive."""
    return [id_ for (id_,) in gongkai.query("SELECT id FROM crawls")]


def test_killed_among_the_listings_and_among_the_documents(load: Load, archive: Gongkai) -> None:
    assert archive.kill_when(LISTING_HALF_WAY, "backfill", "load")[0] == -signal.SIGKILL
    ids = crawl_ids(archive)
    assert archive.query("SELECT finished_at, verdict FROM crawls") == [(None, None)]
    ((pages, finished),) = archive.query("SELECT pages, finished_at FROM walks")
    assert finished is None, "the kill came too late to prove anything"
    for least in (5, 60, 150):
        archive.kill_when(IN_FLIGHT.format(least=least), "backfill", "load")
        assert crawl_ids(archive) == ids
    assert archive.count("documents") < PAGES
    ran = archive("backfill", "load", "--json")
    assert ran.code == 0, ran.err
    (report,) = ran.json()
    assert report["resumed"] and [report["crawl"]] == ids
    assert report["counts"]["new"] < PAGES - 140, "what was archived is not fetched again"
    assert whole(archive) == load.whole
    assert archive.query("SELECT pages < ? FROM walks", pages + PAGES // ROWS) == [(1,)], (
        "the walk went on in its middle"
    )
    assert archive("verify", "--deep").code == 0
    again = archive("backfill", "load", "--json").json()[0]
    assert again["counts"].get("new", 0) == again["counts"].get("fetched", 0) == 0
    assert len(crawl_ids(archive)) == 2, "a finished backfill is not gone on with"


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT], ids=str)
@pytest.mark.parametrize(
    "state", [LISTING_HALF_WAY, IN_FLIGHT.format(least=20)], ids=["listing", "documents"]
)
def test_a_signal_ends_it_cleanly_and_it_goes_on(
    load: Load, archive: Gongkai, by: signal.Signals, state: str
) -> None:
    code, seconds = archive.kill_when(state, "backfill", "load", by=by)
    assert code == 130
    assert seconds < 10
    assert archive.count("documents") < PAGES
    assert archive.query("SELECT count(*) FROM captures WHERE role = 'document'") == [
        (archive.count("documents"),)
    ]
    ids = crawl_ids(archive)
    (report,) = archive("backfill", "load", "--json").json()
    assert (report["crawl"], report["resumed"], report["verdict"]) == (ids[0], True, "ok")
    assert whole(archive) == load.whole


def test_a_limit_is_gone_on_from(load: Load, archive: Gongkai) -> None:
    seen: list[int] = []
    for _ in range(3):
        ran = archive("backfill", "load", "--limit", "20", "--json")
        assert ran.code == 0, ran.err
        seen.append(archive.count("documents"))
    assert seen == [20, 40, 60]
    assert len(crawl_ids(archive)) == 1
    assert archive("backfill", "load").code == 0
    assert whole(archive) == load.whole


def test_days_bound_what_is_fetched(archive: Gongkai) -> None:
    assert archive("backfill", "load", "--since", "2015-03-01", "--until", "2015-03-31").code == 0
    assert archive.query("SELECT count(*), min(published_on), max(published_on) FROM documents") == [
        (31, "2015-03-01", "2015-03-31")
    ]
    assert archive.count("sightings", "state = 'pending'") == PAGES - 31
    assert archive("backfill", "load", "--since", "2015-03-30", "--until", "2015-04-02").code == 0
    assert archive.count("documents") == 33
    assert archive("backfill", "load", "--since", "March").code == 2


def test_only_one_directory(night: Night, gongkai: Gongkai) -> None:
    (gongkai.data / "portals").mkdir(parents=True)
    for file in (night.gongkai.data / "portals").iterdir():
        (gongkai.data / "portals" / file.name).write_bytes(file.read_bytes())
    assert gongkai("backfill", "qinghewan", "--directory", "gfxwj").code == 0
    assert gongkai.query("SELECT count(*), count(DISTINCT directory_id) FROM entries") == [(6, 1)]
    assert gongkai.count("documents") == 6
    assert "gfxwj" in gongkai("backfill", "qinghewan", "--directory", "nowhere").complained(2)
