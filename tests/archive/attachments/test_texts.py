"""The texts of files and the search index agree, whatever happens to documents and files in between."""

from __future__ import annotations

import random
from typing import Any

import pytest

from archive.attachments.texts import SHARDS, files_to_read, index_texts, still_waits, write_text
from archive.search import check_index, search

from .conftest import Files, facts
from .test_joining import join, two

VERSION = "0123abcd"
ONE, TWO = facts("1").digest, facts("2").digest


def waiting(files: Files, version: str = VERSION, **more: Any) -> list[str]:
    """The digests that wait, of all shards."""
    return [digest for shard in SHARDS for digest in files_to_read(files.db, version, shard, **more)]


def read(files: Files, content: str, text: str = "", status: Any = "ok", version: str = VERSION) -> int:
    """The file with this content is read."""
    return write_text(files.db, facts(content).digest, text=text, status=status, note=None, version=version)


def hits(files: Files, query: str) -> list[str]:
    """Titles of what a search finds; the index is what a fresh one would be."""
    assert check_index(files.db) == []
    return sorted(hit.title or "" for hit in search(files.db, query).hits)


def test_every_document_with_the_file_is_found(files: Files) -> None:
    for path in "abc":
        files.links(f"/{path}", "1.pdf")
    files.brings("1.pdf", "1")
    assert waiting(files) == [ONE] == waiting(files, portal="sample") and waiting(files, portal="other") == []
    assert hits(files, "海棠") == []
    assert read(files, "1", "种海棠的人，电话13812345678") == 3
    assert len(hits(files, "海棠")) == 3 and hits(files, "13812345678") == []
    assert waiting(files) == [] and not still_waits(files.db, VERSION, ONE)
    files.links("/d", "1.pdf")
    files.brings("1.pdf", "1")
    assert len(hits(files, "海棠")) == 3
    assert index_texts(files.db) == 1 and len(hits(files, "海棠")) == 4


def test_who_waits(files: Files) -> None:
    files.links("/a", "1.pdf")
    files.brings("1.pdf", "1")
    read(files, "1", "文字")
    assert waiting(files, f"{VERSION}+ocr") == [] and waiting(files, "ffffffff") == [ONE]
    for status, again in (("needs_ocr", [ONE]), ("unsupported", [ONE]), ("failed", []), ("too_large", [])):
        read(files, "1", "不算", status)
        assert hits(files, "不算") == [] and files.rows("SELECT text FROM files") == [None]
        assert waiting(files) == [] and waiting(files, f"{VERSION}+ocr") == again


def test_an_exchanged_file_is_searched_when_it_was_read(files: Files) -> None:
    files.links("/a", "1.pdf")
    files.brings("1.pdf", "1")
    read(files, "1", "海棠")
    files.brings("1.pdf", "2")
    assert len(hits(files, "海棠")) == 1
    read(files, "2", "木槿")
    assert hits(files, "海棠") == [] and len(hits(files, "木槿")) == 1
    files.brings("1.pdf", "1")
    assert index_texts(files.db) == 1
    assert len(hits(files, "海棠")) == 1 and hits(files, "木槿") == []


def test_joined_documents(files: Files) -> None:
    two(files)
    files.brings("1.pdf", "1")
    assert read(files, "1", "海棠") == 2
    join(files)
    assert len(hits(files, "海棠")) == 1


def test_a_text_that_changes_is_taken_out_exactly(files: Files) -> None:
    files.links("/a", "1.pdf", "2.pdf")
    files.brings("1.pdf", "1")
    files.brings("2.pdf", "1")
    assert read(files, "1", "海棠") == 2
    assert read(files, "1", "海棠", version="ffffffff") == 0
    assert read(files, "1", "木槿", version="eeeeeeee") == 2
    assert hits(files, "海棠") == [] and len(hits(files, "木槿")) == 1


def test_only_so_much_of_a_text_is_searched(files: Files) -> None:
    files.links("/a", "1.pdf", "2.pdf", "3.pdf")
    for number in "123":
        files.brings(f"{number}.pdf", number)
        read(files, number, f"{number}号开头 " + "长" * 200_000 + f" {number}号末尾")
    assert len(hits(files, "1号开头")) == len(hits(files, "2号开头")) == 1
    assert hits(files, "1号末尾") == [] and hits(files, "3号开头") == []


@pytest.mark.parametrize("seed", range(8))
def test_any_order_of_events(files: Files, seed: int) -> None:
    chance = random.Random(seed)
    for step in range(40):
        name, content = chance.choice("12"), chance.choice("123")
        match chance.randrange(5):
            case 0:
                files.links(
                    f"/{chance.randrange(4)}", *(f"{n}.pdf" for n in chance.sample("12", chance.randrange(3)))
                )
            case 1:
                files.brings(f"{name}.pdf", content)
            case 2 if files.rows("SELECT 1 FROM files WHERE digest = ?", facts(content).digest):
                read(files, content, f"第{step}次读的{content}", chance.choice(["ok", "ok", "failed"]))
            case 3:
                files.visit(f"/{chance.randrange(4)}", title=f"改{step}", body_text=f"{step}。" * 60)
            case 4:
                index_texts(files.db)
    assert check_index(files.db) == []
    index_texts(files.db)
    assert check_index(files.db) == []
    behind = (
        "text_digest IS NOT digest AND digest NOT IN (SELECT digest FROM files WHERE text_status = 'pending')"
    )
    assert files.rows(f"SELECT id FROM attachments WHERE {behind}") == []
