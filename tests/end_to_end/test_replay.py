"""Rebuild and merge: the archive is what its captures say, however they came together."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.proof.comparison import State, difference, state
from tests.proof.nights import BACKFILL, CRAWL, StorySite, time_of

from .runner import Gongkai
from .test_quarantine import Redesigned, write_portal

VANTAGES = ("上海", "成都")


@dataclass(frozen=True)
class Shards:
    """Five nights of one portal: seen by one machine, and by two, one of which came on the odd nights."""

    whole: Path
    odd: Path
    even: Path
    state: State


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shards]:
    """Crawled once for all tests here; nobody writes to them."""
    folder = tmp_path_factory.mktemp("shards")
    with StorySite(4) as site:
        for name, nights in (("whole", (1, 2, 3, 4, 5)), ("odd", (1, 3, 5)), ("even", (2, 4))):
            gongkai = Gongkai(folder / name)
            site.write_portal_file(gongkai.data / "portals")
            if name != "whole":
                gongkai("init", "--vantage", VANTAGES[name == "even"])
            for night in nights:
                site.night = night
                words = BACKFILL if night == nights[0] else CRAWL
                ran = gongkai(*words, now=time_of(night))
                assert ran.code in (0, 1), ran.err
    whole, odd, even = (folder / name for name in ("whole", "odd", "even"))
    yield Shards(whole, odd, even, state(whole))


def same(shards: Shards, gongkai: Gongkai) -> None:
    """The archive is the one machine's, and sound."""
    assert difference(shards.state, state(gongkai.data), without=("walks",)) == ""
    verified = gongkai("verify", "--deep")
    assert verified.code == 0, verified.out


def test_the_story_happened(shards: Shards) -> None:
    whole = Gongkai(shards.whole)
    assert whole.count("revisions") > whole.count("documents") > 15
    assert whole.count("document_links") >= 1
    assert whole.count("sightings", "state = 'gone' OR gone_days > 0") + whole.count(
        "events", "kind = 'returned'"
    )


def test_a_deleted_database_is_rebuilt_from_the_captures(shards: Shards, tmp_path: Path) -> None:
    again = Gongkai(tmp_path / "again")
    captures = shutil.copytree(shards.whole / "captures", tmp_path / "captures")
    ran = again("rebuild", "--from", str(captures), "--json")
    assert ran.code == 0, ran.err
    assert ran.json()[0]["damages"] == []
    assert difference(shards.state, state(again.data)) == ""  # without a portal file: the captures hold it
    same(shards, again)
    assert not (again.data / "replay" / "story").exists()


@pytest.mark.parametrize("order", [("odd", "even"), ("even", "odd")])
def test_two_machines_make_one_history_in_either_order(
    shards: Shards, tmp_path: Path, order: tuple[str, str]
) -> None:
    into = Gongkai(tmp_path / "into")
    ran = into("merge", *(str(getattr(shards, name)) for name in order))
    assert ran.code == 0, ran.err
    same(shards, into)
    assert {row[0] for row in into.query("SELECT DISTINCT vantage FROM crawls")} == set(VANTAGES)


def test_a_shard_is_merged_into_a_living_archive_and_again(shards: Shards, tmp_path: Path) -> None:
    into = Gongkai(shutil.copytree(shards.odd, tmp_path / "into"))
    ids = dict(into.query("SELECT uid, id FROM documents"))
    told = into.query("SELECT seq, kind, at FROM events ORDER BY seq")
    assert into("merge", str(shards.even)).code == 0
    same(shards, into)
    kept = dict(into.query("SELECT uid, id FROM documents"))
    assert {uid: id_ for uid, id_ in kept.items() if uid in ids} == {
        uid: id_ for uid, id_ in ids.items() if uid in kept
    }
    assert into.query("SELECT seq, kind, at FROM events ORDER BY seq")[: len(told)] == told
    before = into.dump()
    again = into("merge", str(shards.even), "--json")
    assert again.code == 0
    assert [(one["new"], one["changed"], one["joined"]) for one in again.json()] == [(0, 0, 0)]
    assert into.dump() == before


def test_every_uid_that_a_shard_showed_leads_somewhere(shards: Shards, tmp_path: Path) -> None:
    into = Gongkai(tmp_path / "into")
    assert into("merge", str(shards.even), str(shards.odd)).code == 0
    known = {uid for (uid,) in into.query("SELECT uid FROM document_uids")}
    for shard in (shards.odd, shards.even):
        assert {uid for (uid,) in Gongkai(shard).query("SELECT uid FROM document_uids")} <= known


