"""A sample portal of each family is crawled to its last document: counts, titles, dates and index numbers exact."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.platforms.loader import families
from crawler.platforms.recognise import recognise
from crawler.samples.families import specification
from crawler.samples.families.site import FamilySite
from crawler.samples.families.specification import Specification
from crawler.samples.server import HttpPortal
from crawler.samples.wire import Request

from .runner import Gongkai, Ran, portal_text

SAMPLES = specification.names()
NO_PAGE = {
    "cac",
    "gov-cn",
    "gtapp",
    "hanweb-xxgk",
    "henan",
    "mca-search",
    "miit-search",
    "trs-irs",
    "ucap-cms",
}
"""Listings that have no page of their own, or, 河南's, none that tells it from TRS."""


@dataclass(frozen=True)
class Crawled:
    """All sample portals after one crawl."""

    gongkai: Gongkai
    ran: Ran


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """One command crawls them all; read only."""
    gongkai = Gongkai(tmp_path_factory.mktemp("families") / "data")
    servers = []
    for family in SAMPLES:
        sample = specification.load(family)
        site = FamilySite(sample)
        server = HttpPortal(lambda request, serial, site=site: site.respond(request))
        server.start()
        servers.append(server)
        host = urlsplit(server.base_url).netloc
        text = portal_text(server.base_url, family, http="allow_private_hosts = true")
        gongkai.portal(family, text + sample.portal.replace("@HOST@", host))
    yield Crawled(gongkai, gongkai("crawl", *SAMPLES, now="2026-06-01T02:00:00+08:00"))
    for server in servers:
        server.stop()


def test_every_family_has_a_sample_portal() -> None:
    assert set(families()) - set(SAMPLES) == {"generic", "generic-json", "generic-query"}


@pytest.mark.parametrize("family", SAMPLES)
def test_a_sample_cites_the_catalogue(family: str) -> None:
    sample = specification.load(family)
    assert sample.cites and all(source.startswith("platforms.md §") for source in sample.cites)


@pytest.mark.parametrize("family", [name for name in SAMPLES if name not in NO_PAGE])
def test_its_listing_is_recognised(family: str) -> None:
    sample = specification.load(family)
    site = FamilySite(sample)
    pages = [item for item in tomllib.loads(sample.portal)["directories"] if "url" in item]
    assert pages
    for directory in pages:
        target = directory["url"].partition("#")[0]
        headers = {"host": "www.example.gov.cn", "cookie": "visited=1"}
        answer = site.respond(Request("GET", target, headers))
        url = f"https://www.example.gov.cn{directory['url']}"
        assert recognise(url, answer.body.decode()).family == family


@pytest.mark.parametrize("family", SAMPLES)
def test_it_is_crawled_to_the_last_document(crawled: Crawled, family: str) -> None:
    sample: Specification = specification.load(family)
    query = crawled.gongkai.query
    walks = query(
        "SELECT d.key, w.verdict, w.reason, w.entries_seen FROM walks w JOIN directories d ON d.id = w.directory_id"
        " WHERE d.portal = ?",
        family,
    )
    assert walks and all(walk[1:] == ("complete", walk[2], sample.documents) for walk in walks), walks
    found = query(
        "SELECT title, index_number, agency, published_on FROM documents WHERE portal = ? ORDER BY 2", family
    )
    expected = sorted(
        ((paper.title, paper.index_number, paper.agency, paper.published_on) for paper in sample.papers()),
        key=lambda row: row[1],
    )
    assert found == expected


@pytest.mark.parametrize("family", [name for name in SAMPLES if specification.load(name).listing_only])
def test_what_only_the_listing_says_is_kept_with_its_source(crawled: Crawled, family: str) -> None:
    found = crawled.gongkai.query(
        "SELECT d.index_number, d.document_number, json_extract(r.record, '$.field_sources.document_number')"
        " FROM documents d JOIN revisions r ON r.id = d.revision_id WHERE d.portal = ? ORDER BY 1",
        family,
    )
    expected = sorted(
        (paper.index_number, paper.document_number) for paper in specification.load(family).papers()
    )
    assert [row[:2] for row in found] == expected
    assert {row[2] for row in found} == {"listing"}


def test_the_command_says_that_all_is_well(crawled: Crawled) -> None:
    assert crawled.ran.code == 0, crawled.ran.out[-3000:]


def test_the_next_night_finds_nothing_new_and_asks_for_heads_alone(crawled: Crawled, tmp_path: Path) -> None:
    later = crawled.gongkai.copy_to(tmp_path / "later")
    before = later.count("captures")
    ran = later("crawl", *SAMPLES, "--revisit", "0", now="2026-06-02T02:00:00+08:00")
    assert ran.code == 0, ran.out[-3000:]
    assert later.count("documents") == crawled.gongkai.count("documents")
    assert later.count("revisions") == crawled.gongkai.count("revisions")
    assert later.count("findings") == crawled.gongkai.count("findings")
    # One answer a directory, and before it the pages that say what is asked with.
    assert later.count("captures") - before < 2.5 * later.count("directories")
    modes = later.query("SELECT mode, verdict, count(*) FROM walks GROUP BY 1, 2 ORDER BY 1")
    assert {(mode, verdict) for mode, verdict, _ in modes} == {("sweep", "complete"), ("head", "complete")}
