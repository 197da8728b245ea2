"""``gongkai demo``: two nights at the sample portals, in an environment that has nothing but a path."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from crawler.samples.data import PORTAL_IDS
from crawler.samples.server import SampleServer

from .conftest import Demo
from .runner import Gongkai

NUMBERS = tomllib.loads(files("crawler.samples").joinpath("expected.toml").read_text(encoding="utf-8"))
LISTED = """
    SELECT d.key, count(e.sighting_id) FROM directories d LEFT JOIN entries e ON e.directory_id = d.id
      AND e.last_walk_id = (SELECT max(id) FROM walks WHERE directory_id = d.id)
    WHERE portal = ? AND d.expect <> 'single' GROUP BY d.key
"""
"""What the last walk found, by directory."""
EXPECTED = SampleServer().expected(2)


def test_it_ends_well_and_says_what_landed_and_what_to_type_next(demo: Demo) -> None:
    assert demo.ran.code == 0, demo.ran.err
    assert demo.ran.err == ""
    assert re.search(rf"文件 documents +│ {demo.gongkai.count('documents')} +│", demo.ran.out)
    assert re.search(rf"附件原件 files kept +│ {demo.gongkai.count('files')} +│", demo.ran.out)
    assert re.search(r"附件同名更换 replaced under its name +│ 1 +│", demo.ran.out)
    assert re.search(r"转载组 republished elsewhere, in groups +│ 1 +│", demo.ran.out)
    assert {portal for (portal,) in demo.gongkai.query("SELECT portal FROM mirrors")} == {
        "qinghewan",
        "bailuzhou",
    }
    assert demo.gongkai.count("files", "text_status <> 'ok'") == 0
    for verb in ("search 公开", "serve", "verify"):
        assert f"gongkai {verb} --data {demo.gongkai.data}" in demo.ran.out


def test_the_commands_that_it_names_work(demo: Demo) -> None:
    found = demo.gongkai("search", "公开", "--data", str(demo.gongkai.data))
    assert found.code == 0
    assert "公开" in found.out
    assert demo.gongkai("verify").code == 0


def test_people_are_told_beijings_time(demo: Demo) -> None:
    for words in (("portals", "list"), ("status",)):
        said = demo.gongkai(*words).out
        assert re.search(r"\d\d:\d\d \+08:00", said) and not re.search(r"T\d\d:\d\d:\d\d", said), said
    (finding,) = (
        json["message"] for json in demo.gongkai.rows("findings") if json["rule"] == "attachment-replaced"
    )
    (uid,) = demo.gongkai.query(
        "SELECT d.uid FROM findings AS f JOIN documents AS d ON d.id = f.document_id WHERE f.message = ?",
        finding,
    )[0]
    told = demo.gongkai("show", uid).out.partition("附件被更换")[2].partition("\n")[0]
    assert "同一网址换了文件" in told and told.count("+08:00") == 2 and "Z" not in told


@pytest.mark.parametrize("portal", PORTAL_IDS)
def test_the_archive_is_what_expected_toml_says(demo: Demo, portal: str) -> None:
    said: dict[str, Any] = NUMBERS["edition2"][portal]
    count = demo.gongkai.count
    here = f"portal = '{portal}'"
    document_here = f"document_id IN (SELECT id FROM documents WHERE {here})"
    assert count("documents", here) == said["documents"]
    assert count("sightings", f"{here} AND document_id IS NOT NULL") == said["sightings"]
    assert count("sightings", f"{here} AND state = 'offsite'") == said["offsite"]
    assert count("sightings", f"{here} AND state = 'blocked'") == said["blocked"]
    assert count("sightings", f"{here} AND state = 'error'") == said["failing"] + said["forbidden"]
    assert count("sightings", f"{here} AND state = 'gone'") == said["gone"]
    assert count("events", f"kind = 'revised' AND {document_here}") == said["edited"]
    assert count("events", f"kind = 'new' AND {document_here}") == said["documents"]
    files = sum(
        document.kind == "file" for document in EXPECTED[portal].documents
    )  # each is its own attachment
    assert count("attachments", document_here) == said["attachments"] + files
    assert count("attachments", f"state NOT IN ('ok', 'gone') AND {document_here}") == 0
    assert count("attachments", f"digest IS NULL AND {document_here}") == 0
    replaced = f"rule = 'attachment-replaced' AND {document_here}"
    assert count("findings", replaced) == said["replaced"]
    assert count("events", f"kind = 'attachment-changed' AND {document_here}") == said["replaced"]
    assert (
        count("document_links", f"relation = 'shares-number' AND {document_here}") == said["shared_numbers"]
    )
    numbers = "SELECT count(DISTINCT index_number) FROM documents WHERE portal = ?"
    assert demo.gongkai.query(numbers, portal) == [(said["index_numbers"],)]
    assert dict(demo.gongkai.query(LISTED, portal)) == said["entries"]


@pytest.mark.parametrize("portal", PORTAL_IDS)
def test_titles_and_numbers(demo: Demo, portal: str) -> None:
    found = demo.gongkai.query("SELECT title, index_number FROM documents WHERE portal = ?", portal)
    expected = EXPECTED[portal]
    assert Counter(found) == Counter(
        (document.title, document.index_number) for document in expected.documents
    )
    gone = demo.gongkai.query(
        "SELECT d.title FROM sightings s JOIN documents d ON d.id = s.document_id"
        " WHERE s.portal = ? AND s.state = 'gone' AND d.withdrawn_at IS NULL AND d.body_text <> ''",
        portal,
    )
    assert gone == [(title,) for title in expected.gone]


def test_a_demo_replaces_an_older_one_and_nothing_else(demo: Demo, tmp_path: Path) -> None:
    assert not (demo.gongkai.data / "letter.txt").exists(), "the folder was an older demo's, with this in it"
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    sentence = Gongkai(tmp_path)("demo", "--data", str(tmp_path)).complained(2)
    assert str(tmp_path) in sentence and "--data" in sentence
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"letter.txt": b"dear"}
    assert Gongkai(tmp_path)("demo", "--data", str(tmp_path / "letter.txt")).code == 2
