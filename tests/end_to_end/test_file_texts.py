"""`gongkai files`: words that stand only in an attachment are found, by whoever reads them when."""

from __future__ import annotations

import json
import threading

from archive.layout import DataDirectory
from archive.lock import portal_lock
from crawler.file_texts import LOCK
from crawler.samples.wire import Response
from tests.pipelines.files.samples import docx, paragraph, pdf, table, zipped

from .runner import Gongkai
from .test_attachments import NIGHTS, PDF, Portal, crawl, rebuilt_equals, serve

REPORT = ["关于海棠苑小学扩建项目的环境影响报告书", "联系人手机13812345678，海棠苑小学位于城东。"]
WORD = ("Content-Type", "application/octet-stream")


def portal() -> Portal:
    """Two documents that share a file, each with one of its own."""
    return Portal(
        {
            1: {"/f/report.pdf": "报告书.pdf", "/f/shared.docx": "申请表"},
            2: {"/f/list.zip": "名单.zip", "/f/shared.docx": "同一张表", "/f/scan.pdf": "扫描件", "/f/old.doc": "旧文.doc"},
        },
        {
            "/f/report.pdf": Response(pdf([REPORT]), 200, (PDF,)),
            "/f/shared.docx": Response(docx(paragraph("依申请公开表") + table([["编号", "001"]])), 200, (WORD,)),
            "/f/list.zip": Response(zipped({"名单.txt": "获奖者欧阳青云"}), 200, (WORD,)),
            "/f/scan.pdf": Response(pdf([[], []]), 200, (PDF,)),
            "/f/old.doc": Response(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, 200, (WORD,)),
        },
    )  # fmt: skip


def found(gongkai: Gongkai, query: str) -> list[str]:
    """Index numbers of the documents that a search finds."""
    return sorted(hit["index_number"] for hit in gongkai("search", query, "--json").json()["hits"])


def statuses(gongkai: Gongkai) -> dict[str, str]:
    """By name of a file, what became of its text."""
    rows = gongkai.query(
        "SELECT a.name, f.text_status FROM attachments a JOIN files f ON f.digest = a.digest"
    )
    return dict(rows)


def sound(gongkai: Gongkai) -> None:
    """The index is what a fresh one would be, and everything else holds."""
    ran = gongkai("verify")
    assert ran.code == 0, ran.out + ran.err


ONE, TWO = "000990901/2026-00001", "000990901/2026-00002"


def test_a_word_that_stands_only_in_a_pdf_finds_its_document(gongkai: Gongkai) -> None:
    with serve(gongkai, portal()):
        crawl(gongkai, 1)
    assert found(gongkai, "海棠苑小学") == []
    ran = gongkai("files", "--json", PATH="/nowhere")
    assert ran.code == 0, ran.err
    assert ran.json() == {
        "read": 5, "ok": 3, "needs_ocr": 1, "unsupported": 1, "documents_indexed": 6, "left_to_others": 0, "problems": [],
    }  # fmt: skip
    assert found(gongkai, "海棠苑小学") == [ONE] and found(gongkai, "欧阳青云") == [TWO]
    assert found(gongkai, "依申请公开表") == [ONE, TWO], "at every document that links to the file"
    assert statuses(gongkai)["扫描件"] == "needs_ocr" and statuses(gongkai)["旧文.doc"] == "unsupported"
    (hit,) = gongkai("search", "海棠苑小学", "--json").json()["hits"]
    (match,) = hit["matches"]
    assert match["field"] == "attachment_text" and match["text"].startswith("报告书.pdf：关于海棠苑小学")
    assert [match["text"][start:end] for start, end in match["hits"]] == ["海棠苑小学", "海棠苑小学"]
    assert "附件文字：报告书.pdf：关于【海棠苑小学】" in gongkai("search", "海棠苑小学").out
    assert found(gongkai, "13812345678") == [] and found(gongkai, "138****5678") == [ONE]
    shown = gongkai("show", ONE).out
    assert "文字：已提取「关于海棠苑小学扩建项目" in shown
    assert "文字：待文字识别(OCR)（the pages are pictures" in gongkai("show", TWO).out
    attachments = gongkai("show", ONE, "--json").json()["attachments"]
    assert attachments[0]["text_status"] == "ok" and "13812345678" not in json.dumps(attachments)
    sound(gongkai)
    again = gongkai("files", "--json", PATH="/nowhere").json()
    assert again["read"] == 0 and again["documents_indexed"] == 0
    rebuilt_equals(gongkai)


