"""Probes of portals that are no samples: several columns, pagers, an unknown system, challenges, shells, few requests."""

from __future__ import annotations

import tomllib

import pytest

from archive.urls import url_key
from crawler.portals.model import Http
from crawler.portals.model import Portal as PortalFile
from crawler.probing.draft import family_of
from crawler.probing.report import lines, why_nothing

from .local import Local, drafted
from .portals import COLUMNS, Blocked, Numbered, Paper, Shell, Trs, Unknown


@pytest.mark.parametrize("start", ["/", "/xxgk/", "/xxgk/fdnr/gfxwj/", Trs().url(Paper("nb", 3))])
def test_from_any_page_the_whole_section_is_found(start: str) -> None:
    site = Trs()
    local = Local(site.respond)
    found = local.probe(start)
    assert found.findings is not None and family_of(found.findings.columns) == "trs-static"
    _, portal = drafted(found)
    lists = {directory.url for directory in portal.directories if directory.expect == "entries"}
    assert lists == {site.column_url(column) for column in COLUMNS}  # the section's newest are no column
    assert set(local.listed(portal)) >= local.keys(site.url(paper) for paper in site.all())
    assert found.findings.section is not None and found.findings.section.url.endswith("/xxgk/")
    assert {directory.url for directory in portal.directories if directory.expect == "single"} == {
        "/xxgk/zn.html"
    }


def test_columns_keep_their_names_and_totals() -> None:
    found = Local(Trs().respond).probe()
    assert found.findings is not None
    said = {column.name: column.count for column in found.findings.columns if not column.single}
    assert said == {"政府规章": None, "行政规范性文件": None, "预算决算": 7, "政府信息公开年报": 4}
    shown = "\n".join(lines(found, Http()))
    assert "trs-static" in shown and "3 页" in shown and "createPageHTML" in shown


@pytest.mark.parametrize(("site", "family"), [(Unknown(), "generic"), (Numbered(), "generic-query")])
def test_an_unknown_system_is_said_to_be_one_and_its_guess_lists_everything(
    site: Unknown, family: str
) -> None:
    local = Local(site.respond)
    found = local.probe()
    assert found.findings is not None and family_of(found.findings.columns) == family
    text, portal = drafted(found)
    assert "A GUESS" in text and "unknown family: a guess" in "\n".join(lines(found, Http()))
    guide = [f"{site.section}zn.html"]
    assert set(local.listed(portal)) == local.keys([site.url(paper) for paper in site.all()] + guide)


def test_a_challenge_is_named_and_asked_no_further() -> None:
    local = Local(Blocked().respond)
    found = local.probe()
    assert found.findings is not None and not found.findings.columns
    assert set(found.findings.challenges.values()) == {"加速乐"}
    assert "加速乐" in why_nothing(found, "http://x/")
    at_once = Local(Blocked().respond).probe("/xxgk/")
    assert (
        at_once.findings is None and "加速乐" in why_nothing(at_once, "http://x/") and at_once.requests == 1
    )


def test_a_shell_is_named() -> None:
    found = Local(Shell().respond).probe()
    assert found.findings is not None and not found.findings.columns
    assert "JavaScript shell" in why_nothing(found, "http://x/") and "'app'" in why_nothing(
        found, "http://x/"
    )


def test_no_more_is_asked_than_agreed_and_what_is_left_is_said() -> None:
    local = Local(Trs().respond)
    found = local.probe(limit=7)
    assert len(local.asked) <= 7
    assert found.findings is not None and found.findings.columns and found.findings.unopened > 0
    assert "Not everything was looked at" in drafted(found)[0]


def test_an_address_that_cannot_be_read_is_said_so() -> None:
    found = Local(Trs().respond).probe("/no/such/page")
    assert found.findings is None and "HTTP 404" in why_nothing(found, "http://x/")


def test_hostile_names_make_no_other_draft() -> None:
    site = Trs()

    class Hostile(Trs):
        def menu(self) -> str:
            return f'<ul><li><a href="{site.column_url("gfxwj")}" title="x">文件&#10;"]\\ [x]&#7;\x7f # = """ 规范性文件</a></li></ul>'

    text, portal = drafted(Local(Hostile().respond).probe())
    assert PortalFile.model_validate({"id": "draft", **tomllib.loads(text)}) == portal
    assert any(directory.name.endswith("规范性文件") for directory in portal.directories)


def test_documents_on_another_host_of_the_domain_are_the_portals() -> None:
    class Elsewhere(Trs):
        def url(self, paper: Paper) -> str:
            return "http://xxgk.linan.example.gov.cn" + super().url(paper)

    site = Elsewhere()
    local = Local(site.respond)
    _, portal = drafted(local.probe())
    assert portal.own_hosts == {"www.linan.example.gov.cn", "xxgk.linan.example.gov.cn"}
    assert set(local.listed(portal)) >= {url_key(site.url(paper)) for paper in site.all()}
