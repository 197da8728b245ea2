"""``gongkai restore``: a backup made while a crawl wrote becomes an archive that crawls on; killed, it goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.samples.load import LoadSite
from tests.proof.comparison import difference, state

from .conftest import Demo, Night
from .runner import Gongkai
from .test_backup import files, killed, sound


@pytest.fixture(scope="module")
def backup(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Gongkai:
    """A backup of the demo's archive; read only."""
    folder = tmp_path_factory.mktemp("backup") / "backup"
    assert demo.gongkai("backup", str(folder)).code == 0
    return Gongkai(folder)


@pytest.fixture
def restored(tmp_path: Path) -> Gongkai:
    """Where the archive is restored."""
    return Gongkai(tmp_path / "restored")


def test_a_backup_made_while_a_crawl_wrote(gongkai: Gongkai, restored: Gongkai, tmp_path: Path) -> None:
    """The backfill goes on in the restored archive and ends with what the first one has."""
    with LoadSite(pages=200, page_bytes=15_000, rows=20) as site:
        site.write_portal_file(gongkai.data / "portals", concurrency=4)
        settings = gongkai.data / "gongkai.toml"
        settings.write_text('[webhook]\nurl = "http://127.0.0.1:1/secret"\n', "utf-8")
        settings.chmod(0o600)
        gongkai.kill_when("SELECT count(*) > 20 FROM documents", "backfill", "load", "--limit", "60")
        crawl = gongkai.start("backfill", "load")
        try:
            gongkai.wait_for("SELECT count(*) > 70 FROM documents")
            assert gongkai("backup", str(tmp_path / "backup")).code == 0
            assert crawl.poll() is None, "the crawl was over before the backup"
            assert crawl.wait(timeout=60) == 0
        finally:
            crawl.kill()
            crawl.wait()
        ran = restored("restore", str(tmp_path / "backup"), "--json")
        assert ran.code == 0, ran.err
        assert ran.json()["troubles"] == [] and ran.json()["unchecked_files"] == 0
        copied = restored.data / "gongkai.toml"
        assert (copied.read_bytes(), copied.stat().st_mode & 0o777) == (settings.read_bytes(), 0o600)
        sound(restored, whole_only=True)
        assert 70 < restored.count("documents") < 200
        assert restored("backfill", "load").code == 0
    sound(restored, whole_only=True)
    assert restored.count("documents") == gongkai.count("documents") == 200
    assert not {"restore.lock", "captures.tsv", "files.tsv"} & {path.name for path in restored.data.iterdir()}


def test_the_next_night_is_that_of_the_first_archive(night: Night, restored: Gongkai, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    assert night.gongkai("backup", str(backup)).code == 0
    (night.gongkai.data / "portals" / "left.toml").write_text("schema = 1", "utf-8")
    assert night.gongkai("backup", str(backup)).code == 0
    (night.gongkai.data / "portals" / "left.toml").unlink()
    assert night.gongkai("backup", str(backup)).code == 0
    assert restored("restore", str(backup)).code == 0
    assert files(restored) == files(night.gongkai)
    assert not (restored.data / "portals" / "left.toml").exists(), "what was deleted stays deleted"
    assert difference(state(night.gongkai.data), state(restored.data)) == ""
    night.server.edition = 2
    for gongkai in (night.gongkai, restored):
        assert gongkai("crawl", "yunling", now="2026-06-02T02:00:00+08:00").code == 0
    assert restored.count("revisions") == night.gongkai.count("revisions")
    held = "holds an archive with documents"
    assert held in restored("restore", str(backup)).complained(2)


def test_places_that_are_refused(backup: Gongkai, restored: Gongkai, tmp_path: Path) -> None:
    assert "no backup" in restored("restore", str(tmp_path / "nowhere")).complained(2)
    assert "in each other" in backup("restore", str(backup.data)).complained(2)
    assert restored("init").code == 0
    restored.portal("own", "schema = 1")
    assert "own.toml" in restored("restore", str(backup.data)).complained(2)
    (restored.data / "portals" / "own.toml").unlink()
    strange = restored.data / "captures" / "x" / "2026" / "y.warc.gz"
    strange.parent.mkdir(parents=True)
    strange.touch()
    assert "captures of another archive" in restored("restore", str(backup.data)).complained(2)
    strange.unlink()
    assert restored("restore", str(backup.data)).code == 0, "what init has just made may be replaced"
    sound(restored)


def test_what_is_damaged_or_missing_is_named_and_the_rest_restored(
    backup: Gongkai, restored: Gongkai, tmp_path: Path
) -> None:
    hurt = backup.copy_to(tmp_path / "hurt")
    first, second, third = sorted((hurt.data / "captures").rglob("*.warc.gz"))[:3]
    content = bytearray(first.read_bytes())
    content[len(content) // 2] ^= 1
    first.write_bytes(content)
    second.unlink()
    third.write_bytes(third.read_bytes()[:-100])
    (hurt.data / "portals").rename(hurt.data / "elsewhere")
    sentence = restored("restore", str(hurt.data)).complained(1)
    names = [path.relative_to(hurt.data / "captures").as_posix() for path in (first, second, third)]
    assert f"damaged: {names[0]}" in sentence and f"missing: {names[1]}" in sentence
    assert f"shorter than they were copied: {names[2]}" in sentence and "missing: portals/" in sentence
    assert restored.count("documents") == backup.count("documents")
    assert restored("verify", "--deep").code == 1
    database = hurt.data / "gongkai.db"
    database.write_bytes(database.read_bytes()[:20_000])
    assert "rebuild --from" in Gongkai(tmp_path / "again")("restore", str(hurt.data)).complained(1)
    assert not (tmp_path / "again").exists()


def test_killed_it_goes_on(backup: Gongkai, restored: Gongkai, tmp_path: Path) -> None:
    report = tmp_path / "seams.json"
    counted = Gongkai(tmp_path / "counted")
    assert killed(counted, f"count:{report}", "restore", str(backup.data)) == 0
    seams = json.loads(report.read_text(encoding="utf-8"))
    kills = 0
    for seam in ("before-fsync", "before-file"):
        most = seams.get(seam, 0)
        for number in sorted({1, most // 2} & set(range(1, most + 1))):
            code = killed(restored, f"{seam}:{number}", "restore", str(backup.data))
            kills += code != 0
            if (restored.data / "gongkai.db").exists():
                assert difference(state(backup.data), state(restored.data)) == ""
                break
            assert "no archive" in restored("verify").complained(2)
    assert kills >= 2, seams
    if (restored.data / "restore.lock").exists():
        assert restored("restore", str(backup.data)).code == 0
    sound(restored)
    assert files(restored) == files(backup)
    assert difference(state(backup.data), state(restored.data)) == ""