def test_later_links_exchanged_files_and_edits_keep_the_index_right(gongkai: Gongkai) -> None:
    there = portal()
    with serve(gongkai, there):
        crawl(gongkai, 1)
        assert gongkai("files").code == 0
        there.links[3] = {"/f/shared.docx": "又一张表"}
        there.links[1] = {"/f/report.pdf": "改了名的报告书.pdf"}
        there.files["/f/report.pdf"] = Response(
            pdf([["换成木槿园中学的报告书，原来的不再有效，特此公告周知。"]]), 200, (PDF,)
        )
        crawl(gongkai, 2)
        sound(gongkai)
        assert found(gongkai, "依申请公开表") == [ONE, TWO] and found(gongkai, "改了名的") == [ONE]
        assert gongkai("files", "--json").json()["read"] == 1
    assert found(gongkai, "依申请公开表") == [ONE, TWO, "000990901/2026-00003"]
    assert found(gongkai, "木槿园中学") == [ONE] and found(gongkai, "海棠苑小学") == []
    sound(gongkai)


def test_another_version_of_the_readers_reads_again(gongkai: Gongkai) -> None:
    with serve(gongkai, portal()):
        crawl(gongkai, 1)
    assert gongkai("files", PATH="/nowhere").code == 0
    gongkai.change("UPDATE files SET extractor_version = '00000000' WHERE text_status = 'ok'")
    assert gongkai("files", "--json", PATH="/nowhere").json()["documents_indexed"] == 0, "the same texts"
    gongkai.change("UPDATE files SET extractor_version = extractor_version || '+ocr'")
    assert gongkai("files", "--json", PATH="/nowhere").json()["read"] == 2, "only those that had no text"
    sound(gongkai)


def test_a_merge_keeps_the_texts_and_what_the_index_holds(gongkai: Gongkai) -> None:
    there = portal()
    with serve(gongkai, there):
        crawl(gongkai, 1)
        other = gongkai.copy_to(gongkai.data.parent / "other")
        assert gongkai("files").code == 0
        there.links[1] = {"/f/report.pdf": "改了名的报告书.pdf", "/f/list.zip": "也有名单"}
        there.files["/f/shared.docx"] = Response(docx(paragraph("换过的表格")), 200, (WORD,))
        crawl(other, 2)
    ran = gongkai("merge", str(other.data), now=NIGHTS[2])
    assert ran.code == 0, ran.err
    sound(gongkai)
    assert found(gongkai, "改了名的") == found(gongkai, "海棠苑小学") == [ONE]
    assert found(gongkai, "欧阳青云") == [TWO]
    assert gongkai("files", "--json").json()["read"] == 1
    assert found(gongkai, "欧阳青云") == [ONE, TWO] == found(gongkai, "换过的表格")
    assert found(gongkai, "依申请公开表") == []
    sound(gongkai)


