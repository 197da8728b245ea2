"""Two documents that turn out to be one have one history of each file."""

from __future__ import annotations

import pytest

from .conftest import Files, facts

NUMBER = "000990101/2026-00001"
ONE, TWO = facts("1").digest, facts("2").digest


def two(files: Files) -> None:
    """Two documents with one file and one text, one of them without its number."""
    same = {"title": "关于同一件事的通知", "body_text": "同一件事。" * 60}
    files.links("/a", "1.pdf", **same)
    files.links("/b", "1.pdf", index_number=NUMBER, **same | {"title": "关于另一件事的通知"})


def join(files: Files) -> None:
    """The number is found at the first one as well."""
    same = {"title": "关于同一件事的通知", "body_text": "同一件事。" * 60}
    files.links("/a", "1.pdf", index_number=NUMBER, **same)
    assert files.events().count("joined") == 1
    assert files.count("documents") == files.count("attachments") == 1


def test_one_history(files: Files) -> None:
    two(files)
    assert files.count("documents") == 2
    files.brings("1.pdf", "1")
    files.brings("1.pdf", "2")
    join(files)
    assert files.versions("1.pdf") == [ONE, TWO]
    assert files.open_findings() == [("attachment-replaced", "warning")]
    assert files.states()[0][1] == "ok"
    files.brings("1.pdf", "1")
    assert files.versions("1.pdf") == [ONE, TWO, ONE]
    assert files.open_findings() == [("attachment-replaced", "warning")]


@pytest.mark.parametrize("comes", [True, False])
def test_what_is_open_is_open_once(files: Files, comes: bool) -> None:
    two(files)
    files.misses("1.pdf")
    assert len(files.open_findings()) == 2
    join(files)
    assert files.open_findings() == [("attachment-error", "warning")]
    if comes:
        files.brings("1.pdf", "1")
        assert files.open_findings() == []
        assert files.versions("1.pdf") == [ONE]
    else:
        files.misses("1.pdf")
        assert files.open_findings() == [("attachment-error", "warning")]


def test_a_file_that_only_one_had(files: Files) -> None:
    files.links("/a", "1.pdf", title="关于同一件事的通知", body_text="同一件事。" * 60)
    files.brings("1.pdf", "1")
    files.links("/b", "1.pdf", index_number=NUMBER, title="关于另一件事的通知", body_text="同一件事。" * 60)
    join(files)
    assert files.states()[0][1:] == ("ok", ONE[7:13])
    assert files.versions("1.pdf") == [ONE]
