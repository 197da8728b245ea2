"""A probe of every family's sample portal, from its home page: the family is named, and the draft lists every document."""

from __future__ import annotations

import tomllib

import pytest

from crawler.portals.model import Portal
from crawler.probing.draft import family_of
from crawler.samples.families import specification
from crawler.samples.families.site import FamilySite

from .local import Local, drafted

SAMPLES = specification.names()


@pytest.mark.parametrize("family", SAMPLES)
def test_the_family_is_named_and_its_draft_lists_every_document(family: str) -> None:
    sample = specification.load(family)
    site = FamilySite(sample)
    local = Local(site.respond)
    found = local.probe()
    assert found.findings is not None and found.findings.columns
    assert family_of(found.findings.columns) == family
    text, portal = drafted(found)
    assert Portal.model_validate({"id": "draft", **tomllib.loads(text)}) == portal
    assert portal.verified_on is None and portal.site_code == "9901000022" and portal.region_code == "990100"
    assert found.findings.clues.get(family) or any(column.way.evidence for column in found.findings.columns)
    assert set(local.listed(portal)) == local.keys(site.path_of(paper) for paper in sample.papers())
    assert found.requests < 40


def test_one_document_is_shown_as_a_crawl_would_read_it() -> None:
    sample = specification.load("trs-static")
    found = Local(FamilySite(sample).respond).probe()
    assert found.sample is not None
    newest = sample.papers()[0]
    assert found.sample.record.index_number == newest.index_number
    assert found.sample.record.title == newest.title
