"""A sweep that a night has no time for goes on the next night where it was, until it is through."""

from __future__ import annotations

import re
import signal
from collections import Counter
from pathlib import Path

from crawler.samples.wire import Request, Response
from tests.proof.comparison import difference, state

from .runner import Gongkai, portal_text
from .sites import LocalSite, trs_document, trs_listing, trs_path

PAGES, ROWS = 8, 4
NIGHT = "2026-06-{:02}T02:00:00+08:00"
DIRECTORY = 'key = "open"\nname = "公开"\nurl = "/zwgk/"'


class Listing:
    """Eight pages of what ``numbers`` has, the last one first."""

    def __init__(self) -> None:
        self.numbers = list(range(1, PAGES * ROWS + 1))
        self.site = LocalSite(self.answer)

    def answer(self, request: Request) -> Response | None:
        """A listing page or a document."""
        if found := re.fullmatch(r"/zwgk/(?:index_(\d+)\.html)?", request.target):
            page = int(found[1] or 0)
            rows = self.numbers[::-1][page * ROWS : (page + 1) * ROWS]
            count = -(-len(self.numbers) // ROWS)
            return trs_listing([trs_path(n) for n in rows], pages=count, index=page) if rows else None
        found = re.fullmatch(r"/zwgk/202601/t20260105_(\d+)\.html", request.target)
        return trs_document(int(found[1])) if found and int(found[1]) in self.numbers else None

    def portal(self, gongkai: Gongkai) -> None:
        """Its portal file."""
        gongkai.portal(
            "big",
            portal_text(
                self.site.base_url,
                "trs-static",
                DIRECTORY,
                http="allow_private_hosts = true",
                more="enabled = true",
            ),
        )

    def asked(self) -> list[int]:
        """Listing pages asked for since the last call, from 0."""
        found = [re.fullmatch(r"/zwgk/(?:index_(\d+)\.html)?", path) for path in self.site.paths]
        self.site.seen.clear()
        return [int(one[1] or 0) for one in found if one]


def test_a_sweep_under_a_budget_is_through_within_nights(gongkai: Gongkai, tmp_path: Path) -> None:
    listing, asked = Listing(), Counter[int]()
    with listing.site:
        listing.portal(gongkai)
        for day in range(1, 4):
            ran = gongkai("nightly", "--requests", "14", "--json", now=NIGHT.format(day))
            assert ran.code == 0, ran.err
            pages = listing.asked()
            asked.update(pages)
            if day == 1:
                assert pages[:3] == [0, 1, 2]
                assert gongkai.count("documents") > 3, "half of the budget is left for documents"
                reasons = " ".join(ran.json()["portals"][0]["reasons"])
                assert "goes on the next night" in reasons
            if day == 2:
                listing.numbers.append(1000)
                assert pages[0] == 0 and pages[1] > 2, "a look at the head, then on from the cursor"
        sweeps = gongkai.query(
            "SELECT verdict, pages, finished_at IS NOT NULL FROM walks WHERE mode = 'sweep'"
        )
        assert sweeps == [("complete", PAGES + 2, 1)] or sweeps == [("complete", PAGES + 1, 1)], sweeps
        assert all(asked[page] <= 2 for page in range(1, PAGES)), asked
        assert gongkai.count("sightings") == PAGES * ROWS + 1
        assert gongkai.count("entries", "delisted_at IS NOT NULL") == 0
        assert gongkai.query("SELECT cursor FROM directories") == [(None,)]
        listing.numbers.remove(7)
        assert gongkai("crawl", "big", "--sweep", now=NIGHT.format(4)).code == 0
        assert gongkai.count("entries", "delisted_at IS NOT NULL") == 1
    again = Gongkai(tmp_path / "again")
    ran = again("rebuild", "--from", str(gongkai.data / "captures"))
    assert ran.code == 0, ran.err
    assert difference(state(gongkai.data), state(again.data)) == ""


def test_a_sweep_that_a_signal_or_a_kill_ended_goes_on(gongkai: Gongkai) -> None:
    listing = Listing()
    listing.site._seconds = 0.05
    with listing.site:
        listing.portal(gongkai)
        for by, pages in ((signal.SIGTERM, 2), (signal.SIGKILL, 4)):
            gongkai.kill_when(
                f"SELECT pages >= {pages} FROM walks WHERE mode = 'sweep'", "crawl", "big", by=by
            )
        before = gongkai.query("SELECT pages FROM walks WHERE mode = 'sweep'")
        assert len(before) == 1 and before[0][0] < PAGES, before
        listing.asked()
        assert gongkai("crawl", "big").code == 0
        asked = listing.asked()
        assert not {1, 2} & set(asked) and asked.count(0) == 2, "the head, the rest, the first page once more"
    assert gongkai.query("SELECT verdict, entries_seen FROM walks WHERE mode = 'sweep'") == [
        ("complete", PAGES * ROWS)
    ]
    assert gongkai.count("documents") == PAGES * ROWS
    assert gongkai("verify", "--deep").code == 0


def test_another_portal_file_begins_anew(gongkai: Gongkai) -> None:
    listing = Listing()
    with listing.site:
        listing.portal(gongkai)
        assert gongkai("nightly", "--requests", "10", now=NIGHT.format(1)).code == 0
        assert gongkai.count("walks", "mode = 'sweep' AND finished_at IS NULL") == 1
        file = gongkai.data / "portals" / "big.toml"
        file.write_text(file.read_text("utf-8").replace('name = "公开"', 'name = "政务公开"'), "utf-8")
        listing.asked()
        assert gongkai("crawl", "big", now=NIGHT.format(2)).code == 0
        assert listing.asked()[:3] == [0, 1, 2]
    assert gongkai.query("SELECT verdict FROM walks WHERE mode = 'sweep' ORDER BY id") == [
        (None,),
        ("complete",),
    ]
