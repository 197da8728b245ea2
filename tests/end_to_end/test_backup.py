"""``gongkai backup``: the copy is an archive, also while crawls write; killed, it is the copy before."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

import archive.backup
from archive.captures.copying import plan_copy
from archive.layout import DataDirectory
from crawler.samples.load import LoadSite
from tests.proof.comparison import difference, state

from .conftest import Demo, Night
from .runner import TIMEOUT, Gongkai
from .test_full_disk import bound_files, small_disk

__all__ = ["small_disk"]

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copied(demo: Demo, tmp_path: Path) -> Gongkai:
    """A copy of the demo's archive that may be changed."""
    return demo.gongkai.copy_to(tmp_path / "copy")


@pytest.fixture
def dest(tmp_path: Path) -> Gongkai:
    """Where the backup goes."""
    return Gongkai(tmp_path / "backup")


def files(gongkai: Gongkai) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (gongkai.data / "captures").rglob("*.warc.gz")}


def sound(gongkai: Gongkai, *, whole_only: bool = False) -> None:
    """Clean; with ``whole_only`` captures may lie in the files that the database does not know yet."""
    ran = gongkai("verify", "--deep", "--sample", "0", "--json")
    assert ran.code == 0, ran.out + ran.err
    assert whole_only or not ran.json()["problems"], ran.out


def test_the_second_copies_what_is_new(night: Night, dest: Gongkai) -> None:
    gongkai = night.gongkai
    first = gongkai("backup", str(dest.data), "--json")
    assert first.code == 0, first.err
    assert (first.json()["capture_files_copied"], first.json()["capture_files_known"]) == (
        len(files(gongkai)),
        0,
    )
    sound(dest)
    assert files(dest) == files(gongkai)
    assert difference(state(gongkai.data), state(dest.data)) == ""
    night.server.edition = 2
    assert gongkai("crawl", "yunling", now="2026-06-02T02:00:00+08:00").code == 0
    second = gongkai("backup", str(dest.data), "--json").json()
    assert (second["capture_files_copied"], second["capture_files_known"]) == (1, len(files(gongkai)) - 1)
    sound(dest)
    assert files(dest) == files(gongkai)
    assert difference(state(gongkai.data), state(dest.data)) == ""
    assert (dest.data / "portals" / "yunling.toml").read_bytes() == (
        gongkai.data / "portals" / "yunling.toml"
    ).read_bytes()
    assert dest("crawl", "yunling", now="2026-06-03T02:00:00+08:00").code == 0, "a backup is a data directory"
    assert "crawls of its own" in gongkai("backup", str(dest.data)).complained(2)


def test_while_a_crawl_writes(gongkai: Gongkai, dest: Gongkai) -> None:
    with LoadSite(pages=500, page_bytes=20_000, rows=20) as site:
        site.write_portal_file(gongkai.data / "portals", concurrency=4)
        crawl = gongkai.start("backfill", "load")
        try:
            gongkai.wait_for("SELECT count(*) > 20 FROM documents")
            counts = []
            while crawl.poll() is None:
                assert gongkai("backup", str(dest.data)).code == 0
                sound(dest, whole_only=True)
                counts.append(dest.count("documents"))
            assert crawl.returncode == 0
        finally:
            crawl.kill()
            crawl.wait()
    assert counts == sorted(counts) and len(set(counts)) > 1, counts
    assert gongkai("backup", str(dest.data)).code == 0
    assert files(dest) == files(gongkai)
    assert difference(state(gongkai.data), state(dest.data)) == ""


def test_half_a_record_of_a_crawl_is_not_copied(copied: Gongkai, dest: Gongkai) -> None:
    data, target = DataDirectory(copied.data), DataDirectory(dest.data)
    path = sorted(data.captures.rglob("*.warc.gz"))[0]
    file, whole = path.relative_to(data.captures).as_posix(), path.stat().st_size
    with path.open("ab") as stream:
        stream.write(path.read_bytes()[:100])
    data.locks.mkdir(exist_ok=True)
    with (data.locks / f"{file.partition('/')[0]}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ends = {part.file: part.end for part in plan_copy(data, target, {file: 0}).files}
        assert ends[file] == whole
    ends = {part.file: part.end for part in plan_copy(data, target, {file: 0}).files}
    assert ends[file] == whole + 100, "nobody writes to it any more: it is copied as it is"


def test_places_that_are_refused(copied: Gongkai, dest: Gongkai, first_night: Night, tmp_path: Path) -> None:
    inside = copied.data / "captures" / "backup"
    for place in (copied.data, inside, copied.data.parent):
        assert "in each other" in copied("backup", str(place)).complained(2)
    assert not inside.exists()
    assert first_night.gongkai("backup", str(dest.data)).code == 0
    assert "another archive" in copied("backup", str(dest.data)).complained(2)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("x", encoding="utf-8")
    assert "letter.txt" in copied("backup", str(tmp_path / "home")).complained(2)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert "no folder" in copied("backup", str(tmp_path / "file")).complained(2)
    assert copied("backup", str(tmp_path / "file" / "below")).complained(1)
    assert "no archive" in Gongkai(tmp_path / "nowhere")("backup", str(tmp_path / "new")).complained(2)
    assert not (tmp_path / "new").exists()


def test_too_little_room_is_said_before(
    copied: Gongkai, dest: Gongkai, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1 << 20))
    with pytest.raises(archive.backup.BackupRefused, match="has 1 MiB free"):
        archive.backup.backup(DataDirectory(copied.data), DataDirectory(dest.data), progress=lambda *_: None)
    assert not (dest.data / "gongkai.db").exists()


