"""The index follows the documents; pages of hits; snippets."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from types import SimpleNamespace

import pytest
from sqlite_utils import Database

from archive.search import (
    SEARCH_VERSION,
    IndexOutdated,
    check_index,
    fts_row,
    index_document,
    rebuild_index,
    search,
    search_version,
)
from archive.search import find as find_module
from archive.search.snippet import make_snippet
from archive.transaction import transaction


@pytest.fixture
def db(make: SimpleNamespace) -> Database:
    return make.archive()


def uids(db: Database, query: str, **options: object) -> list[str]:
    return [hit.uid for hit in search(db, query, **options).hits]


def test_a_changed_document_is_found_by_its_new_text_only(db: Database, make: SimpleNamespace) -> None:
    document = make.document(db, title="旧的标题", body_text="公开信息，信息公开", attachments=("名单.pdf",))
    with transaction(db):
        old = fts_row(db, document)
        db["documents"].update(document, {"title": "新的标题", "body_text": "依申请办理"})
        index_document(db, document, fts_row(db, document), old)
    assert uids(db, "新的") and uids(db, "申请") and uids(db, "名单")
    assert not uids(db, "旧的") and not uids(db, "信息") and not uids(db, "公")
    assert check_index(db) == []


def test_a_hidden_document_is_not_found(db: Database, make: SimpleNamespace) -> None:
    document = make.document(db, title="信息公开")
    with transaction(db):
        old = fts_row(db, document)
        db["documents"].update(document, {"revision_id": None})
        assert fts_row(db, document) is None
        index_document(db, document, None, old)
    assert not uids(db, "公开")
    assert check_index(db) == []


def test_the_check_tells_what_is_wrong(db: Database, make: SimpleNamespace) -> None:
    one, two = (make.document(db, title=title) for title in ("信息公开", "公开目录"))
    db["documents"].update(one, {"title": "改了标题"})
    assert check_index(db) == ["8 tokens of the search index stand elsewhere in the documents"]
    db["documents"].update(one, {"title": "信息公开", "revision_id": None})
    assert "1 rows of the search index have no document: uid0" in check_index(db)[0]
    assert rebuild_index(db) == 1
    assert check_index(db) == []
    index_document(db, two, None, fts_row(db, two))
    assert "1 documents are not in the search index: uid0000000000001" in check_index(db)[0]


def test_documents_that_changed_places_are_noticed(db: Database, make: SimpleNamespace) -> None:
    one, two = (make.document(db, title=title) for title in ("信息公开", "公开目录"))
    rows = [fts_row(db, document) for document in (one, two)]
    for document, row, other in ((one, rows[0], rows[1]), (two, rows[1], rows[0])):
        index_document(db, document, other, row)
    assert len(check_index(db)) == 1


def test_an_index_of_another_version_is_refused(db: Database, make: SimpleNamespace) -> None:
    make.document(db, title="信息公开")
    db["archive_info"].update("search_version", {"value": "0"})
    with pytest.raises(IndexOutdated, match="gongkai init"):
        search(db, "公开")
    assert len(check_index(db)) == 1
    rebuild_index(db)
    assert search_version(db) == SEARCH_VERSION
    assert uids(db, "公开")


def test_the_frozen_table_belongs_to_the_version() -> None:
    table = (files("archive.search") / "simplified.tsv").read_bytes()
    assert (SEARCH_VERSION, sha256(table).hexdigest()[:16]) == ("2", "e5ad4e3123c95ac1")


@pytest.mark.parametrize("portal", [None, "sample"])
@pytest.mark.parametrize("cap", [0, 1000])
def test_newest_first_in_pages(
    db: Database, make: SimpleNamespace, portal: str | None, cap: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_module, "COUNT_CAP", cap)
    monkeypatch.setattr(find_module, "RANK_CAP", 0)
    make.portal(db, "other", "外地")
    days = ["2020-01-02", None, "2021-05-06", "2020-01-02", "2019-12-31"]
    for day in days:
        make.document(db, title="公开", published_on=day)
    elsewhere = make.document(db, title="公开", portal="other", published_on="2025-01-01")
    order = [f"uid{number:013d}" for number in (2, 3, 0, 4, 1)]
    if portal is None:
        order.insert(0, f"uid{elsewhere - 1:013d}")
    page = search(db, "公开", portal=portal, limit=2)
    assert [hit.uid for hit in page.hits] == order[:2]
    assert (page.capped, page.total) == ((True, 0) if cap == 0 else (False, len(order)))
    assert uids(db, "公开", portal=portal, limit=3, offset=2) == order[2:5]


def test_few_hits_are_ranked(db: Database, make: SimpleNamespace) -> None:
    make.document(db, title="其他", body_text="很长的正文提到年度报告一次" * 3, published_on="2025-01-01")
    make.document(db, title="年度报告", published_on="2019-01-01")
    page = search(db, "年度报告")
    assert page.ranked and [hit.title for hit in page.hits] == ["年度报告", "其他"]


def test_a_snippet_marks_the_hit_as_the_page_has_it(db: Database, make: SimpleNamespace) -> None:
    body = "首段。\n\n" + "前文" * 40 + "資訊ＡＢＣ公開，\x1b[31m紅色" + "後文" * 60
    make.document(db, title="x", body_text=body)
    snippet = search(db, "abc公开 红").hits[0].snippet
    assert "資訊【ＡＢＣ公開】，" in snippet.marked() and "【紅】色" in snippet.marked()
    assert "\x1b" not in snippet.text
    assert snippet.text.startswith("…") and snippet.text.endswith("…")


def test_a_snippet_without_a_hit_is_the_beginning() -> None:
    assert make_snippet("第一段\n\n第二段", ["无"]).marked() == "第一段 第二段"
    assert make_snippet("", ["无"]).text == ""
    assert make_snippet("一\n\n\n\n二公开", ["公开"]).marked() == "一 二【公开】"
