"""``gongkai show``: one document by any of its names, its history, its last edit."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from archive.captures.table import add_capture
from archive.commands.print_difference import print_difference
from archive.commands.show import command
from archive.history import difference as difference_module
from archive.history.difference import (
    compare,
    difference_between,
    differing,
    last_difference,
    revision_before,
)
from archive.history.lookup import BY_ADDRESS, BY_NUMBER
from archive.layout import DataDirectory
from archive.record import Attachment, Finding, Record, Signoff
from archive.transaction import transaction

N1 = "005452487/2020-00001"
A = "".join(chr(0x4E00 + 37 * n) for n in range(300))


@pytest.fixture
def run(data: DataDirectory) -> Any:
    def call(*arguments: str) -> Result:
        return CliRunner().invoke(command, [*arguments, "--data", str(data.root)])

    return call


def keys(value: Any) -> set[str]:
    """Every key anywhere in a JSON value."""
    if isinstance(value, dict):
        return set(value) | {key for item in value.values() for key in keys(item)}
    return {key for item in value for key in keys(item)} if isinstance(value, list) else set()


def archive(site: Any) -> str:
    """A document with two revisions, an alias, an attachment, a finding and another document of its
    number."""
    fields = {
        "index_number": N1,
        "agency": "市政府办公室",
        "attachments": [Attachment("http://x.gov.cn/f.pdf", "附表")],
    }
    site.visit("/a.html", body_text=A + "\n\n旧的一段", extra={"有效期": "五年"}, **fields)
    uid = site.visit(
        "/a.html", body_text=A + "\n\n新的一段", title="关于公开的通知（修订）", signoff=Signoff(phone="0370-1"),
        findings=[Finding("date-conflict", "warning", "two dates", "published_on")], **fields,
    ).uid  # fmt: skip
    site.visit("/b.html", body_text=A, **fields)
    return str(uid)


@pytest.mark.parametrize(
    "name", [N1, "００５４５２４８７／2020-00001", "http://x.gov.cn/a.html", "x.gov.cn/b.html#top"]
)
def test_a_document_by_each_of_its_names(site: Any, run: Any, name: str) -> None:
    uid = archive(site)
    result = run(name)
    assert result.exit_code == 0, result.output
    for expected in (
        f"档案号：{uid}", f"索引号：{N1}", "公开责任部门：市政府办公室", "修订（3）", "改动 标题、其他字段、正文、签发", "另一版本", "网址（2）", "附件（1）",
        "附表", "发现（1）", "date-conflict（published_on）：two dates", "抓取（3）", "新的一段", "← 当前",
        "最近看到：2026-11-23 10:18 +08:00", "  2026-11-23 10:17 +08:00 改动",
    ):  # fmt: skip
        assert expected in result.output
    assert run(uid).output == run(uid.upper()).output == result.output
    assert "\x1b" not in result.output


def test_json_has_the_record_and_no_ids(site: Any, run: Any) -> None:
    uid = archive(site)
    found = json.loads(run(N1, "--json").output)
    assert found["uid"] == uid and found["record"]["title"] == "关于公开的通知（修订）"
    assert [r["cause"] for r in found["revisions"]] == ["first", "edit", "variant"]
    assert found["revisions"][1]["captures"][0]["part"] == "page"
    assert [e["kind"] for e in found["events"]] == ["new", "revised"]
    assert {name for name in keys(found) if name == "id" or name.endswith("_id")} == {"crawl_id"}


def test_diff_shows_fields_and_text(site: Any, run: Any) -> None:
    archive(site)
    lines = run(N1, "--diff").output.splitlines()
    assert lines[0].endswith("2026-11-23 10:16 +08:00 → 2026-11-23 10:17 +08:00")
    for expected in (
        "标题",
        "- 关于公开的通知",
        "+ 关于公开的通知（修订）",
        "- 旧的一段",
        "+ 新的一段",
        "有效期",
        "- 五年",
        "+ 0370-1",
    ):
        assert expected in lines
    difference = json.loads(run(N1, "--diff", "--json").output)["difference"]
    assert {"name": "extra.有效期", "old": "五年", "new": ""} in difference["fields"]
    assert "-旧的一段" in difference["text"]


def test_diff_is_coloured_on_a_terminal(site: Any) -> None:
    uid = archive(site)
    difference = last_difference(site.db, 1)
    assert difference is not None
    screen = io.StringIO()
    print_difference(Console(file=screen, force_terminal=True, color_system="standard"), uid, difference)
    assert "\x1b[31m- \x1b[0m\x1b[7;31m旧\x1b[0m" in screen.getvalue()


def test_what_is_held_back_is_said_in_chinese(site: Any, run: Any) -> None:
    uid = site.visit("/a.html").uid
    site.visit("/a.html", title=None, body_text="")
    assert "待查：缺少标题、正文" in run(uid).output


def test_a_revision_is_read_against_the_one_before_it(site: Any) -> None:
    archive(site)
    before = {number: revision_before(site.db, number) for number in (1, 2, 3)}
    assert before == {1: None, 2: 1, 3: 2}
    texts = [difference_between(site.db, old, new).text for new, old in before.items() if old]
    assert "+新的一段" in texts[0] and "-新的一段" in texts[1]


def test_a_variant_is_no_earlier_state(site: Any) -> None:
    archive(site)
    site.visit("/a.html", index_number=N1, body_text=A + "\n\n又一段")
    latest = site.value("SELECT max(id) FROM revisions")
    assert site.value("SELECT cause FROM revisions WHERE id = ?", latest) == "edit"
    assert revision_before(site.db, latest) == 2


def test_texts_made_to_be_compared_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    old = Record("http://x.gov.cn/", body_text="头\n" + "甲\n乙\n" * 50 + "尾")
    new = Record("http://x.gov.cn/", body_text="头\n" + "乙\n甲\n丙\n" * 50 + "尾")
    assert " 头" in compare(old, new, "", "").text
    monkeypatch.setattr(difference_module, "MAX_STEPS", 1_000)
    text = compare(old, new, "", "").text
    assert text[0] == "@@ -1,102 +1,152 @@" and text[1:3] == ("-头", "-甲")
    assert len(text) == 1 + 102 + 152
    monkeypatch.undo()
    # However long, two texts with one changed line are compared.
    long = [f"第{number}行" for number in range(5_000)]
    old, new = (Record("", body_text="\n".join([*long, word, *long])) for word in "甲乙")
    assert [line for line in compare(old, new, "", "").text if line[0] in "+-"] == ["-甲", "+乙"]


@given(st.text("甲乙丙", max_size=12), st.text("甲乙丙", max_size=12), st.sampled_from([0, 5, 100]))
def test_what_differs_in_a_line_is_all_that_differs(old: str, new: str, most: int) -> None:
    left, right, size = differing(old, new, most)
    rest = []
    for text, places in ((old, left), (new, right)):
        for start, end in reversed(places):
            assert 0 <= start < end <= len(text)
            text = text[:start] + text[end:]
        rest.append(text)
    assert rest[0] == rest[1] and size <= most


def test_one_revision_has_nothing_to_compare(site: Any, run: Any) -> None:
    uid = site.visit("/a.html").uid
    assert run(uid, "--diff").output == f"{uid} 只有一次修订，没有可比较的。\n"
    assert json.loads(run(uid, "--diff", "--json").output) == {"uid": uid, "difference": None, "replaced": []}


def test_diff_shows_which_bytes_were_replaced(site: Any, run: Any) -> None:
    file = [
        Attachment("http://x.gov.cn/f.pdf", "附表\x1b.pdf"),
        Attachment("http://x.gov.cn/g.pdf", "别的.pdf"),
    ]
    uid = str(site.visit("/a.html", body_text=A, attachments=file).uid)
    with transaction(site.db):
        for day, digest, size in (
            (1, "sha256:aa", 1234),
            (2, "sha256:bb", 99),
            (3, "sha256:bb", 99),
            (4, "sha256:aa", 1234),
        ):
            site.db["files"].insert(
                {"digest": digest, "size": size, "capture_id": 1, "text_status": "pending"}, ignore=True
            )
            capture = add_capture(site.db, site.capture(f"/{day}.pdf", role="attachment"))
            for attachment in (1, 2) if day == 1 else (1,):
                version = {"attachment_id": attachment, "capture_id": capture, "digest": digest}
                site.db["attachment_versions"].insert(version | {"seen_at": f"2026-11-2{day}T18:00:00.000Z"})
    lines = run(uid, "--diff").output.splitlines()
    assert lines == [
        f"{uid} 只有一次修订，更换过附件。", "", "附件更换（2）",
        "附表 .pdf  http://x.gov.cn/f.pdf",
        "- 2026-11-22 02:00 +08:00  1,234 字节  sha256:aa", "+ 2026-11-23 02:00 +08:00  99 字节  sha256:bb",
        "附表 .pdf  http://x.gov.cn/f.pdf",
        "- 2026-11-24 02:00 +08:00  99 字节  sha256:bb", "+ 2026-11-25 02:00 +08:00  1,234 字节  sha256:aa",
    ]  # fmt: skip
    replaced = json.loads(run(uid, "--diff", "--json").output)["replaced"]
    assert [(one["old_digest"], one["old_size"], one["new_digest"], one["new_size"]) for one in replaced] == [
        ("sha256:aa", 1234, "sha256:bb", 99), ("sha256:bb", 99, "sha256:aa", 1234),
    ]  # fmt: skip
    assert replaced[0]["name"] == "附表\x1b.pdf" and replaced[0]["url"] == "http://x.gov.cn/f.pdf"
    site.visit("/a.html", body_text=A, title="改过的标题", attachments=file)
    both = run(uid, "--diff").output
    assert "+ 改过的标题" in both and "附件更换（2）" in both


def test_a_number_of_several_documents_lists_them(site: Any, run: Any, prose: Any) -> None:
    uids = [
        site.visit(f"/{n}.html", index_number=N1, body_text=prose(n), title=f"第{n}件").uid for n in (1, 2)
    ]
    result = run(N1)
    assert result.exit_code == 0
    assert all(f"{uid}  第{n}件" in result.output for n, uid in enumerate(uids, 1))
    assert "names 2 documents" in result.output
    assert [one["uid"] for one in json.loads(run(N1, "--json").stdout)["candidates"]] == uids
    assert run(N1, "--diff").exit_code == 2, "of which one"
    assert "索引号相同" in run(uids[0]).output


@pytest.mark.parametrize("name", ["nothing", "http://x.gov.cn/none.html", "1/2", "-0011", "http://["])
def test_an_unknown_name_is_one_sentence(site: Any, run: Any, name: str) -> None:
    result = run(name)
    assert result.exit_code == 2
    assert (
        result.stderr.startswith("gongkai: nothing in this archive is named")
        and result.stderr.count("\n") == 1
    )


def test_an_address_that_waits_says_so(site: Any, run: Any) -> None:
    site.sighting("/later.html")
    assert "was never read (its state is pending)" in run("x.gov.cn/later.html").stderr


def test_a_uid_that_redirects_shows_the_document(site: Any, run: Any) -> None:
    first, second = site.visit("/a.html").uid, site.visit("/b.html", index_number=N1).uid
    site.visit("/a.html", index_number=N1)
    result = run(second)
    assert f"档案号：{first}" in result.output and f"曾用档案号：{second}" in result.output


def test_hostile_text_stays_text(site: Any, run: Any) -> None:
    uid = site.visit("/a.html", title="[red]坏\x1b[2J\u202e标题", body_text="[/]" + A).uid
    output = run(uid).output
    assert "[red]坏 [2J 标题" in output and "\x1b" not in output


def test_names_are_looked_up_by_index(site: Any) -> None:
    for sql in (BY_NUMBER, BY_ADDRESS):
        plan = [row[3] for row in site.db.execute(f"EXPLAIN QUERY PLAN {sql}", ["x"])]
        assert not [line for line in plan if line.startswith(("SCAN d", "SCAN s"))]
