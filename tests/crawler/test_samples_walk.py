"""Every directory of the sample portals, walked over HTTP by engines and profiles: found to the last entry."""

from __future__ import annotations

import gzip
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from crawler.engines import ENGINES
from crawler.engines.base import Entry, ListingRequest
from crawler.portals.loader import load_portal
from crawler.portals.model import Portal
from crawler.portals.plan import DirectoryPlan, plan
from crawler.samples.data import PORTAL_IDS
from crawler.samples.portal_files import write_portal_files
from crawler.samples.server import SampleServer
from pipelines.decode import decode

DIRECTORIES = [
    (portal_id, key) for portal_id, portal in SampleServer().expected(1).items() for key in portal.entries
]
DAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def server() -> Iterator[SampleServer]:
    with SampleServer() as running:
        yield running


@pytest.fixture(scope="module")
def portals(server: SampleServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Portal]:
    folder = tmp_path_factory.mktemp("portals")
    return {id_: load_portal(folder / f"{id_}.toml", None) for id_ in write_portal_files(server, folder)}


def ask(request: ListingRequest) -> tuple[str, str]:
    """Text and final address of a listing's answer."""
    form = urlencode(dict(request.form)).encode() if request.form else None
    asked = urllib.request.Request(request.url, form, dict(request.headers), method=request.method)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        body = answer.read()
        if answer.headers["Content-Encoding"] == "gzip":
            body = gzip.decompress(body)
        return decode(body, answer.headers["Content-Type"]).text, answer.url


def walk(directory: DirectoryPlan) -> dict[str, Entry]:
    """All entries by address; ends at the engine's word or at a page that brings nothing new."""
    engine = ENGINES[directory.engine]
    seen: dict[str, Entry] = {}
    request: ListingRequest | None = engine.first(directory)
    for _ in range(20):
        if request is None:
            return seen
        page = engine.read(directory, request, *ask(request))
        listed = {entry.url: entry for entry in page.entries}
        repeats = bool(listed) and not page.embedded and request.page > 2 and listed.keys() <= seen.keys()
        if repeats:
            return seen
        seen |= listed
        request = page.next
    raise AssertionError("the walk does not end")


@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize(("portal_id", "key"), DIRECTORIES)
def test_a_directory_is_read_to_its_last_entry(
    server: SampleServer, portals: dict[str, Portal], portal_id: str, key: str, edition: int
) -> None:
    server.edition = edition
    directory = portals[portal_id].directory(key)
    assert directory is not None
    found = walk(plan(portals[portal_id], directory, DAY))
    site = server.sites[portal_id]
    rows = site.rows(site.data.column(key), edition)
    base = server.base_url(portal_id).rstrip("/")
    expected = {(row.href if "//" in row.href else base + row.href): row for row in rows}
    assert set(found) == set(expected)
    for url, row in expected.items():
        assert found[url].title == row.title
        assert found[url].published_on == row.published_on
        number = found[url].fields.get("index_number")
        assert number is None or (row.document is not None and number == row.document.index_number)


def test_pinned_rows_are_marked_where_the_list_marks_them(
    server: SampleServer, portals: dict[str, Portal]
) -> None:
    directory = portals["qinghewan"].directory("tzgg")
    assert directory is not None
    pinned = [
        entry.url for entry in walk(plan(portals["qinghewan"], directory, DAY)).values() if entry.pinned
    ]
    assert [urlsplit(url).path.rpartition("_")[2] for url in pinned] == ["31840.html"]


def test_portal_files_load_and_allow_loopback(portals: dict[str, Portal]) -> None:
    assert tuple(portals) == PORTAL_IDS
    for portal in portals.values():
        assert portal.http.allow_private_hosts
        assert portal.http.delay == 0


def test_files_are_written_where_asked(server: SampleServer, tmp_path: Path) -> None:
    write_portal_files(server, tmp_path / "data" / "portals", delay=0.25)
    text = (tmp_path / "data" / "portals" / "yunling.toml").read_text(encoding="utf-8")
    assert "delay = 0.25" in text
    assert urlsplit(server.base_url("yunling")).netloc in text
