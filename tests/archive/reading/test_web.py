"""The pages: Chinese labels, search, facets, links, and nothing in them that a fetched page could run."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from sqlite_utils import Database

from archive.transaction import connect
from archive.web.app import make_datasette
from archive.web.labels import labels, value_label
from archive.web.metadata import tables

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'
BODY = "为做好信息公开工作，现通知如下。\n\n一、主动公开信息，息事宁人。\n\n项目 | 数量\n申请 | 12"
Page = Callable[[str], str]


@pytest.fixture(scope="module")
def folder(make: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("web")
    db = make.archive(folder / "gongkai.db")
    for year in (2019, 2020, 2020):
        make.document(
            db, title=f"{year}年政府信息公开工作年度报告", published_on=f"{year}-03-01", agency="财政局",
            body_text=BODY, index_number=f"005452487/{year}-00001", index_key=f"005452487/{year}-00001",
            catalog="年度报告", validity="有效", disclosure_form="主动公开", attachments=("附件1：统计表.xls",),
        )  # fmt: skip
    make.document(
        db, title=HOSTILE, body_text=HOSTILE + "\n\n恶意", agency=HOSTILE, source="javascript:alert(3)",
        url="javascript:alert(4)", published_on="2021-01-01", attachments=(HOSTILE,), extra='{"a": "</pre><script>"}',
    )  # fmt: skip
    make.document(db, title="隔离中的文件", body_text="信息公开", shown=False)
    db["document_uids"].insert({"uid": "oldoldoldoldoldo", "document_id": 1})
    db["documents"].update(2, {"withdrawn_at": "2026-11-22T17:00:00Z"})
    db.close()
    return folder


@pytest.fixture(scope="module")
def datasette(folder: Path) -> object:
    return make_datasette(folder / "gongkai.db")


def fetch(datasette: object, path: str) -> object:
    return asyncio.run(datasette.client.get(path))


@pytest.fixture(scope="module")
def page(datasette: object) -> Page:
    def get(path: str) -> str:
        answer = fetch(datasette, path)
        assert answer.status_code == 200, (path, answer.text)
        return answer.text

    return get


class Tags(HTMLParser):
    """The names of tags and the attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", page))


ALL_PAGES = [
    "/", "/gongkai", "/gongkai/documents", "/gongkai/documents?_all=1", "/gongkai/documents?_search=script",
    "/gongkai/documents/1", "/gongkai/documents/4", "/gongkai/documents/5", "/gongkai/revisions/1",
    "/gongkai/recent", "/gongkai/attachments", "/gongkai/attachments/4", "/gongkai/documents?agency=" + quote(HOSTILE),
    "/gongkai/documents?title__contains=%3Cscript%3E&_search=" + quote('"><script>'), "/gongkai/sightings/1",
    "/gongkai?sql=" + quote("select title, url, agency from documents"),
    *(f"/gongkai/{name}" for name in tables() if name != "hidden"),
]  # fmt: skip


@pytest.mark.parametrize("path", ALL_PAGES)
def test_nothing_executes(datasette: object, path: str) -> None:
    answer = fetch(datasette, path)
    assert answer.status_code == 200
    tags = Tags()
    tags.feed(answer.text)
    assert not {"script", "img", "iframe", "object", "embed", "style", "svg", "i", "base"} & tags.names
    assert not [name for name, _value in tags.attributes if name.startswith("on") or name == "style"]
    addresses = [value for name, value in tags.attributes if name in ("href", "src", "action")]
    assert addresses and all(re.match(r"https?://|/|\?|#", str(value)) for value in addresses)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_home_page_counts_and_searches(page: Page) -> None:
    text = page("/")
    assert "1 个门户的 4 份公开文件" in text
    assert 'action="/gongkai/documents"' in text and 'name="_search"' in text
    assert "最近公开" in text and "待查发现" in text and "隔离中的文件" not in text


def test_lists_have_chinese_headers_and_the_api_english_names(page: Page, datasette: object) -> None:
    text = page("/gongkai/documents")
    headers = [text_of(header).strip(" ▼▲\n") for header in re.findall(r"<th .*?</th>", text, re.DOTALL)]
    assert headers == ["公开日期", "标题", "公开责任部门", "索引号", "文号", "有效性", "门户"]
    assert "共 <b>4</b> 份文件" in text and "样例市人民政府" in text
    row = fetch(datasette, "/gongkai/documents.json?_shape=array&id=1").json()[0]
    assert row["index_number"] == "005452487/2019-00001" and row["portal"] == "sample"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("公开", [1, 2, 3]), ("息", [1, 2, 3]), ("2019-0000", [1]), ("年度报告 2020年", [2, 3]), ("息公开信", []),
        ("公開", [1, 2, 3]), ("统计表", [1, 2, 3]), ('公开" OR "恶意', []), ("，", []), ("隔离", []), ("*", []),
    ],
)  # fmt: skip
def test_search(datasette: object, query: str, expected: list[int]) -> None:
    address = f"/gongkai/documents.json?_shape=array&_sort=id&_search={quote(query)}"
    found = [row["id"] for row in fetch(datasette, address).json()]
    assert found == expected


