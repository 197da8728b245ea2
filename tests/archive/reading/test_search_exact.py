"""Search finds exactly what LIKE finds on the folded columns, for hostile texts and queries too."""

from __future__ import annotations

import sqlite3
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.search import EmptyQuery, check_index, fold, match_expression, search
from archive.search.tokens import _SYMBOLS, query_terms

BODIES = (
    "关于政府信息公开工作的通知\n\n各县（区）人民政府：现将2019年政府信息公开工作年度报告予以公布。",
    "本机关主动公开信息，息公开申请另行处理。收到申请100%答复。",
    "依據《中華人民共和國政府信息公開條例》，臺灣地區後續資訊公開事宜。",
    'Index 005452487/2020-00001, ＡＢＣ１２３ and abc_123; see (NOTE) AND NEAR title:公开 -0011 ^x* "quoted"',
    "商政办〔2019〕14号　关于印发\u3000方案的通知😀扩展𰻝𠀀字①Ⅳ㎡Straße ﬁn é é",
    "",
)
# one a line; ␣, ⏎ and ␀ stand for space, line feed and a zero-width space inside a query
QUERIES = r"""
公开
信息
公
开
信息公开
政府信息公开工作
公开␣报告
公开|报告
2019
201
9年
-0011
0001
005452487/2020
/2020-
〔2019〕14号
信息，息公开
息公
信息公
信息公开申请
100%
0%答
%
_
b_1
abc_123
ABC
ａｂｃ
AND
NEAR
title:公开
(
(NOTE)
"quoted"
"
^x*
*
條例
条例
臺灣
台湾
后续
資訊公開
😀
通知😀
😀扩
扩展𰻝
𰻝
𠀀字
①
Ⅳ
iv
㎡
m2
strasse
ß
fin
é
e
é
，
《
的通知⏎各
信␀息
a␣b
公开␣，␣%
""".strip().splitlines()
QUERIES = [query.replace("␣", " ").replace("⏎", "\n").replace("␀", "\u200b") for query in QUERIES]


def truth(db: Database, query: str) -> set[int]:
    """The ids that LIKE finds, each term literal in some folded column."""
    columns = ("title", "body_text", "index_number", "document_number", "agency")
    ids = None
    for term in query_terms(query):
        pattern = "%" + term.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        where = " OR ".join(rf"gongkai_fold({column}) LIKE :p ESCAPE '\'" for column in columns)
        sql = (
            f"SELECT id FROM documents WHERE revision_id IS NOT NULL AND ({where} OR id IN "
            r"(SELECT document_id FROM attachments WHERE gongkai_fold(name) LIKE :p ESCAPE '\'))"
        )
        found = {row[0] for row in db.execute(sql, {"p": pattern})}
        ids = found if ids is None else ids & found
    return ids or set()


def found(db: Database, query: str) -> set[int]:
    sql = "SELECT rowid FROM documents_fts WHERE documents_fts MATCH ?"
    return {row[0] for row in db.execute(sql, [match_expression(query)])}


@pytest.fixture(scope="module")
def archive(make: SimpleNamespace) -> Database:
    db = make.archive()
    for number, body in enumerate(BODIES):
        make.document(
            db, title=f"第{number}号公告", body_text=body, index_number=f"005452487/2019-{number:05d}",
            agency="商丘市人民政府办公室", attachments=("附件1：报告.pdf", "附件2：名单.xls"),
            document_number="商政办〔2019〕14号" if number % 2 else None,
        )  # fmt: skip
    make.document(db, body_text="信息公开隔离中", shown=False)
    return db


@pytest.mark.parametrize("query", QUERIES)
def test_finds_what_like_finds(archive: Database, query: str) -> None:
    try:
        assert found(archive, query) == truth(archive, query)
    except EmptyQuery:
        assert not any(character.isalnum() for character in query)


def test_some_queries_find_and_some_do_not(archive: Database) -> None:
    assert found(archive, "信息，息公开") == {2}
    assert found(archive, "息公") == {1, 2, 3}
    assert found(archive, "条例") == {3}
    assert found(archive, "附件1：报告.pdf") == {1, 2, 3, 4, 5, 6}
    assert found(archive, "公开 报告.pdf") == {1, 2, 3, 4}
    assert found(archive, "报告.pdf附件2") == found(archive, "00001商政办") == set()


ALPHABET = "公开信息息，。 \n〔2019〕%_\"'*^:-()ANDor臺台😀𰻝é\u0301ß①Aａ가\u200b"
TEXT = st.text(st.sampled_from(ALPHABET) | st.characters(), max_size=24)


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=4), st.data())
def test_any_part_of_any_text(make: SimpleNamespace, texts: list[str], data: st.DataObject) -> None:
    db = make.archive()
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    for text in texts:
        make.document(db, body_text=text, title=text[:3], agency=text[-3:])
    text = data.draw(st.sampled_from(texts))
    start = data.draw(st.integers(0, len(text)))
    part = text[start : start + data.draw(st.integers(1, 6))]
    for query in (part, data.draw(TEXT)):
        try:
            expression = match_expression(query)
        except EmptyQuery:
            continue
        assert expression
        assert found(db, query) == truth(db, query)
    assert check_index(db) == []
    db.close()


@given(st.text())
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert "\0" not in fold(text)
    fold(text).encode("utf-8")


def test_every_symbol_is_one_token_that_sqlite_leaves_alone() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='unicode61 remove_diacritics 0')")
    connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, row)")
    used = {_SYMBOLS[chr(point)] for point in (*range(1, 0xD800), *range(0xE000, 0x110000))}
    units = {unit for symbol in used for unit in symbol}
    connection.execute("INSERT INTO t VALUES (?)", [" ".join(units)])
    assert {row[0] for row in connection.execute("SELECT term FROM v")} == units
    assert len(used) == 0x110000 - 2048 - 1


@pytest.mark.parametrize("query", ["", "  ", "，", "\u3000。 、", "%", "\0", "\u200b", "公" * 1001])
def test_nothing_to_look_for(archive: Database, query: str) -> None:
    with pytest.raises(EmptyQuery):
        search(archive, query)
