"""A data directory on a read-only disk: it can be read, verified and backed up; what would write says so and does not."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Demo
from .runner import Gongkai


@pytest.fixture
def shelf(demo: Demo, tmp_path: Path) -> Iterator[Gongkai]:
    """The demo's archive, its search index emptied, where nothing can be written."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    mounted = not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", folder], capture_output=True, check=False
    ).returncode
    gongkai = Gongkai(folder / "data")
    shutil.copytree(demo.gongkai.data, gongkai.data)
    gongkai.change("INSERT INTO documents_fts(documents_fts) VALUES ('delete-all')")
    if mounted:
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    else:  # as a user who is not root
        for path in sorted(gongkai.data.rglob("*"), reverse=True):
            path.chmod(0o555 if path.is_dir() else 0o444)
        gongkai.data.chmod(0o555)
    yield gongkai
    if mounted:
        subprocess.run(["umount", folder], check=True)
    else:
        subprocess.run(["chmod", "-R", "u+w", folder], check=True)


def test_it_is_read_and_backed_up_and_not_written_to(shelf: Gongkai, tmp_path: Path) -> None:
    before = (shelf.data / "gongkai.db").read_bytes()
    ran = shelf("verify", "--json")
    assert ran.code == 1 and {one["check"] for one in ran.json()["problems"]} == {"search"}
    sentence = shelf("verify", "--repair").complained(1)
    assert "gongkai.db" in sentence and ("read-only" in sentence or "readonly" in sentence)
    assert (shelf.data / "gongkai.db").read_bytes() == before
    backup = Gongkai(tmp_path / "backup")
    assert shelf("backup", str(backup.data)).code == 0
    assert backup("verify", "--repair").code == 0, "the backup can be written"
    assert backup("search", "公开", "--json").json()["total"] > 0


def test_a_backup_onto_it_is_refused_in_a_sentence(demo: Demo, shelf: Gongkai) -> None:
    for place in (shelf.data.parent / "new", shelf.data):
        sentence = demo.gongkai("backup", str(place)).complained(1)
        assert str(place) in sentence
    assert not (shelf.data.parent / "new").exists()
