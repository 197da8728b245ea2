"""The bundled portal files: all load, say where each was seen, are off, and can be asked for a first page."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.urls import host_of
from crawler.cli import main
from crawler.engines import ENGINES
from crawler.platforms.loader import families
from crawler.portals.loader import BUNDLED, list_portals
from crawler.portals.model import Portal
from crawler.portals.plan import plan

PROVINCES = {
    *(str(code) for code in (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47))),
    *(str(code) for code in (*range(50, 55), *range(61, 66))),
}
"""The first two digits of the codes of GB/T 2260."""
NOW = date(2026, 11, 1)

KNOWN = list_portals(None)
each = pytest.mark.parametrize("portal", KNOWN.portals, ids=[portal.id for portal in KNOWN.portals])


def test_there_are_enough_of_enough_families() -> None:
    assert KNOWN.errors == []
    assert len(KNOWN.portals) >= 40
    named = {planned(portal, key)[0] for portal in KNOWN.portals for key in keys(portal)}
    assert named <= set(families()) and len(named) >= 12
    assert len({portal.name for portal in KNOWN.portals}) == len(KNOWN.portals)
    assert len({portal.region_code[:2] for portal in KNOWN.portals if portal.region_code}) >= 25


def keys(portal: Portal) -> list[str]:
    return [directory.key for directory in portal.directories]


def planned(portal: Portal, key: str) -> tuple[str, str]:
    """The family of a directory, and the address that is asked first."""
    directory = portal.directory(key)
    assert directory is not None
    made = plan(portal, directory, NOW)
    return made.family, ENGINES[made.engine].first(made).url


@each
def test_it_is_off_says_where_it_was_seen_and_names_its_place(portal: Portal) -> None:
    assert not portal.enabled
    assert portal.evidence and re.match(r"§\d", portal.evidence)
    assert portal.region_code is None or portal.region_code[:2] in PROVINCES
    if portal.site_code is not None:  # a division's code and a serial (platforms.md §28)
        assert len(portal.site_code) == 10 and portal.site_code[:2] == (portal.region_code or "")[:2]
    assert portal.http.delay >= 1 and not portal.http.allow_private_hosts
    head = (BUNDLED / f"{portal.id}.toml").read_text("utf-8").partition("schema = 1")[0]
    assert head.startswith(f"# {portal.name}") and "platforms.md §" in head
    assert portal.verified_on is not None or "Nobody has crawled it" in head


@each
def test_each_directory_can_be_asked_for_on_a_host_of_its_own(portal: Portal) -> None:
    assert all(host.endswith(".gov.cn") for host in portal.own_hosts)
    for key in keys(portal):
        _, address = planned(portal, key)
        assert host_of(address) in portal.own_hosts, key
    for era in portal.eras:
        made = plan(portal, portal.directories[0], era.until)
        assert ENGINES[made.engine].first(made).url


def test_the_list_can_be_narrowed_to_a_family_and_a_region(tmp_path: Path) -> None:
    def listed(*words: str) -> list[dict[str, str]]:
        ran = CliRunner().invoke(main, ["portals", "list", "--json", "--data", str(tmp_path), *words])
        assert ran.exit_code == 0
        rows: list[dict[str, str]] = json.loads(ran.stdout)
        return rows

    everything = listed()
    assert len(everything) == len(KNOWN.portals)
    jiangsu = listed("--region", "32*")
    assert jiangsu and {row["region_code"][:2] for row in jiangsu} == {"32"}
    trs = listed("--family", "trs-*", "--region", "5*")
    assert trs and all(row["family"].startswith("trs-") and row["region_code"][0] == "5" for row in trs)
    ministries = listed("--region", "")
    assert ministries and all(row["region_code"] is None for row in ministries)
    assert listed("--enabled") == [] == listed("--family", "nothing")
    shown = CliRunner().invoke(main, ["portals", "list", "--data", str(tmp_path)]).output
    assert f"{len(KNOWN.portals)} 个门户" in shown and "411400" in shown
