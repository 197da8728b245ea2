"""The page of a document shows its files: state, kind, size, versions with their dates, the original address."""

from __future__ import annotations

import asyncio
import html
import re
from pathlib import Path
from types import SimpleNamespace

from archive.search import rebuild_index
from archive.web.app import make_datasette

AT = "2026-11-24T02:15:00.000Z"
ADDRESS = "https://www.example.gov.cn/1/0.pdf"


def test_a_file_that_was_read_shows_how_its_text_begins(make: SimpleNamespace, tmp_path: Path) -> None:
    db = make.archive(tmp_path / "gongkai.db")
    make.document(db, title="标题", attachments=("名单.pdf", "扫描.pdf"))
    row = {"size": 9, "capture_id": 1}
    db["files"].insert(row | {"digest": "sha256:aa", "text": "<i>" + "文字" * 90, "text_status": "ok"})
    db["files"].insert(
        row | {"digest": "sha256:bb", "text_status": "needs_ocr", "text_note": 'pages <b>&"'}, alter=True
    )
    for number, digest in ((1, "sha256:aa"), (2, "sha256:bb")):
        db.conn.execute("UPDATE attachments SET state = 'ok', digest = ? WHERE id = ?", (digest, number))
    db.close()
    datasette = make_datasette(tmp_path / "gongkai.db")
    answer = asyncio.run(datasette.client.get("/gongkai/documents/1"))
    assert answer.status_code == 200, answer.text
    section = answer.text.split('<h2 id="attachments">')[1].split("</ul>")[0]
    assert "<i>" not in section and "<b>" not in section
    first, second = (html.unescape(re.sub(r"<[^>]*>", "", part)) for part in section.split("<li>")[1:])
    assert "文字：已提取" in first and "<i>文字文字" in first
    assert '文字：待文字识别(OCR)（pages <b>&"）' in second
    (link,) = re.findall(r'href="(/gongkai/files/[^"]*aa)"', section)
    whole = asyncio.run(datasette.client.get(link))
    assert whole.status_code == 200 and "文字" * 90 in whole.text


def test_a_replaced_file_shows_its_versions(make: SimpleNamespace, tmp_path: Path) -> None:
    db = make.archive(tmp_path / "gongkai.db")
    make.document(db, title="标题", attachments=("名单<i>.pdf", "另一个.doc"))
    for number, (digest, kind, size) in enumerate(
        (("sha256:aa", "application/pdf", 12345), ("sha256:bb", '"><i>', 99)), 1
    ):
        db["files"].insert(
            {"digest": digest, "media_type": kind, "size": size, "capture_id": 1, "text_status": "pending"}
        )
        seen = {"attachment_id": 1, "capture_id": 1, "digest": digest, "seen_at": AT}
        if number == 1:
            db["attachment_versions"].insert(seen)
    db.conn.execute(
        "UPDATE attachments SET state = 'ok', digest = 'sha256:bb', changed_at = ? WHERE id = 1", (AT,)
    )
    db.close()
    datasette = make_datasette(tmp_path / "gongkai.db")
    answer = asyncio.run(datasette.client.get("/gongkai/documents/1"))
    assert answer.status_code == 200, answer.text
    section = answer.text.split('<h2 id="attachments">')[1].split("</ul>")[0]
    assert "<i>" not in section
    first, second = (html.unescape(re.sub(r"<[^>]*>", "", part)) for part in section.split("<li>")[1:])
    assert "名单<i>.pdf" in first and "已保存" in first and '"><i>' in first and "99 字节" in first
    assert "更换于 2026-11-24 10:15" in first
    assert (
        "第 1 版" in first and "application/pdf" in first and "12,345 字节" in first and "sha256:aa" in first
    )
    assert f'href="{ADDRESS}"' in section and 'href="/gongkai/captures/1"' in section
    assert "另一个.doc" in second and "未下载" in second and "字节" not in second


def test_a_hit_that_stands_in_a_file_alone_is_shown_with_its_line(
    make: SimpleNamespace, tmp_path: Path
) -> None:
    db = make.archive(tmp_path / "gongkai.db")
    make.document(db, title="标题", body_text="正文写着总投资", attachments=("概<i>算.xlsx",))
    text = "甲" * 3000 + "<b>项目概算表\x1b 总投资 八千万元" + "乙" * 50
    db["files"].insert({"digest": "sha256:aa", "text": text, "text_status": "ok", "size": 9, "capture_id": 1})
    db.conn.execute("UPDATE attachments SET state = 'ok', digest = 'sha256:aa', text_digest = 'sha256:aa'")
    rebuild_index(db)
    db.close()
    datasette = make_datasette(tmp_path / "gongkai.db")

    def found(query: str) -> str:
        answer = asyncio.run(datasette.client.get("/gongkai/documents", params={"_search": query}))
        assert answer.status_code == 200 and "共 <b>1</b> 份文件" in answer.text
        return answer.text

    alone = found("概算表")
    (line,) = re.findall(r'<p class="gk-snippet">附件文字：(.*?)</p>', alone)
    assert line.startswith("概&lt;i&gt;算.xlsx：") and "<mark>概算表</mark>" in line
    assert "<b>" not in line and "\x1b" not in line
    both = found("总投资 八千万")
    assert "<mark>总投资</mark>" in both and "<mark>八千万</mark>" in both
    assert "附件文字" not in found("总投资") and "附件文字" not in found("标题")
