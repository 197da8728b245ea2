"""A disk that takes no more: one sentence, exit 1, what was committed is whole, and the next run completes."""

from __future__ import annotations

import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from crawler.samples.load import LoadSite

from .runner import Gongkai

PAGES = 200
KIB = 1024


def bound_files(size: int) -> None:
    """In the new process: no file may grow beyond ``size``; a write fails with EFBIG instead of a signal."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.fixture(scope="module")
def site() -> Iterator[LoadSite]:
    """A portal of 200 documents that do not compress to nothing."""
    with LoadSite(pages=PAGES, page_bytes=20_000, rows=20) as running:
        yield running


def check_then_finish(gongkai: Gongkai, kept: int) -> None:
    """What was archived is whole; with room again the backfill goes on to its end."""
    documents = gongkai.count("documents") if gongkai.count("sqlite_schema", "name = 'documents'") else 0
    assert kept <= documents < PAGES
    if documents:
        deep = gongkai("verify", "--deep")
        assert deep.code == 0 and "unpacked and hashed" in deep.out and "revisions read again" in deep.out
    ran = gongkai("backfill", "load")
    assert ran.code == 0, ran.err
    assert gongkai.count("documents") == gongkai.count("revisions") == gongkai.count("entries") == PAGES
    verified = gongkai("verify", "--deep", "--json")
    assert verified.code == 0, verified.out


@pytest.mark.parametrize("size", [16 * KIB, 100 * KIB, 400 * KIB, 1400 * KIB])
def test_a_file_that_may_not_grow(gongkai: Gongkai, site: LoadSite, size: int) -> None:
    site.write_portal_file(gongkai.data / "portals")
    sentence = gongkai("backfill", "load", before=partial(bound_files, size)).complained(1)
    assert "load" in sentence
    assert gongkai("init").code == 0
    check_then_finish(gongkai, 0)


def test_what_was_committed_before_is_intact(gongkai: Gongkai, site: LoadSite) -> None:
    site.write_portal_file(gongkai.data / "portals")
    assert gongkai("backfill", "load", "--limit", "40").code == 0
    before = gongkai.query("SELECT uid, content_hash, body_text FROM documents ORDER BY id")
    assert len(before) == 40
    gongkai("backfill", "load", before=partial(bound_files, 300 * KIB)).complained(1)
    assert gongkai.query("SELECT uid, content_hash, body_text FROM documents ORDER BY id")[:40] == before
    check_then_finish(gongkai, 40)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[tuple[Path, Callable[[], None] | None]]:
    """A folder on a disk of 4 MiB; where none may be mounted, any folder and a bound on each file."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True, check=False
    )
    yield folder, None if mounted.returncode == 0 else partial(bound_files, 700 * KIB)
    if mounted.returncode == 0:
        subprocess.run(["umount", folder], check=True)


def test_a_small_disk(
    small_disk: tuple[Path, Callable[[], None] | None], tmp_path: Path, site: LoadSite
) -> None:
    folder, before = small_disk
    gongkai = Gongkai(folder)
    site.write_portal_file(folder / "portals")
    sentence = gongkai("backfill", "load", before=before).complained(1)
    assert "load" in sentence
    assert "kept" in sentence
    elsewhere = gongkai.copy_to(tmp_path / "elsewhere")
    check_then_finish(elsewhere, 1)
