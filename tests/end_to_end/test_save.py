"""``gongkai show --save``: the bytes of a document as files, and nothing else on the disk."""

from __future__ import annotations

import gzip
from pathlib import Path

from crawler.samples.wire import Response

from .runner import Gongkai
from .test_attachments import HOSTILE, PDF, Portal, crawl, digest, pdf, serve

ONE = "000990901/2026-00001"


def archive(gongkai: Gongkai) -> tuple[bytes, bytes]:
    """A document whose file came, was seen again and was replaced by one that travelled packed."""
    first, second = pdf("第一版"), pdf("第二版")
    names = {
        "/f/a.pdf": "名单.pdf",
        "/f/b.pdf": "名单.pdf",
        "/f/c.pdf": "../../../" + HOSTILE,
        "/f/d.pdf": "没有.pdf",
    }
    files = {f"/f/{name}.pdf": Response(first, 200, (PDF,)) for name in "ac"}
    files["/f/b.pdf"] = Response(pdf("另一份"), 200, (PDF,))
    portal = Portal({1: names}, files)
    with serve(gongkai, portal):
        crawl(gongkai, 1)
        crawl(gongkai, 2)
        packed = (PDF, ("Content-Encoding", "gzip"))
        portal.files["/f/a.pdf"] = Response(gzip.compress(second, mtime=0), 200, packed)
        crawl(gongkai, 3)
    return first, second


def test_page_and_every_version_are_written_once(gongkai: Gongkai, tmp_path: Path) -> None:
    first, second = archive(gongkai)
    folder = tmp_path / "out" / "deep"
    ran = gongkai("show", ONE, "--save", str(folder))
    assert ran.code == 0, ran.err
    (uid,) = gongkai.query("SELECT uid FROM documents")[0]
    written = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert all(name in ran.out for name in written) and digest(second) in ran.out
    page = written.pop(f"{uid}-page.html")
    assert "第1件公告".encode() in page
    hostile = [name for name in written if "script" in name]
    assert len(hostile) == 1 and hostile[0].endswith("exe-v1.pdf") and "\u202e" not in hostile[0]
    assert written.pop(hostile[0]) == first
    assert written == {"名单-v1.pdf": first, "名单-v2.pdf": second, "名单-v1 (2).pdf": pdf("另一份")}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "out"]
    again = gongkai("show", uid, "--save", str(folder))
    assert again.code == 0 and again.out.count("已有相同的文件") == 5
    assert len(list(folder.iterdir())) == 5
    (folder / "名单-v2.pdf").write_bytes(b"mine")
    saved = gongkai("show", uid, "--save", str(folder), "--json").json()["saved"]
    assert (folder / "名单-v2.pdf").read_bytes() == b"mine"
    (one,) = [item for item in saved if not item["kept"]]
    assert Path(one["path"]).name == "名单-v2 (2).pdf" and Path(one["path"]).read_bytes() == second
    assert (one["version"], one["digest"], one["size"]) == (2, digest(second), len(second))


def test_a_link_that_lies_there_is_not_followed(gongkai: Gongkai, tmp_path: Path) -> None:
    archive(gongkai)
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "名单-v1.pdf").symlink_to(tmp_path / "victim")
    assert gongkai("show", ONE, "--save", str(folder)).code == 0
    assert not (tmp_path / "victim").exists()


def test_what_is_damaged_is_named_and_the_rest_is_written(gongkai: Gongkai, tmp_path: Path) -> None:
    archive(gongkai)
    file, offset = gongkai.query(
        "SELECT c.file, c.offset FROM attachment_versions v JOIN captures c ON c.id = v.capture_id"
        " ORDER BY v.attachment_id, v.seen_at LIMIT 1"
    )[0]
    path = gongkai.data / "captures" / file
    content = bytearray(path.read_bytes())
    content[offset + 200] ^= 0xFF
    path.write_bytes(content)
    ran = gongkai("show", ONE, "--save", str(tmp_path / "out"))
    assert "1 of 5 captures" in ran.complained(1) and "未能取出：附件 名单.pdf 第 1 版" in ran.out
    assert len(list((tmp_path / "out").iterdir())) == 4


def test_a_folder_that_is_none_is_one_sentence(gongkai: Gongkai, tmp_path: Path) -> None:
    archive(gongkai)
    (tmp_path / "file").write_text("x")
    assert gongkai("show", ONE, "--save", str(tmp_path / "file" / "x")).complained(2)
    assert gongkai("show", ONE, "--save", str(tmp_path / "x"), "--diff").complained(2)
