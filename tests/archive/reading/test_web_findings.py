"""Findings in Chinese: every rule has its sentence, every row is what the program writes, anything else stays."""

from __future__ import annotations

import ast
import asyncio
import re
import time
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.web.app import make_datasette
from archive.web.labels import reason as held_back
from archive.web.labels import value_label
from archive.web.sentences import crawl_reason, error_sentence, finding_sentence, patterns

ROOT = Path(__file__).resolve().parents[3]
SCRAPYS_OWN = {"Forbidden by robots.txt"}


@cache
def written() -> str:
    """Every literal text of the program, whose f-strings are cut at their fields."""
    texts = [
        node.value
        for room in ("archive", "pipelines", "crawler")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return "\0".join(texts)


ROWS = [(rule, pieces, chinese) for rule, rows in patterns().items() for pieces, chinese in rows]


@pytest.mark.parametrize(("rule", "pieces", "chinese"), ROWS, ids=lambda value: "".join(value)[:40])
def test_every_row_is_what_the_program_writes(rule: str, pieces: list[str], chinese: str) -> None:
    texts = pieces[::2]
    if "".join(texts) not in SCRAPYS_OWN:
        for text in texts:
            # A message is put together: 索引号: is a label from a table, and advice follows a reason.
            for part in re.split(r"[:;,] | \($", text):
                assert part.strip(" :") in {"标题", "公开日期"} or part.strip(" :") in written(), part
    assert set(re.findall(r"\{(\w+)\}", chinese)) <= set(pieces[1::2]), (
        "a value that the message does not have"
    )
    assert rule.startswith(":") or value_label("findings", "rule", rule) != rule, "a rule without a name"


def test_every_rule_has_a_sentence() -> None:
    names = re.findall(
        r"^findings\trule\t([a-z-]+)\t", (ROOT / "archive/web/values.tsv").read_text("utf-8"), re.M
    )
    assert len(names) > 20
    assert [name for name in names if name not in patterns()] == []


@pytest.mark.parametrize(
    ("rule", "message", "said"),
    [
        ("attachment-gone", "表1: 甲.xlsx: HTTP 404", "表1：门户上已没有这个附件（甲.xlsx: HTTP 404）"),
        ("attachment-error", "名单.pdf: no answer in time (60 s)", "名单.pdf：附件没有取到（超时没有应答：60 s）"),
        ("index-number-reused", "the index number a/2026-1 names other texts too: 2", "索引号 a/2026-1 还用在另外 2 份不同的文件上"),
        ("title-conflict", "标题: block says 甲, meta (ArticleTitle) says 乙 says 丙",
         "标题前后不一：信息表是“甲”，META 标签（ArticleTitle）是“乙 says 丙”"),
        ("attachment-replaced",
         "表.pdf: another file stands at the same address: sha256:0123456789abcdef, seen at 2026-11-25T17:32:05.812Z, became sha256:2,"
         " seen at 2026-11-26T17:32:11.339Z; both are kept",
         "表.pdf：同一网址换了文件，sha256:0123456789ab…（2026-11-26 01:32 +08:00）→ sha256:2（2026-11-27 01:32 +08:00），两份都在"),
        ("attachment-gone", "nothing that it knows at 2026-11-25T17:32:05Z", "nothing that it knows at 2026-11-26 01:32 +08:00"),
        ("unknown-rule", "{number} {why}", "{number} {why}"),
    ],
)  # fmt: skip
def test_what_people_are_shown(rule: str, message: str, said: str) -> None:
    assert finding_sentence(rule, message) == said


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("1 of 34 documents answered with a challenge instead of the page", "34 份文件中有 1 份的应答是验证页，不是网页"),
        ("通知公告: page 3: HTTP 502", "通知公告：第 3 页：HTTP 502"),
        ("年报: 3 of 9 announced entries were found", "年报：公布 9 条，找到 3 条"),
        ("索引号 filled on 0 % of 20 pages, 98 % over the last 14 crawls: the layout of 年报 has probably changed; sample:"
         " http://x/1; what was read is held back: try `gongkai portals repair x`, or look at it and run `gongkai portals"
         " release x`, or mend the portal file and run `gongkai reextract --portal x`",
         "20 个网页中 0 % 有索引号，最近 14 次采集是 98 %：年报 的版面大概变了，例如 http://x/1；读到的内容暂不显示：可试 "
         "`gongkai portals repair x`，或核对后运行 `gongkai portals release x`，或修好门户配置后运行 `gongkai reextract --portal x`"),
        ("nothing known here", "nothing known here"),
    ],
)  # fmt: skip
def test_what_people_are_told_of_a_crawl(reason: str, said: str) -> None:
    assert crawl_reason(reason) == said


def test_what_an_address_answered() -> None:
    assert error_sentence("challenge: 瑞数") == "验证页（瑞数）"
    assert error_sentence("HTTP 500") == "HTTP 500" and error_sentence("?") == "?"
    short = "索引号 filled on 0 % of 20 pages, 98 % over the last 14 crawls; all 20 pages are empty"
    assert held_back(short) == "20 个网页中 0 % 有索引号，最近 14 次采集是 98 %；20 个网页全是空的"
    assert held_back("lost: title, body_text") == "缺少标题、正文"


@given(st.sampled_from([rule for rule, _, _ in ROWS]), st.text() | st.sampled_from([": ", " says ", "{why}"]))
def test_no_message_breaks_it(rule: str, text: str) -> None:
    for pieces, _ in patterns()[rule]:
        assert isinstance(finding_sentence(rule, text.join(pieces[::2])), str)


def test_a_hostile_message_costs_no_time() -> None:
    began = time.perf_counter()
    finding_sentence("title-conflict", "标题: " + " says , " * 100_000)
    assert time.perf_counter() - began < 0.5


def test_the_pages_say_it(make: SimpleNamespace, tmp_path: Path) -> None:
    db = make.archive(tmp_path / "gongkai.db")
    document = make.document(db, title="标题")
    row = {
        "rule": "attachment-gone",
        "severity": "info",
        "message": "<b>名单.pdf: HTTP 404",
        "portal": "sample",
    }
    row |= {"fingerprint": "1", "document_id": document, "first_seen_at": "2026-11-23T02:15:00Z"}
    db["findings"].insert(row | {"last_seen_at": "2026-11-23T02:15:00Z"})
    db.close()
    datasette = make_datasette(tmp_path / "gongkai.db")
    for page in ("documents/1", "findings", "findings/1", "open-findings"):
        answer = asyncio.run(datasette.client.get(f"/gongkai/{page}"))
        assert answer.status_code == 200
        assert "&lt;b&gt;名单.pdf：门户上已没有这个附件（HTTP 404）" in answer.text, page
    api = asyncio.run(datasette.client.get("/gongkai/findings.json?_shape=array"))
    assert api.json()[0]["message"] == "<b>名单.pdf: HTTP 404", "the API keeps what was written"
