"""The data of the sample portals: citations, consistency, and the numbers written down for end-to-end tests."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from crawler.samples import text
from crawler.samples.data import PORTAL_IDS, load_data
from crawler.samples.report_table import statistics_rows
from crawler.samples.server import SampleServer


@pytest.fixture(scope="module")
def server() -> SampleServer:
    """Not started: its sites answer as functions."""
    return SampleServer()


@pytest.mark.parametrize("portal_id", PORTAL_IDS)
def test_every_quirk_cites_the_catalogue(portal_id: str) -> None:
    for quirk in load_data(portal_id).quirks:
        assert re.match(r"platforms\.md §\d+", quirk.cites), quirk.kind


@pytest.mark.parametrize("portal_id", PORTAL_IDS)
def test_quirks_and_changes_name_what_exists(portal_id: str) -> None:
    data = load_data(portal_id)
    documents = {document.id for document in data.documents}
    columns = {column.key for column in data.columns}
    assert len(documents) == len(data.documents)
    assert {quirk.document for quirk in data.quirks} <= documents | {None}
    assert {quirk.directory for quirk in data.quirks} <= columns | {None}
    assert {change.document for change in data.changes} <= documents
    assert {key for document in data.documents for key in document.directories} <= columns
    kinds = [change.kind for change in data.changes]
    assert sorted(kind for kind in kinds if kind != "replaced") == ["added", "edited", "removed"]
    for change in data.changes:
        files = dict(text.attachments(data.document(change.document).text))
        assert (change.file in files) == (change.kind == "replaced"), change


@pytest.mark.parametrize("portal_id", PORTAL_IDS)
def test_portals_can_be_written_in_their_charset(portal_id: str) -> None:
    data = load_data(portal_id)
    for document in data.documents:
        assert (document.title + document.text).encode(data.charset), document.id
        assert "{" not in document.text, "an unfilled slot"


def test_an_edit_edits(server: SampleServer) -> None:
    for site in server.sites.values():
        for change in site.data.changes:
            document = site.data.document(change.document)
            if change.kind == "edited":
                assert site.body_text(document, 1) != site.body_text(document, 2)


def test_expected_numbers_are_those_written_down(server: SampleServer) -> None:
    written = tomllib.loads((files("crawler.samples") / "expected.toml").read_text(encoding="utf-8"))
    for edition in (1, 2):
        for portal_id, portal in server.expected(edition).items():
            assert portal.summary() == written[f"edition{edition}"][portal_id], portal_id


def test_forbidden_documents_are_those_of_robots(server: SampleServer) -> None:
    for portal_id, portal in server.expected(1).items():
        robots = load_data(portal_id).quirk("robots")
        prefixes = tuple(robots.data["disallow"]) if robots else ()
        assert all(address.startswith(prefixes) for address in portal.forbidden)
        for document in portal.documents:
            assert not any(address.startswith(prefixes) for address in document.addresses if prefixes)


def test_the_statistics_table_is_the_official_form() -> None:
    rows = statistics_rows("wtz2019")
    assert len(rows) == 66
    assert {len(row) for row in rows} == {3}
    labels = [row[0] for row in rows[1:]]
    assert labels[:4] == [
        "一、主动公开情况",
        "(一)主动公开政府信息数(不同渠道和方式公开相同信息计1条)",
        "其中:主动公开规范性文件数",
        "制发规范性文件总数",
    ]
    assert labels[-1] == "(三)接受培训人员数"
    assert rows[2][2] == "21"
    assert rows[4][2] == ""


def test_no_two_documents_have_the_same_text() -> None:
    seen: dict[str, str] = {}
    for portal_id in PORTAL_IDS:
        for document in load_data(portal_id).documents:
            assert document.text not in seen, (document.id, seen.get(document.text))
            seen[document.text] = document.id
            assert len(text.paragraphs(document.text)) >= 3
