"""``gongkai search`` finds exactly what LIKE finds on the folded columns: any two-character word, any one character."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from sqlite_utils import Database

from archive.search import fold, search
from archive.transaction import connect

from .conftest import Demo

COLUMNS = (
    "title",
    "body_text",
    "index_number",
    "index_number_raw",
    "document_number",
    "agency",
    "issuing_body",
)
WORDS = 400
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
TOO_FEW = 60
"""Fewer words than this in the sample would prove nothing."""


@pytest.fixture(scope="module")
def db(demo: Demo) -> Database:
    """The demo's archive, read only."""
    return connect(demo.gongkai.data / "gongkai.db", readonly=True)


@pytest.fixture(scope="module")
def like(demo: Demo) -> Callable[[str], set[str]]:
    """The uids of the documents in which a text stands, by LIKE on a table of folded columns."""
    memory = sqlite3.connect(":memory:")
    memory.execute("PRAGMA case_sensitive_like = ON")
    memory.execute("CREATE TABLE folded(uid, text)")
    attached = "attachments a JOIN documents d ON d.id = a.document_id"
    names = f"SELECT d.uid, a.name FROM {attached}"
    texts = (
        f"SELECT d.uid, f.text FROM {attached} JOIN files f ON f.digest = a.text_digest WHERE f.text <> ''"
    )
    for column in COLUMNS:
        rows = demo.gongkai.query(
            f"SELECT uid, {column} FROM documents WHERE {column} IS NOT NULL AND revision_id IS NOT NULL"
        )
        memory.executemany("INSERT INTO folded VALUES (?, ?)", [(uid, fold(text)) for uid, text in rows])
    for query in (names, texts):
        memory.executemany(
            "INSERT INTO folded VALUES (?, ?)", [(uid, fold(text)) for uid, text in demo.gongkai.query(query)]
        )

    def find(word: str) -> set[str]:
        escaped = re.sub(r"([%_\\])", r"\\\1", fold(word))
        rows = memory.execute(
            "SELECT DISTINCT uid FROM folded WHERE text LIKE ? ESCAPE '\\'", (f"%{escaped}%",)
        )
        return {uid for (uid,) in rows}

    return find


def uids(db: Database, query: str) -> set[str]:
    """What search finds."""
    page = search(db, query, limit=1000)
    assert not page.capped and page.total == len(page.hits)
    return {hit.uid for hit in page.hits}


def sample(demo: Demo, length: int) -> list[str]:
    """Pieces of the archived texts, the same at every run; pieces across a comma are none."""
    texts = [
        text
        for (text,) in demo.gongkai.query("SELECT title || '，' || body_text FROM documents ORDER BY title")
    ]
    runs = [run for text in texts for run in CHINESE.findall(text)]
    pieces = sorted({run[at : at + length] for run in runs for at in range(len(run) - length + 1)})
    return random.Random(1).sample(pieces, min(WORDS, len(pieces)))


@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_any_piece_of_the_texts(
    demo: Demo, db: Database, like: Callable[[str], set[str]], length: int
) -> None:
    words = sample(demo, length)
    assert len(words) > TOO_FEW
    wrong = {word: (len(uids(db, word)), len(like(word))) for word in words if uids(db, word) != like(word)}
    assert wrong == {}
    assert all(like(word) for word in words)


@pytest.mark.parametrize("word", ["息公", "开公", "报市", "公开公", "的关", "零零", "夏〇", "zz"])
def test_words_across_a_boundary_or_nowhere(db: Database, like: Callable[[str], set[str]], word: str) -> None:
    assert uids(db, word) == like(word)


@pytest.mark.parametrize(
    "query",
    [
        "公开 报告",
        "公开　报告",
        "2026 关于 公告",
        "通知 办公室",
        "2019 年度 工作报告",
        "a b",
        "公 开",
        "〔2026〕2号 停车",
    ],
)
def test_several_words_must_all_stand_there(
    db: Database, like: Callable[[str], set[str]], query: str
) -> None:
    expected = set.intersection(*(like(word) for word in query.split()))
    assert uids(db, query) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("ＡＢＣ", "abc"), ("２０２６", "2026"), ("報告", "报告"), ("公開", "公开"), ("XK-2026", "xk-2026")],
)
def test_width_case_and_traditional_characters_make_no_difference(db: Database, one: str, other: str) -> None:
    assert uids(db, one) == uids(db, other)


def test_numbers_are_found_whole_and_by_their_ends(demo: Demo, db: Database) -> None:
    rows = demo.gongkai.query(
        "SELECT uid, index_number, document_number FROM documents WHERE index_number IS NOT NULL"
    )
    for uid, index_number, document_number in rows:
        for text in (index_number, index_number[-8:], document_number):
            assert text is None or uid in uids(db, text), text


def test_at_the_terminal(demo: Demo, like: Callable[[str], set[str]]) -> None:
    for words in (["公开"], ["开"], ["公开", "报告"], ["公开 报告"]):
        page: dict[str, Any] = demo.gongkai("search", *words, "--limit", "1000", "--json").json()
        expected = set.intersection(*(like(word) for word in " ".join(words).split()))
        assert {hit["uid"] for hit in page["hits"]} == expected
        assert page["total"] == len(expected) > 0
    one = demo.gongkai("search", "报告", "--portal", "wutongzhou", "--json")
    assert {hit["portal"] for hit in json.loads(one.out)["hits"]} == {"wutongzhou"}
    nothing = demo.gongkai("search", "没有这样的话")
    assert nothing.code == 0 and "没有这样的话" in nothing.out
    assert demo.gongkai("search", "公开", "--portal", "nowhere").complained(2)
    assert "Traceback" not in demo.gongkai("search", '"公开" OR NOT ( NEAR *').err
