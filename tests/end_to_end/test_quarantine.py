"""A redesign in one night: the crawl is degraded and held back, readers see what they saw, a look or good nights settle it."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.layout import DataDirectory
from archive.lock import portal_lock
from crawler.samples.wire import Request, Response
from tests.proof.comparison import difference, state

from .runner import Gongkai, Ran, portal_text
from .sites import LocalSite, page, trs_document, trs_listing, trs_path

DOCUMENTS = 24


class Redesigned:
    """A portal of one directory; ``layout`` says how its pages look, ``count`` how many documents there are."""

    def __init__(self) -> None:
        self.layout = "old"
        self.count = DOCUMENTS
        self.site = LocalSite(self._answer)

    def _answer(self, request: Request) -> Response | None:
        if request.target == "/zwgk/":
            return trs_listing({trs_path(n): f"第{n}件公告" for n in range(1, self.count + 1)})
        numbers = {trs_path(n): n for n in range(1, self.count + 1)}
        number = numbers.get(request.target)
        return None if number is None else self._page(number)

    def _page(self, number: int) -> Response:
        if self.layout == "old":
            return trs_document(number)
        if self.layout == "renamed":  # the same text; the metadata block has other labels
            text = "".join(
                f"<p>{number}号公告第{n}段：自发布之日起施行，由综合科负责解释，请予遵照执行。</p>"
                for n in range(1, 5)
            )
            return page(f'<h1>第{number}件公告</h1><div class="TRS_Editor">{text}</div>')
        return page(f"<h1>第{number}件公告</h1><div id='app'></div><script>render({number})</script>")


def write_portal(gongkai: Gongkai, site: LocalSite, *, detail: str = "") -> None:
    """The portal file; ``detail`` are keys of its directory."""
    directory = f'key = "gg"\nname = "通知公告"\nurl = "/zwgk/"\n{detail}'
    gongkai.portal(
        "local", portal_text(site.base_url, "trs-static", directory, http="allow_private_hosts = true")
    )


@pytest.fixture
def portal(gongkai: Gongkai) -> Iterator[Redesigned]:
    redesigned = Redesigned()
    with redesigned.site as site:
        write_portal(gongkai, site)
        yield redesigned


def crawl(gongkai: Gongkai, night: int, *words: str) -> Ran:
    """The crawl of a night in June."""
    return gongkai("crawl", "local", "--revisit", "all", *words, now=f"2026-06-{night:02d}T02:00:00+08:00")


def three_nights(gongkai: Gongkai) -> None:
    for night in (1, 2, 3):
        ran = crawl(gongkai, night)
        assert ran.code == 0, ran.err


def readers(gongkai: Gongkai) -> dict[str, Any]:
    """What a reader sees, by page and by search."""
    found = gongkai("search", "遵照执行", "--limit", "100", "--json").json()
    return {
        "documents": gongkai.query(
            "SELECT uid, url, title, index_number, agency, body_text, revision_id, withdrawn_at, last_changed_at"
            " FROM documents WHERE revision_id IS NOT NULL ORDER BY uid"
        ),
        "found": sorted(hit["uid"] for hit in found["hits"]),
        "events": gongkai.query("SELECT kind, document_id FROM events ORDER BY seq"),
    }


@pytest.mark.parametrize("layout", ["renamed", "script"])
def test_a_redesign_changes_nothing_for_readers(gongkai: Gongkai, portal: Redesigned, layout: str) -> None:
    three_nights(gongkai)
    before = readers(gongkai)
    assert len(before["documents"]) == len(before["found"]) == DOCUMENTS
    portal.layout, portal.count = layout, DOCUMENTS + 6
    said = crawl(gongkai, 4).complained(1)
    assert said.startswith(
        "gongkai: local: 索引号 filled on 0 % of 30 pages, 100 % over the last 3 crawls: the layout"
    )
    assert (
        "of 通知公告 has probably changed; sample: http" in said and "gongkai portals release local" in said
    )
    assert readers(gongkai) == before
    listed = gongkai("portals", "list", "--json").json()
    (row,) = [row for row in listed if row["id"] == "local"]
    assert (row["documents"], row["quarantined"], row["verdict"]) == (DOCUMENTS, 30, "degraded")
    assert gongkai("portals", "show", "local", "--json").json()["quarantined"] == 30
    assert "待查修订: 30" in gongkai("portals", "show", "local").out
    url = f"{portal.site.base_url}{trs_path(DOCUMENTS + 1).lstrip('/')}"
    assert "样例" not in gongkai("show", url).out
    assert gongkai("verify", "--deep").code == 0
    # Mended at the portal: as if it had never been, and what is new is new.
    portal.layout = "old"
    ran = crawl(gongkai, 5)
    assert ran.code == 0, ran.err
    after = readers(gongkai)
    known = {row[0] for row in before["documents"]}
    assert [row for row in after["documents"] if row[0] in known] == before["documents"]
    assert len(after["found"]) == DOCUMENTS + 6
    news = sorted(after["events"][len(before["events"]) :])
    assert news == [("new", id_) for id_ in range(DOCUMENTS + 1, DOCUMENTS + 7)]
    assert gongkai.count("findings", "rule = 'crawl-quarantined' AND resolved_at IS NULL") == 0
    assert gongkai("portals", "release", "local").out.strip() == "local: nothing is held back"
    assert gongkai("verify", "--deep").code == 0


def test_a_release_accepts_the_new_layout_for_good(gongkai: Gongkai, portal: Redesigned) -> None:
    three_nights(gongkai)
    events = gongkai.count("events")
    portal.layout, portal.count = "renamed", DOCUMENTS + 6
    assert crawl(gongkai, 4).code == 1
    night = "2026-06-04T09:00:00+08:00"
    assert "knows no crawl" in gongkai("portals", "release", "local", "--crawl", "x").complained(2)
    assert "nowhere" in gongkai("portals", "release", "nowhere").complained(2)
    ((crawl_id,),) = gongkai.query("SELECT id FROM crawls WHERE verdict = 'degraded'")
    ran = gongkai("portals", "release", "local", "--crawl", crawl_id, "--json", now=night)
    assert ran.json() == {"portal": "local", "crawls": [crawl_id], "revisions": 30, "documents": 30}
    assert gongkai.query("SELECT kind, count(*) FROM events WHERE seq > ? GROUP BY 1", events) == [
        ("released", 30)
    ]
    assert gongkai.query("SELECT DISTINCT index_number FROM documents") == [(None,)]
    assert len(readers(gongkai)["found"]) == 30
    assert sorted(path.name for path in (gongkai.data / "captures").rglob(f"{crawl_id}-*")) == [
        f"{crawl_id}-00001.warc.gz",
        f"{crawl_id}-00002.warc.gz",
    ]
    again = gongkai("portals", "release", "local")
    assert (again.code, again.out.strip()) == (0, "local: nothing is held back")
    assert gongkai("verify", "--deep").code == 0
    # The released night is the new measure.
    ran = crawl(gongkai, 5)
    assert ran.code == 0, ran.err
    assert gongkai.count("events") == events + 30


def test_a_first_crawl_of_empty_pages_is_held_back(gongkai: Gongkai, portal: Redesigned) -> None:
    portal.layout = "script"
    said = crawl(gongkai, 1).complained(1)
    assert "all 24 pages are empty" in said
    assert readers(gongkai) == {"documents": [], "found": [], "events": []}
    portal.layout = "old"
    assert crawl(gongkai, 2).code == 0
    assert [kind for kind, _ in readers(gongkai)["events"]] == ["new"] * DOCUMENTS


def test_a_few_pages_never_hold_a_crawl_back(gongkai: Gongkai, portal: Redesigned) -> None:
    portal.count = 8
    three_nights(gongkai)
    portal.layout = "script"
    ran = crawl(gongkai, 4)
    assert ran.code == 0, ran.err
    assert [kind for kind, _ in readers(gongkai)["events"]] == ["new"] * 8 + ["quarantined"] * 8


HALF_HELD_BACK = "SELECT count(*) FROM revisions WHERE quarantine_reason LIKE '%filled%'"
HALF_FETCHED = (
    "SELECT count(*) = 4 AND (SELECT count(*) FROM captures WHERE role = 'document') > 130 FROM crawls"
)
END = (
    "SELECT json_extract(stats, '$.quarantine.finished_at') IS NOT NULL FROM crawls ORDER BY id DESC LIMIT 1"
)


@pytest.mark.parametrize(
    ("when", "by"),
    [(HALF_HELD_BACK, signal.SIGKILL), (HALF_FETCHED, signal.SIGINT)],
    ids=["killed", "told to stop"],
)
def test_a_broken_off_quarantine_is_finished_by_the_next_command(
    gongkai: Gongkai, portal: Redesigned, when: str, by: signal.Signals
) -> None:
    three_nights(gongkai)
    before = readers(gongkai)
    portal.layout, portal.count = "renamed", 120
    gongkai.kill_when(when, "crawl", "local", "--revisit", "all", by=by)
    assert readers(gongkai) != before
    with portal_lock(DataDirectory(gongkai.data), "local", "somebody else"):
        assert "somebody else" in gongkai("portals", "release", "local").complained(3)
    assert gongkai("reextract", "--portal", "local").code == 0
    assert readers(gongkai) == before
    assert gongkai.query(END) == [(1,)]
    assert gongkai("verify", "--deep").code == 0


def test_a_profile_that_was_broken_and_is_mended_leaves_no_trace(
    gongkai: Gongkai, portal: Redesigned
) -> None:
    three_nights(gongkai)
    before = readers(gongkai)
    write_portal(gongkai, portal.site, detail='detail.remove = [".TRS_Editor", "table"]')
    portal.count = DOCUMENTS + 6
    assert "gongkai reextract --portal local" in crawl(gongkai, 4).complained(1)
    assert readers(gongkai) == before
    write_portal(gongkai, portal.site)
    assert gongkai("reextract", "--portal", "local").code == 0
    assert readers(gongkai) == before
    assert (
        gongkai.count("revisions", "status = 'quarantined'") == 6
    )  # new ones, which nothing accepted confirms yet
    assert gongkai("portals", "enable", "local").code == 0
    ran = gongkai("nightly", now="2026-06-05T02:00:00+08:00")
    assert ran.code == 0, ran.err
    report = json.loads((gongkai.data / "reports" / "2026-06-05.json").read_text("utf-8"))
    assert report["changes"]["released"]["total"] == 6
    assert "放行" in (gongkai.data / "reports" / "2026-06-05.html").read_text("utf-8")
    after = readers(gongkai)
    assert after["documents"] != before["documents"]
    assert sorted(after["events"][len(before["events"]) :]) == [("released", id_) for id_ in range(25, 31)]
    assert gongkai.count("revisions", "status = 'quarantined'") == 0
    assert gongkai.count("revisions") == DOCUMENTS + 6
    assert gongkai("verify", "--deep").code == 0


def test_the_next_night_alone_settles_a_mended_profile(gongkai: Gongkai, portal: Redesigned) -> None:
    three_nights(gongkai)
    before = readers(gongkai)
    write_portal(gongkai, portal.site, detail='detail.remove = [".TRS_Editor", "table"]')
    assert crawl(gongkai, 4).code == 1
    write_portal(gongkai, portal.site)
    ran = crawl(gongkai, 5)
    assert ran.code == 0, ran.err
    assert readers(gongkai) == before
    assert gongkai.count("revisions") == DOCUMENTS


def rebuilt(gongkai: Gongkai, folder: Path) -> Gongkai:
    """An archive made from the captures of another, which it must be like."""
    other = Gongkai(folder)
    shutil.copytree(gongkai.data / "portals", folder / "portals")
    ran = other("rebuild", "--from", str(gongkai.data / "captures"))
    assert ran.code == 0, ran.err
    assert difference(state(gongkai.data), state(folder)) == ""
    return other


def test_the_captures_alone_tell_what_is_held_back_and_what_was_released(
    gongkai: Gongkai, portal: Redesigned, tmp_path: Path
) -> None:
    three_nights(gongkai)
    portal.layout, portal.count = "renamed", 120
    gongkai.kill_when(
        "SELECT count(*) FROM revisions WHERE quarantine_reason LIKE '%filled%'",
        "crawl", "local", "--revisit", "all",
    )  # fmt: skip
    portal.layout = "old"
    assert gongkai("reextract", "--portal", "local").code in (0, 1)
    rebuilt(gongkai, tmp_path / "held-back")
    assert gongkai("portals", "release", "local", "--json").json()["revisions"] == 120
    rebuilt(gongkai, tmp_path / "released")


def test_lost_events_are_named_and_written_again(
    gongkai: Gongkai, portal: Redesigned, tmp_path: Path
) -> None:
    """Without its verdict a rebuild would show what is held back; without its release it would hide what is shown."""
    three_nights(gongkai)
    portal.layout = "script"
    assert crawl(gongkai, 4).code == 1
    cut = gongkai.copy_to(tmp_path / "cut")
    file = max((cut.data / "captures").rglob("*.gz"))
    with file.open("rb") as stream:
        records = ArchiveIterator(stream)
        last = [(record.content_stream().read(), records.get_record_offset())[1] for record in records][-1]
    with file.open("r+b") as stream:
        stream.truncate(last)
    assert gongkai("portals", "release", "local", now="2026-06-04T09:00:00+08:00").code == 0
    deleted = gongkai.copy_to(tmp_path / "deleted")
    newest = max((deleted.data / "captures").rglob("*.gz"), key=lambda path: path.stat().st_mtime_ns)
    newest.unlink()
    for damaged, kind in ((cut, "crawl-verdict"), (deleted, "release")):
        found = damaged("verify", "--deep", "--sample", "0")
        assert found.code == 1 and f"has the event {kind} of crawl" in found.out
        ran = damaged("verify", "--deep", "--sample", "0", "--repair")
        assert ran.code == 0 and "events written again" in ran.out, ran.out
        again = Gongkai(tmp_path / f"again-{kind}")
        assert again("rebuild", "--from", str(damaged.data)).code == 0
        assert difference(state(damaged.data), state(again.data)) == ""
