"""Much that goes at once is one reason in the crawl's verdict, and nothing is withdrawn for it that night."""

from __future__ import annotations

import json

from . import absent_site as sites
from .absent_site import Nights, Portal
from .runner import Gongkai


def reasons(gongkai: Gongkai) -> list[str]:
    """Of the last crawl."""
    ((verdict, said),) = gongkai.query("SELECT verdict, reasons FROM crawls ORDER BY started_at DESC LIMIT 1")
    assert verdict == "degraded"
    found: list[str] = json.loads(said)
    return found


def test_documents_that_are_gone_at_once_though_they_are_listed(gongkai: Gongkai) -> None:
    portal = Portal(sites.not_found, count=30)
    with portal.site:
        night = Nights(gongkai, portal, budget=99)
        assert len(night(1)) == 30
        for number in range(1, 13):
            del portal.documents[number]
        assert night(2, code=1) == []
        (reason,) = reasons(gongkai)
        assert reason.startswith("12 of 30 known documents that are still listed are gone at once")
        assert "t20260105_1" in reason
        assert gongkai.count("revisions", "status = 'quarantined'") == 0


def test_a_listing_that_lost_most_of_its_entries_and_thresholds_of_ones_own(gongkai: Gongkai) -> None:
    portal = Portal(sites.not_found, count=30)
    with portal.site:
        night = Nights(gongkai, portal)
        night(1)
        for number in range(1, 21):
            portal.listed.discard(number)
        assert len(night(2, code=1)) == 20, "each is delisted, one reason tells of all"
        (reason,) = reasons(gongkai)
        assert reason.startswith("政务公开: 20 of 30 entries are no longer listed")
        portal.listed = {30}
        (gongkai.data / "gongkai.toml").write_text("[health]\nleast = 100\n", "utf-8")
        assert len(night(3)) == 9