def test_hits_are_marked(page: Page) -> None:
    assert "信息<mark>公开</mark>工作" in page("/gongkai/documents?_search=" + quote("公开"))
    assert "年政府信息<mark>公开</mark>工作年度报告</a>" in page(
        "/gongkai/documents?_search=" + quote("公开")
    )
    assert "005452487/<mark>2019-0</mark>0001" in page("/gongkai/documents?_search=2019-0")


@pytest.mark.parametrize("query", ["_search=", "_search=%20+%E3%80%80", "_search=&_sort_desc=id&_search="])
def test_an_empty_search_box_shows_all(page: Page, datasette: object, query: str) -> None:
    text = page(f"/gongkai/documents?{query}")
    assert "共 <b>4</b> 份文件" in text and "，含“" not in text
    assert len(fetch(datasette, f"/gongkai/documents.json?_shape=array&{query}").json()) == 4
    assert "共 <b>2</b> 份文件" in page(f"/gongkai/documents?published_on__startswith=2020&{query}")


def test_facets(page: Page) -> None:
    text = page("/gongkai/documents")
    names = [text_of(name).strip() for name in re.findall(r"<h3>.*?</h3>", text, re.DOTALL)]
    assert names == ["门户", "公开责任部门", "公开目录", "有效性", "公开形式", "公开日期（年）"]
    [year] = re.findall(r'href="([^"]*published_on__startswith=2020[^"]*)"', text)
    chosen = page(html.unescape(year).removeprefix("http://localhost"))
    assert "共 <b>2</b> 份文件" in chosen and "2020 ✕" in chosen


def test_a_documents_page(page: Page) -> None:
    text = page("/gongkai/documents/2")
    assert "<p>为做好信息公开工作，现通知如下。</p>" in text
    assert '<p class="rows">项目 | 数量<br>申请 | 12</p>' in text
    assert "门户已撤下这份文件" in text and "2026-11-23 01:00" in text
    for part in ("attachments/2", "revisions/2", "sightings/2", "captures/2", "portals/sample"):
        assert f'href="/gongkai/{part}"' in text
    assert 'href="https://www.example.gov.cn/1.html" rel="noopener noreferrer nofollow"' in text


def test_a_quarantined_document_shows_nothing(page: Page) -> None:
    text = page("/gongkai/documents/5")
    assert "隔离中的文件" not in text and "待查的文件" in text


def test_a_revisions_record_is_readable(page: Page) -> None:
    assert '{\n  "title": "标题",\n' in html.unescape(page("/gongkai/revisions/1"))