def test_a_disk_that_takes_no_more(
    copied: Gongkai, dest: Gongkai, small_disk: tuple[Path, Callable[[], None] | None]
) -> None:
    sentence = copied("backup", str(small_disk[0] / "backup"), before=small_disk[1]).complained(1)
    assert "room" in sentence or "kept" in sentence
    assert copied("backup", str(dest.data)).code == 0
    before = state(dest.data)
    copied.change("UPDATE documents SET title = '假'")
    for size in (0, 300 << 10, 1 << 20):
        said = copied("backup", str(dest.data), before=partial(bound_files, size)).complained(1)
        assert "kept" in said or "is the disk full" in said
        sound(dest)
        assert difference(before, state(dest.data)) == ""


def killed(gongkai: Gongkai, where: str, *words: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "tests.proof.killed", where, "--", *words],
        env=gongkai.environment(PYTHONPATH=str(ROOT)), capture_output=True, timeout=TIMEOUT, check=False, cwd=ROOT,
    )  # fmt: skip
    return done.returncode


def test_killed_it_is_the_one_before(night: Night, dest: Gongkai, tmp_path: Path) -> None:
    """At every step that reaches the disk: the database's pages, each capture file, the list, the exchange."""
    gongkai = night.gongkai
    assert gongkai("backup", str(dest.data)).code == 0
    before = state(dest.data)
    night.server.edition = 2
    ids = [row[0] for row in gongkai.query("SELECT id FROM portals")]
    assert gongkai("crawl", *ids, now="2026-06-02T02:00:00+08:00").code == 0
    after = state(gongkai.data)
    assert difference(before, after)
    report = tmp_path / "seams.json"
    counted = dest.copy_to(tmp_path / "counted")
    assert killed(gongkai, f"count:{report}", "backup", str(counted.data)) == 0
    seams = json.loads(report.read_text(encoding="utf-8"))
    kills = 0
    for seam in ("before-fsync", "before-file", "after-file"):
        most = seams.get(seam, 0)
        for number in sorted({1, 2, 3, most // 2, most - 1, most} & set(range(1, most + 1))):
            code = killed(gongkai, f"{seam}:{number}", "backup", str(dest.data))
            if code == 0:  # what a killed one did need not be done again
                continue
            kills += 1
            assert dest("verify").code == 0
            assert "" in (difference(before, state(dest.data)), difference(after, state(dest.data)))
            if not difference(after, state(dest.data)):
                break
    assert kills >= 6, seams
    assert gongkai("backup", str(dest.data)).code == 0
    sound(dest)
    assert difference(after, state(dest.data)) == ""
    assert files(dest) == files(gongkai)


def test_a_log_beside_the_one_before_is_not_taken_for_its_own(copied: Gongkai, dest: Gongkai) -> None:
    """Something wrote to the backup and was killed: its write-ahead log must not be put on the new database."""
    assert copied("backup", str(dest.data)).code == 0
    script = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA journal_mode=WAL'); c.execute(\"UPDATE documents SET title = '旧'\"); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, str(dest.data / "gongkai.db")], check=True)
    assert (dest.data / "gongkai.db-wal").stat().st_size
    assert copied("backup", str(dest.data)).code == 0
    sound(dest)
    assert difference(state(copied.data), state(dest.data)) == ""


def test_a_file_that_the_archive_lost_is_told_and_kept(copied: Gongkai, dest: Gongkai) -> None:
    assert copied("backup", str(dest.data)).code == 0
    path = max((copied.data / "captures").rglob("*.warc.gz"), key=lambda one: one.stat().st_size)
    os.truncate(path, path.stat().st_size // 2)
    assert "were copied before" in copied("backup", str(dest.data)).complained(1)
    sound(dest)
    path.unlink()
    assert copied("backup", str(dest.data)).code == 0
    sound(dest)


def test_a_list_that_is_gone_costs_reading_only(copied: Gongkai, dest: Gongkai) -> None:
    assert copied("backup", str(dest.data)).code == 0
    (dest.data / "captures.tsv").unlink()
    ran = copied("backup", str(dest.data), "--json")
    assert (ran.code, ran.json()["capture_bytes_copied"]) == (0, 0)
    with sqlite3.connect(dest.data / "gongkai.db") as one:
        assert one.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    one.close()
