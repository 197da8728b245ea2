"""The page of a revision and the list of the newest ones say what was changed."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from archive.transaction import connect
from archive.web.app import make_datasette
from archive.web.changes import revision_changes

Page = Callable[[str], str]
FIRST = {
    "url": "https://www.example.gov.cn/0.html",
    "title": "管理办法",
    "body_text": "第一条 照旧。\n\n第二条 五日内答复。\n\n第三条 照旧。",
    "extra": {"有效期": "五年"},
}
SECOND = FIRST | {
    "title": "管理办法<script>",
    "body_text": "第一条 照旧。\n\n第二条 十日内<b>答复。\n\n第三条 照旧。\n\n第四条 新的。",
    "extra": {},
    "attachments": [{"url": "https://www.example.gov.cn/a.doc", "name": "附件.doc", "media_type": None}],
}


@pytest.fixture(scope="module")
def folder(make: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("changes")
    db = make.archive(folder / "gongkai.db")
    document = make.document(db, title="管理办法", record=json.dumps(FIRST))
    changed = json.dumps(["title", "extra", "body_text", "tables", "attachments"])
    second = make.revision(db, document, json.dumps(SECOND), changed=changed)
    db["documents"].update(document, {"revision_id": second})
    lost = {"status": "quarantined", "quarantine_reason": "lost: title, body_text"}
    make.revision(db, document, json.dumps({"url": "", "title": None}), **lost)
    many = SECOND | {"body_text": "\n\n".join(f"第{n}条 全新" for n in range(30)) + "长" * 500}
    make.revision(db, document, json.dumps(many), changed='["body_text"]')
    db.close()
    return folder


@pytest.fixture(scope="module")
def page(folder: Path) -> Page:
    datasette = make_datasette(folder / "gongkai.db")

    def get(path: str) -> str:
        answer = asyncio.run(datasette.client.get(path))
        assert answer.status_code == 200, answer.text
        assert "<script" not in answer.text and "<b>答复" not in answer.text
        return str(answer.text)

    return get


def lines(page: str, tag: str) -> list[str]:
    """The text of each ``<ins>`` or ``<del>`` below the words that explain the colours."""
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]*>", "", one)) for one in found]


def test_fields_have_both_values_and_lines_their_signs(page: Page) -> None:
    text = page("/gongkai/revisions/2")
    assert "与" in text and '<a href="/gongkai/revisions/1">第 1 版</a>' in text
    assert lines(text, "del")[1:] == ["−管理办法", "−五年", "−第二条 五日内答复。"]
    assert lines(text, "ins")[1:] == [
        "+管理办法<script>",
        "+附件.doc",
        "+第二条 十日内<b>答复。",
        "+第四条 新的。",
    ]
    assert "<mark>五</mark>日内答复" in text and "<mark>十</mark>日内<mark>&lt;b&gt;</mark>答复" in text
    assert "标题、其他字段、正文、表格、附件" in text
    assert [name in text for name in ("有效期", "第一条 照旧。", "第三条 照旧。")] == [True] * 3
    assert '"title": "管理办法<script>",' in html.unescape(text.split('id="record"')[1])
    assert text.index('id="changes"') < text.index('id="record"')


def test_the_first_revision_has_nothing_before_it(page: Page) -> None:
    assert "这是本档案见到的第一版" in page("/gongkai/revisions/1")


def test_a_quarantined_revision_shows_what_it_lost(page: Page) -> None:
    text = page("/gongkai/revisions/3")
    assert "缺少标题、正文" in text and "第 2 版" in text
    assert "−管理办法<script>" in lines(text, "del") and "−第四条 新的。" in lines(text, "del")
    listed = page("/gongkai/quarantined")
    assert "缺少标题、正文" in listed and 'href="/gongkai/revisions/3"' in listed


def test_the_newest_revisions_are_shown_with_excerpts(page: Page) -> None:
    text = page("/gongkai/revised")
    assert re.findall(r'href="(/gongkai/revisions/\d)">看改动', text) == [
        f"/gongkai/revisions/{n}" for n in (4, 2)
    ]
    newest, oldest = text.split('class="gk-under"')[1:]
    assert "+第二条 十日内<b>答复。" in lines(oldest, "ins") and "标题、其他字段、正文、表格、附件" in newest
    assert len(lines(newest, "del")) + len(lines(newest, "ins")) == 6 and "另有 28 行" in newest
    assert "第一条 照旧" not in oldest


def test_a_long_line_is_cut_where_it_differs(folder: Path, make: SimpleNamespace, tmp_path: Path) -> None:
    db = make.archive(tmp_path / "gongkai.db")
    first, second = ({"url": "", "body_text": "长" * 300 + word + "尾" * 300} for word in ("旧", "新"))
    document = make.document(db, record=json.dumps(first))
    revision = make.revision(db, document, json.dumps(second))
    brief = revision_changes(db.conn, revision, brief=True)
    assert brief is not None
    old, new = brief.lines
    assert "<mark>旧</mark>" in old.text and "<mark>新</mark>" in new.text
    assert len(new.text) < 200 and new.text.startswith("…") and new.text.endswith("…")
    whole = revision_changes(db.conn, revision, brief=False)
    assert whole is not None and whole.lines[1].text == f"{'长' * 300}<mark>新</mark>{'尾' * 300}"


def test_marking_ends_with_its_budget(make: SimpleNamespace, tmp_path: Path) -> None:
    db = make.archive(tmp_path / "gongkai.db")
    texts = ("\n\n".join(f"{n:04}{word}{'长' * 400}{word}尾" for n in range(60)) for word in "旧新")
    first, second = ({"url": "", "body_text": text} for text in texts)
    revision = make.revision(db, make.document(db, record=json.dumps(first)), json.dumps(second))
    changes = revision_changes(db.conn, revision, brief=False)
    assert changes is not None and len(changes.lines) == 120
    finely = sum(line.text.count("<mark>") == 2 for line in changes.lines)
    coarsely = sum(line.text.count("<mark>") == 1 for line in changes.lines)
    assert 20 < finely < 60 and finely + coarsely == 120


def test_masked_characters_alone_are_said_to_differ(make: SimpleNamespace, tmp_path: Path) -> None:
    db = make.archive(tmp_path / "gongkai.db")
    make.revision(db, make.document(db, record=json.dumps(FIRST)), json.dumps(FIRST))
    db.close()
    datasette = make_datasette(tmp_path / "gongkai.db")
    assert "没有看得见的差别" in asyncio.run(datasette.client.get("/gongkai/revisions/2")).text


def test_connections_of_datasette_have_rows_of_their_own(folder: Path) -> None:
    db = connect(folder / "gongkai.db", readonly=True)
    changes = revision_changes(db.conn, 2, brief=False)
    assert changes is not None and (changes.before_id, changes.number, changes.elsewhere) == (1, 1, False)
