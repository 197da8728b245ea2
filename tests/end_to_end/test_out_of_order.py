"""A portal that is out of order for nights: whatever it answers for its documents, none of them is withdrawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crawler.samples.wire import Request, Response
from tests.proof.comparison import difference, state

from . import absent_site as sites
from .absent_site import NIGHT, Nights, Portal
from .runner import Gongkai

COLUMNS = "uid, title, body_text, withdrawn_at, revision_id"


def notice(portal: Portal, request: Request) -> Response:
    """What a portal under repair says."""
    return sites.dressed("<p>系统维护中，请稍后访问</p>" * 6)


@pytest.mark.parametrize(("answer", "lists"), [(sites.not_found, False), (sites.home, True), (notice, True)])
def test_nothing_is_withdrawn(
    gongkai: Gongkai, answer: Callable[[Portal, Request], Response], lists: bool
) -> None:
    portal = Portal(sites.not_found)
    with portal.site:
        night = Nights(gongkai, portal, budget=9)
        night(1)
        before = gongkai.query(f"SELECT {COLUMNS} FROM documents ORDER BY uid")
        assert len(before) == 5
        portal.everything = lambda request: (
            portal.listing() if lists and request.path == "/zwgk/" else answer(portal, request)
        )
        for day in (2, 3, 4):
            gongkai("crawl", "local", "--sweep", now=NIGHT.format(day))
            assert gongkai.query(f"SELECT {COLUMNS} FROM documents ORDER BY uid") == before
        assert gongkai.count("sightings", "gone_days > 0") == 0
        portal.everything = None
        assert night(5) == []
        assert gongkai.count("sightings", "state = 'ok'") == 5
    rebuilt = Gongkai(gongkai.data.parent / "rebuilt")
    assert rebuilt("rebuild", "--from", str(gongkai.data)).code == 0
    assert difference(state(gongkai.data), state(rebuilt.data)) == ""


def test_a_document_that_really_goes_is_withdrawn_with_one_request_more_a_night(gongkai: Gongkai) -> None:
    portal = Portal(sites.not_found)
    with portal.site:
        night = Nights(gongkai, portal)
        night(1)
        portal.listed.discard(2)
        del portal.documents[2]
        for day in (2, 3):
            assert night(day) == ([("delisted", Portal.title(2))] if day == 2 else [])
            probes = gongkai.query(
                "SELECT count(*) FROM captures WHERE role = 'probe' AND outcome = 'content' AND crawl_id ="
                " (SELECT max(id) FROM crawls)"
            )
            assert probes == [(1,)]
        assert night(4) == [("withdrawn", Portal.title(2))]