def test_a_limit_a_portal_and_several_workers(gongkai: Gongkai) -> None:
    files = {f"/f/{n}.txt": Response(f"第{n}号附件的文字".encode(), 200, (WORD,)) for n in range(24)}
    with serve(gongkai, Portal({n: {f"/f/{n}.txt": f"附件{n}"} for n in range(24)}, files)):
        crawl(gongkai, 1)
    assert gongkai("files", "--limit", "3", "--json").json()["read"] == 3
    assert gongkai.count("files", "text_status = 'ok'") == 3
    assert gongkai("files", "--portal", "elsewhere").code == 2
    results: list[dict[str, int]] = []
    threads = [
        threading.Thread(target=lambda: results.append(gongkai("files", "--portal", "there", "--json").json())) for _ in range(2)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(result["read"] for result in results) == 21, results
    assert gongkai.count("files", "text_status = 'ok'") == 24
    assert found(gongkai, "第17号附件的文字") == ["000990901/2026-00017"]
    sound(gongkai)


def test_what_another_worker_has_is_left_to_it(gongkai: Gongkai) -> None:
    with serve(gongkai, portal()):
        crawl(gongkai, 1)
    ((digest,),) = gongkai.query("SELECT digest FROM attachments WHERE name = '报告书.pdf'")
    shard = digest.removeprefix("sha256:")[0]
    with portal_lock(DataDirectory(gongkai.data), LOCK.format(shard=shard), "test"):
        ran = gongkai("files", "--json").json()
        assert ran["left_to_others"] >= 1 and statuses(gongkai)["报告书.pdf"] == "pending"
    assert gongkai("files").code == 0
    assert found(gongkai, "海棠苑小学") == [ONE]


def test_killed_at_any_moment_it_goes_on(gongkai: Gongkai) -> None:
    """A file at twelve documents: a step each, so that a kill falls between."""
    long = docx("".join(paragraph(f"第{n}条 应当依法公开的政府信息目录。") for n in range(3_000)))
    there = Portal(
        {n: {"/f/a.docx": f"目录{n}"} for n in range(12)}, {"/f/a.docx": Response(long, 200, (WORD,))}
    )
    with serve(gongkai, there):
        crawl(gongkai, 1)
    gongkai.kill_when("SELECT count(*) > 2 FROM attachments WHERE text_digest IS NOT NULL", "files")
    done = gongkai.count("attachments", "text_digest IS NOT NULL")
    assert 2 < done < 12
    sound(gongkai)
    assert gongkai("files").code == 0
    assert gongkai.count("attachments", "text_digest IS NOT NULL") == 12
    gongkai.change("UPDATE files SET extractor_version = '00000000', text = text || '旧读法'")
    gongkai.change(
        "UPDATE archive_info SET value = 'old' WHERE key = 'search_version'"
    )  # the text was put in by hand
    assert gongkai("init").code == 0
    gongkai.kill_when("SELECT count(*) > 2 FROM attachments WHERE text_digest IS NULL", "files")
    sound(gongkai)
    assert gongkai("files").code == 0
    assert len(found(gongkai, "第2999条")) == 12 and found(gongkai, "旧读法") == []
    sound(gongkai)


def test_damaged_bytes_are_told_and_wait(gongkai: Gongkai) -> None:
    with serve(gongkai, portal()):
        crawl(gongkai, 1)
    ((file, offset),) = gongkai.query(
        "SELECT c.file, c.offset FROM captures c JOIN files f ON f.capture_id = c.id JOIN attachments a ON a.digest = f.digest"
        " WHERE a.name = '报告书.pdf'"
    )
    path = gongkai.data / "captures" / file
    whole = path.read_bytes()
    path.write_bytes(whole[: offset + 30] + b"\0\0\0\0" + whole[offset + 34 :])
    ran = gongkai("files", "--json", PATH="/nowhere")
    assert ran.code == 1 and ran.json()["read"] == 4 and len(ran.json()["problems"]) == 1
    assert statuses(gongkai)["报告书.pdf"] == "pending"
    path.write_bytes(whole)
    assert gongkai("files", "--json", PATH="/nowhere").json()["read"] == 1
    assert found(gongkai, "海棠苑小学") == [ONE]


def test_an_interrupted_worker_ends_at_once(gongkai: Gongkai) -> None:
    files = {f"/f/{n}.txt": Response(f"第{n}号".encode() * 60_000, 200, (WORD,)) for n in range(30)}
    with serve(
        gongkai,
        Portal({n: {f"/f/{n}.txt": f"附件{n}"} for n in range(30)}, files),
        http="allow_private_hosts = true",
    ):
        crawl(gongkai, 1)
    import signal

    code, seconds = gongkai.kill_when(
        "SELECT count(*) > 0 FROM files WHERE text_status = 'ok'", "files", by=signal.SIGTERM
    )
    assert code == 130 and seconds < 5
    sound(gongkai)


def test_a_night_reads_them_after_its_crawls_as_long_as_it_may(gongkai: Gongkai) -> None:
    with serve(gongkai, portal(), more="enabled = true"):
        ran = gongkai("nightly", "--files-minutes", "0", "--json", now=NIGHTS[0])
        assert ran.code == 0, ran.err
        assert (ran.json()["files"]["read"], ran.json()["files"]["waiting"]) == (0, 5)
        ran = gongkai("nightly", "--json", now=NIGHTS[1])
        assert ran.code == 0, ran.err
    files = ran.json()["files"]
    assert (files["read"], files["waiting"], files["counts"]["ok"]) == (5, 0, 3)
    assert found(gongkai, "海棠苑小学") == [ONE]
    reports = gongkai.data / "reports"
    assert json.loads((reports / "2026-06-02.json").read_text("utf-8"))["files"] == files
    assert "还有 5 个待读" in (reports / "2026-06-01.html").read_text("utf-8")