def test_the_address_of_a_uid(datasette: object) -> None:
    for uid in ("uid0000000000000", "oldoldoldoldoldo"):
        assert fetch(datasette, f"/-/document/{uid}").headers["location"] == "/gongkai/documents/1"
    assert fetch(datasette, "/-/document/UID0000000000000").status_code == 302


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/-/document/aaaaaaaaaaaaaaaa", "没有档案号为 aaaaaaaaaaaaaaaa 的文件"),
        ("/-/document/nopenope", "没有档案号为 nopenope 的文件"),
        ("/nowhere/documents", "没有这个地址"), ("/-/nothing", "没有这个地址"),
        ("/gongkai/nothing", "没有这张表"), ("/gongkai/documents/999", "没有这一行"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_in_chinese(datasette: object, path: str, words: str) -> None:
    missing = fetch(datasette, path)
    assert missing.status_code == 404 and "找不到这一页" in missing.text
    assert words in missing.text and "not found" not in missing.text


def test_hidden_documents_are_not_counted(page: Page) -> None:
    assert re.search(r"<code>documents</code>\s*<span[^>]*>4 行", page("/gongkai"))


def test_related_rows_are_named_once(page: Page) -> None:
    related = page("/gongkai/documents/1").split("<h2>其他关联</h2>")[1].split("</ul>")[0]
    assert "附件：1 行</a></li>" in related and "<span>文件</span>" not in related


def test_states_rules_and_severities_are_in_chinese(make: SimpleNamespace, tmp_path: Path) -> None:
    db = make.archive(tmp_path / "gongkai.db")
    document = make.document(db, title="x", attachments=("a.doc",))
    db["sightings"].update(1, {"state": "error", "last_error": "HTTP 500"})
    finding = {"fingerprint": "f", "rule": "index-number-reused", "severity": "warning", "message": "m"}
    db["findings"].insert(finding | {"document_id": document, "first_seen_at": "x", "last_seen_at": "x"})
    db.close()
    datasette = make_datasette(tmp_path / "gongkai.db")
    paths = ("failing", "open-findings", "findings", "findings/1", "attachments", "documents/1")
    shown = {path: text_of(fetch(datasette, f"/gongkai/{path}").text) for path in paths}
    assert "出错" in shown["failing"]
    for path in ("open-findings", "findings", "findings/1"):
        assert "警告" in shown[path] and "索引号重复使用" in shown[path]
        assert "index-number-reused" not in shown[path]
    assert "未下载（仅登记链接）" in shown["attachments"] and "未下载（仅登记链接）" in shown["documents/1"]


def test_every_cell_of_a_documents_lists_has_its_label(page: Page) -> None:
    lists = page("/gongkai/documents/1").split('<h2 id="revisions">')[1].split("<details>")[0]
    cells = re.findall(r"<td[^>]*>", lists)
    assert len(cells) >= 17 and all(re.search(r'data-label="[^"]+"', cell) for cell in cells)


def test_cells_without_a_value_are_known_to_a_narrow_screen(page: Page) -> None:
    text = page("/gongkai/documents?id=1")
    assert '<td class="col-document_number gk-nothing"' in text and '<td class="col-validity"' in text
    assert "gk-nothing" in page("/gongkai/recent")


def test_every_rule_of_the_code_has_a_chinese_name() -> None:
    root = Path(__file__).resolve().parents[3]
    sources = [
        path.read_text("utf-8")
        for room in ("archive", "pipelines", "crawler")
        for path in (root / room).rglob("*.py")
    ]
    rules = {rule for text in sources for rule in re.findall(r'Finding\(\s*"([a-z-]+)"', text)}
    rules |= {
        rule
        for text in sources
        for rule in re.findall(r'^(?:REUSED|PLACEHOLDER) = "(.*)"', text, re.MULTILINE)
    }
    assert len(rules) >= 5
    assert [rule for rule in rules if value_label("findings", "rule", rule) == rule] == []


def test_every_query_at_hand_runs(datasette: object) -> None:
    async def at_hand() -> dict[str, object]:
        await datasette.invoke_startup()  # the database is known from then on
        return await datasette.get_canned_queries("gongkai", None)

    queries = asyncio.run(at_hand())
    assert len(queries) >= 6
    for name, query in queries.items():
        answer = fetch(datasette, f"/gongkai/{name}")
        assert answer.status_code == 200 and query["title"] in answer.text, answer.text


def test_internal_tables_are_hidden(page: Page) -> None:
    text = page("/gongkai")
    shown = re.findall(r"<code>(\w+)</code>\s*<span", text)
    assert "documents" in shown
    assert not [name for name in shown if name.startswith(("documents_fts", "_", "sqlite", "archive_info"))]


def test_every_column_has_a_label(folder: Path) -> None:
    db = connect(folder / "gongkai.db", readonly=True)
    internal = ("documents_fts", "_", "sqlite")
    shown = [*(table for table in db.tables if not table.name.startswith(internal)), *db.views]
    names = {(table.name, column) for table in shown for column in ("", *table.columns_dict)}
    assert names == set(labels())
    for table, options in tables().items():
        if table != "hidden":
            assert {
                (table, column) for column in [*options.get("list", []), options.get("label", "")]
            } <= names


def test_new_commits_are_seen(make: SimpleNamespace, tmp_path: Path) -> None:
    db: Database = make.archive(tmp_path / "gongkai.db")
    datasette = make_datasette(tmp_path / "gongkai.db")

    async def watch() -> list[str]:
        before = (await datasette.client.get("/gongkai/documents?_search=公开")).text
        make.document(db, title="信息公开")
        return [before, (await datasette.client.get("/gongkai/documents?_search=公开")).text]

    before, after = asyncio.run(watch())
    assert "共 <b>0</b> 份文件" in before and "共 <b>1</b> 份文件" in after


def test_the_file_cannot_be_written_or_taken(datasette: object) -> None:
    assert fetch(datasette, "/gongkai.db").status_code == 403
    written = fetch(datasette, "/gongkai?sql=" + quote("delete from documents"))
    assert written.status_code == 400


def test_the_uid_stands_near_the_title_with_its_address(page: Page) -> None:
    head = page("/gongkai/documents/2").split("<h1>")[1].split('<dl class="gk-card">')[0]
    assert "档案号 <code>uid0000000000001</code>" in head
    assert 'href="/-/document/uid0000000000001"' in head and "http://localhost/-/document/uid" in head