def test_damage_is_named_and_contained(shards: Shards, tmp_path: Path) -> None:
    captures = shutil.copytree(shards.whole / "captures", tmp_path / "captures")
    whole = Gongkai(shards.whole)
    victim, file, offset, length = whole.query(
        "SELECT s.url_key, c.file, c.offset, c.length FROM captures AS c JOIN sightings AS s"
        " ON c.request_key = 'GET ' || s.url_key WHERE s.url_key LIKE '%/t20260105_900.html'"
        " ORDER BY c.fetched_at LIMIT 1"
    )[0]
    with (captures / file).open("r+b") as stream:
        stream.seek(offset + length // 2)
        byte = stream.read(1)
        stream.seek(offset + length // 2)
        stream.write(bytes([byte[0] ^ 0xFF]))
    again = Gongkai(tmp_path / "again")
    ran = again("rebuild", "--from", str(captures))
    assert ran.code == 1
    assert f"offset {offset} of {file}" in ran.err
    lost = difference(shards.state, state(again.data), without=("walks",))
    uid = whole.query("SELECT uid FROM documents WHERE url LIKE '%/t20260105_900.html'")[0][0]
    assert all("900.html" in line or uid in line for line in lost.splitlines()), lost
    assert victim in {key for (key,) in again.query("SELECT url_key FROM sightings")}
    refused = Gongkai(shutil.copytree(shards.whole, tmp_path / "living"))
    shutil.copyfile(captures / file, refused.data / "captures" / file)
    before = refused.dump()
    sentence = refused("merge", str(shards.odd)).complained(1)
    assert file in sentence and "as it was" in sentence
    assert refused.dump() == before


def test_bad_input_is_one_sentence(shards: Shards, tmp_path: Path) -> None:
    living = Gongkai(shutil.copytree(shards.odd, tmp_path / "living"))
    before = living.dump()
    assert "there is an archive" in living("rebuild", "--from", str(shards.whole)).complained(2)
    assert "no data directory" in living("merge", str(tmp_path / "nowhere")).complained(2)
    assert "is the archive itself" in living("merge", str(living.data)).complained(2)
    (tmp_path / "empty").mkdir()
    assert "has no captures" in living("merge", str(tmp_path / "empty")).complained(2)
    unborn = Gongkai(tmp_path / "unborn")
    assert "has no captures" in unborn("rebuild", "--from", str(tmp_path / "nowhere")).complained(2)
    assert "has no captures" in unborn("merge", str(tmp_path / "empty")).complained(2)
    assert not unborn.data.exists()
    other = shutil.copytree(shards.odd / "captures", tmp_path / "other" / "captures")
    changed = sorted(other.glob("*/*/*.gz"))[0]
    changed.write_bytes(changed.read_bytes()[:-1] + b"\7")
    assert "hold different captures" in living("merge", str(tmp_path / "other")).complained(2)
    assert living.dump() == before


def test_a_rebuild_that_was_killed_goes_on(shards: Shards, tmp_path: Path) -> None:
    again = Gongkai(tmp_path / "again")
    again.data.mkdir()
    process = again.start("rebuild", "--from", str(shards.whole))
    scratch = again.data / "replay" / "story" / "archive.db"
    for _ in range(20_000):
        if scratch.exists() or process.poll() is not None:
            break
    process.kill()
    process.wait()
    ran = again("rebuild", "--from", str(shards.whole))
    assert ran.code == 0, ran.err
    assert difference(shards.state, state(again.data)) == ""


def test_what_was_held_back_and_released_is_so_again(tmp_path: Path) -> None:
    redesigned = Redesigned()
    living = Gongkai(tmp_path / "living")
    with redesigned.site as site:
        write_portal(living, site)
        for night, layout in ((1, "old"), (2, "old"), (3, "old"), (4, "blank")):
            redesigned.layout = layout
            living("crawl", "local", "--sweep", "--revisit", "all", now=time_of(night))
    assert living.count("revisions", "status = 'quarantined'") > 10
    rebuild_equals(living, tmp_path / "held")
    assert living("portals", "release", "local", now=time_of(5)).code == 0
    assert living.count("revisions", "status = 'quarantined'") == 0
    rebuild_equals(living, tmp_path / "released")


def rebuild_equals(living: Gongkai, folder: Path) -> None:
    """An archive rebuilt from the living one's captures is the same."""
    again = Gongkai(folder)
    ran = again("rebuild", "--from", str(living.data))
    assert ran.code == 0, ran.err
    assert difference(state(living.data), state(again.data)) == ""
