"""A redesign in one night: the crawl is held back, `portals repair` mends the file, the next night is as if nothing was."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.samples.families.site import FamilySite
from crawler.samples.wire import Request, Response
from tests import redesign
from tests.proof.comparison import difference, state
from tests.redesign import SAMPLE, Redesign

from .runner import Gongkai, Ran, portal_text
from .sites import LocalSite

NOTES = "# Our own notes: Mrs Li knows the editors.\n"


class Redesigned:
    """The family's sample portal without its newest three documents, until ``changes`` make it a new one with them."""

    def __init__(self) -> None:
        self.changes: list[Redesign] = []
        self._old = FamilySite(dataclasses.replace(SAMPLE, documents=SAMPLE.documents - 3))
        self._new = FamilySite(SAMPLE)
        self.site = LocalSite(self._answer)

    def _answer(self, request: Request) -> Response:
        answer = (self._new if self.changes else self._old).respond(request)
        html = answer.body.decode()
        for change in self.changes if answer.status == 200 else ():
            html = change(html)
        return Response(html.encode(), answer.status, answer.headers)


@pytest.fixture
def portal(gongkai: Gongkai) -> Iterator[Redesigned]:
    redesigned = Redesigned()
    with redesigned.site as site:
        text = portal_text(site.base_url, "trs-static", http="allow_private_hosts = true")
        gongkai.portal("local", NOTES + text + SAMPLE.portal)
        for night in (1, 2):
            ran = crawl(gongkai, night)
            assert ran.code == 0, ran.err
        yield redesigned


def crawl(gongkai: Gongkai, night: int, *words: str) -> Ran:
    return gongkai("crawl", "local", "--revisit", "all", *words, now=f"2026-06-{night:02d}T02:00:00+08:00")


def repair(gongkai: Gongkai, *words: str) -> Ran:
    return gongkai("portals", "repair", "local", *words, now="2026-06-03T09:00:00+08:00")


def readers(gongkai: Gongkai) -> dict[str, tuple[Any, ...]]:
    """What a reader sees, by uid."""
    rows = gongkai.query(
        "SELECT uid, url, title, index_number, agency, published_on, written_on, document_number, body_text, revision_id,"
        " last_changed_at FROM documents WHERE revision_id IS NOT NULL"
    )
    return {row[0]: row for row in rows}


def test_everything_at_once_is_mended_without_an_edit_by_hand(
    gongkai: Gongkai, portal: Redesigned, tmp_path: Path
) -> None:
    file = gongkai.data / "portals" / "local.toml"
    before, written = readers(gongkai), file.read_text(encoding="utf-8")
    portal.changes = [redesign.relabelled, redesign.renamed, redesign.rows]
    said = crawl(gongkai, 3).complained(1)
    assert "索引号 filled on 0 %" in said and "gongkai portals repair local" in said
    assert readers(gongkai) == before
    # Nothing is written unless somebody agrees.
    dry = repair(gongkai, "--dry-run", "--json").json()
    fields = {row["field"]: row for row in dry["fields"]}
    assert fields["index_number"]["new"] == {"pages": 20, "before": 0, "after": 20}
    assert fields["index_number"]["old"] == {"pages": 20, "before": 20, "after": 20}
    assert all(row["known"]["same"] == row["known"]["expected"] > 0 for row in dry["fields"])
    assert (dry["since"], dry["written"], dry["refused"]) == ("2026-06-03", None, [])
    assert "--yes" in repair(gongkai).complained(1)
    assert file.read_text(encoding="utf-8") == written and readers(gongkai) == before
    ran = repair(gongkai, "--yes")
    assert ran.code == 0, ran.err
    assert "20/20" in ran.out and 'detail.labels."信息编码" = "index_number"' in ran.out
    assert file.read_text(encoding="utf-8").startswith(written.rstrip())
    assert gongkai.count("revisions", "status = 'quarantined'") == 0
    assert readers(gongkai) == before
    # The next night is good: what is new is new, nothing is there twice, no edit is told that was none.
    ran = crawl(gongkai, 4, "--sweep")
    assert ran.code == 0, ran.err
    after = readers(gongkai)
    assert {uid: after[uid] for uid in before} == before
    assert len(after) == SAMPLE.documents and {row[3] for row in after.values()} == {
        paper.index_number for paper in SAMPLE.papers()
    }
    assert gongkai.query("SELECT kind, count(*) FROM events GROUP BY kind") == [("new", SAMPLE.documents)]
    assert gongkai.count("revisions") == SAMPLE.documents
    assert "nothing to repair" in repair(gongkai).out
    assert gongkai("verify", "--deep").code == 0
    again = Gongkai(tmp_path / "again")
    shutil.copytree(file.parent, again.data / "portals")
    assert again("rebuild", "--from", str(gongkai.data / "captures")).code == 0
    assert difference(state(gongkai.data), state(again.data)) == ""


def test_what_cannot_be_found_is_said_to_be_so(gongkai: Gongkai, portal: Redesigned) -> None:
    file = gongkai.data / "portals" / "local.toml"
    before, written = readers(gongkai), file.read_bytes()
    portal.changes = [redesign.drawn, redesign.scripted, redesign.renamed]
    assert crawl(gongkai, 3).code == 1
    said = repair(gongkai, "--yes").complained(1)
    assert said.startswith(
        "gongkai: local cannot be repaired by what is known, and nothing was written: 索引号 found on 0 of 20"
    )
    assert "the listing of 政策文件 gives 0 known entries" in said
    assert file.read_bytes() == written and readers(gongkai) == before
    # The list is there again: a field that the portal has given up may be given up here too.
    portal.changes.remove(redesign.scripted)
    assert crawl(gongkai, 4).code == 1
    assert "索引号 found on 0 of 20" in repair(gongkai, "--yes").complained(1)
    lost = ("index_number", "agency", "published_on", "written_on", "disclosure_form", "document_number")
    ran = repair(gongkai, "--yes", *(word for name in lost for word in ("--without", name)))
    assert ran.code == 0, ran.err
    assert "div.nr" in file.read_text(encoding="utf-8")
    assert readers(gongkai) == before


def test_bad_input_is_one_sentence(gongkai: Gongkai) -> None:
    assert "no portal 'nowhere'" in gongkai("portals", "repair", "nowhere").complained(2)
    assert "--without" in gongkai("portals", "repair", "local", "--without", "colour").err
