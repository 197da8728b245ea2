"""Bytes of captures through the pages: to the disk, and never as a page of this site."""

from __future__ import annotations

import asyncio
import gzip
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest

from archive.captures.records import Facts, response_block, warcinfo_block
from archive.captures.writer import CaptureWriter
from archive.layout import DataDirectory
from archive.web.app import make_datasette

AT = "2026-11-23T02:15:00Z"
CRAWL = "20261123T021500Z-sample"
ADDRESS = "https://www.example.gov.cn/1/0.pdf"
HOSTILE = b"<html><script>alert(document.domain)</script>"
PDF = b"%PDF-1.4 page"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
SENT = [("text/html", HOSTILE), ("application/pdf", gzip.compress(PDF)), ("image/svg+xml", SVG), (None, b"?")]


@dataclass(frozen=True)
class Stored:
    """A data directory with captures: html, a packed PDF, SVG, untyped, and a revisit of the PDF."""

    root: Path
    ids: list[int]

    def get(self, path: str, database: str = "gongkai.db") -> Any:
        return asyncio.run(make_datasette(self.root / database).client.get(path))


@pytest.fixture
def stored(make: SimpleNamespace, tmp_path: Path) -> Stored:
    db = make.archive(tmp_path / "gongkai.db")
    make.document(db, title="标题", attachments=('附件"1\r\nX: 名单‮.pdf',))
    writer = CaptureWriter(
        DataDirectory(tmp_path), "sample", CRAWL, year=2026, heading=warcinfo_block("x", CRAWL, AT)
    )
    ids: list[int] = []
    for number, (kind, body) in enumerate(SENT):
        facts = Facts(CRAWL, "sample", "attachment", "content", "k", "GET", {}, b"", None, None, {})
        headers = [(b"Content-Type", kind.encode())] if kind else []
        headers += [(b"Content-Encoding", b"gzip")] if number == 1 else []
        url = ADDRESS if number == 1 else f"https://www.example.gov.cn/f/{number}?<script>"
        block = response_block(url=url, fetched_at=AT, status=200, headers=headers, body=body, facts=facts)
        file, offset = writer.append(block.data)
        row = {
            "crawl_id": CRAWL,
            "portal": "sample",
            "role": "attachment",
            "url": url,
            "request_key": f"GET {url}",
        }
        row |= {
            "fetched_at": AT,
            "status": 200,
            "media_type": kind,
            "outcome": "content",
            "record_type": "response",
        }
        row |= {
            "payload_digest": block.payload_digest,
            "file": file,
            "offset": offset,
            "length": block.length,
        }
        ids.append(int(db["captures"].insert(row).last_pk))
    writer.close()
    row |= {"url": ADDRESS, "request_key": f"GET {ADDRESS}", "record_type": "revisit-digest", "offset": 10**6}
    ids.append(int(db["captures"].insert(row | {"refers_to_id": ids[1]}).last_pk))
    db["files"].insert({"digest": "sha256:aa", "size": 9, "capture_id": ids[1], "text_status": "pending"})
    version = {"attachment_id": 1, "digest": "sha256:aa", "seen_at": AT, "capture_id": ids[1]}
    db["attachment_versions"].insert(version)
    db.close()
    return Stored(tmp_path, ids)


def test_bytes_leave_as_files_and_nothing_active_by_its_type(stored: Stored) -> None:
    kinds = [
        "application/octet-stream",
        "application/pdf",
        *["application/octet-stream"] * 2,
        "application/pdf",
    ]
    for id_, kind, body in zip(stored.ids, kinds, [HOSTILE, PDF, SVG, b"?", PDF], strict=True):
        answer = stored.get(f"/-/capture/{id_}")
        assert (answer.status_code, answer.content) == (200, body)
        assert answer.headers["content-type"] == kind and "content-encoding" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        said = answer.headers["content-disposition"]
        assert re.fullmatch(
            rf"attachment; filename=\"capture-{id_}\.\w+\"; filename\*=UTF-8''[A-Za-z0-9_.~%-]+", said
        )
    for id_ in (stored.ids[1], stored.ids[4]):
        said = stored.get(f"/-/capture/{id_}").headers["content-disposition"]
        assert unquote(said.partition("UTF-8''")[2]) == "附件_1_X_ 名单.pdf", "as its document calls it"


def test_what_cannot_be_had_is_one_sentence(stored: Stored) -> None:
    for path, words in (
        ("/-/capture/999999", "没有编号为 999999 的抓取"),
        ("/-/capture/abc", "没有这个地址"),
    ):
        answer = stored.get(path)
        assert answer.status_code == 404 and words in answer.text
    assert stored.get(f"/-/capture/{'9' * 40}").status_code == 404
    (path,) = stored.root.glob("captures/*/*/*.warc.gz")
    path.write_bytes(path.read_bytes()[:50])
    answer = stored.get(f"/-/capture/{stored.ids[1]}")
    assert answer.status_code == 410 and "已损坏" in answer.text and "gongkai verify" in answer.text
    path.unlink()
    assert stored.get(f"/-/capture/{stored.ids[4]}").status_code == 410
    shutil.copy(stored.root / "gongkai.db", stored.root / "alone.db")
    answer = stored.get(f"/-/capture/{stored.ids[1]}", "alone.db")
    assert answer.status_code == 404 and "只有数据库，没有抓取" in answer.text


def test_the_pages_link_to_them(stored: Stored) -> None:
    page = stored.get("/gongkai/documents/1").text
    sections = {
        name: page.split(f'<h2 id="{name}">')[1].split("<h2")[0] for name in ("attachments", "captures")
    }
    assert f'href="/-/capture/{stored.ids[1]}"' in sections["attachments"]
    assert 'href="/-/capture/1"' in sections["captures"]
    assert f'href="/-/capture/{stored.ids[0]}"' in stored.get(f"/gongkai/captures/{stored.ids[0]}").text
