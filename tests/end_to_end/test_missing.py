"""The proof of a withdrawal, as the pages and ``gongkai show`` give it: last seen, first missed, believed, returned."""

from __future__ import annotations

import asyncio
import html
import re

import pytest

from archive.web.app import make_datasette

from . import absent_site as sites
from .absent_site import Nights, Portal
from .runner import Gongkai

NAME = "000990901/2026-00002"


def page(gongkai: Gongkai, document: int) -> str:
    """The text of a document's page, the times as they are shown."""
    datasette = make_datasette(gongkai.data / "gongkai.db")
    answer = asyncio.run(datasette.client.get(f"/gongkai/documents/{document}"))
    assert answer.status_code == 200, answer.text
    return html.unescape(re.sub(r"<[^>]*>", "", answer.text))


@pytest.mark.parametrize("gone", [sites.not_found, sites.soft, sites.home, sites.error_page])
def test_last_seen_first_missed_believed_returned(gongkai: Gongkai, gone: sites.Missing) -> None:
    portal = Portal(gone)
    with portal.site:
        night = Nights(gongkai, portal)
        night(1)
        ((document,),) = gongkai.query("SELECT id FROM documents WHERE index_number = ?", NAME)
        assert "发现消失" not in page(gongkai, document) + gongkai("show", NAME).out
        portal.withdraw(2)
        night(2)
        web, said = page(gongkai, document), gongkai("show", NAME).out
        for text in (web, said):
            assert re.search(
                r"门户上自 2026-06-02 02:\d\d( \+08:00)? 起找不到这份文件（最后见到 2026-06-01 02:", text
            )
            assert "已撤下" not in text.split("经过")[0] and "发现消失的访问" in text
        night(3)
        night(4)
        web, said = page(gongkai, document), gongkai("show", NAME).out
        for text in (web, said):
            assert re.search(
                r"门户已撤下这份文件：最后见到 2026-06-01 02:\d\d( \+08:00)?，首次发现消失 2026-06-02 02:\d\d( \+08:00)?，"
                r"认定撤下 2026-06-04 02:",
                text,
            )
        found = gongkai("show", NAME, "--json").json()
        assert [visit["fetched_at"][:10] for visit in found["absences"]] == [
            "2026-06-01", "2026-06-02", "2026-06-03",
        ]  # fmt: skip
        assert all(visit["length"] and "id" not in visit for visit in found["absences"])
        assert found["missing"]["since"] == found["absences"][0]["fetched_at"]
        outcome = "已消失 http" if gone is sites.not_found else "软 404 http"
        assert said.split("发现消失的访问（3）")[1].count(outcome) == 3
        assert re.search(r"最后正常 2026-06-01 02:\d\d \+08:00 最近访问 2026-06-04 02:", said)
        assert "最后正常" in web and "最近访问" in web
        portal.publish(2)
        night(6, "--revisit", "all")
        web, said = page(gongkai, document), gongkai("show", NAME).out
        for text in (web, said):
            assert "撤下这份文件" not in text and "找不到这份文件" not in text
            assert "2026-06-02 02:" in text.split("发现消失的访问")[1]
            assert re.search(r"经过[\s\S]*撤下\s*2026-06-06 02:\d\d( \+08:00)? 恢复", text)
