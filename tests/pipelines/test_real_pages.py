"""Real pages: what they say against what their readers saw."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from pipelines.bundle import Bundle, Part
from pipelines.extract import extract
from pipelines.page import Unreadable

URL = "http://www.example.gov.cn/zwgk/content.html"


def gold(shared: Path) -> list[tuple[Path, str, dict[str, str]]]:
    with (shared / "realpages" / "MANIFEST.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    wanted = []
    for row in rows:
        said = {name[5:]: value for name, value in row.items() if name.startswith("gold_") and value}
        if said:
            url = row["site"] if row["site"].startswith("http") else "http://www.example.gov.cn/"
            wanted.append((shared / "realpages" / row["file"], url, said))
    return wanted


def test_real_pages_say_what_their_readers_saw(shared: Path) -> None:
    """Every gold column of the manifest: index numbers and titles of www.gov.cn, all columns of 40 other sites."""
    wrong, pages = [], gold(shared)
    for path, url, said in pages:
        record = extract(Bundle(Part(url, path.read_bytes())))
        for name, value in said.items():
            got = getattr(record, name)
            if " ".join((got or "").split()) != " ".join(value.split()):
                wrong.append((path.name, name, value, got))
    assert len(pages) > 120
    assert wrong == []


REAL = {
    "hanweb_lishui.html": {
        "index_number": "113325000026455663/2023-43887",
        "document_number": "丽政发〔2023〕30号",
        "catalog": "市政府文件",
        "agency": "市政府",
        "written_on": "2023-10-16",
        "published_on": "2023-10-23",
        "disclosure_form": "主动公开",
        "title": "丽水市人民政府关于下达2023年市区符合政府安排工作条件退役士兵和退出消防员安置任务的通知",
    },
    "handan_details.html": {
        "index_number": "000014348/2020-35147",
        "document_number": None,
        "agency": "邯郸市教育局",
        "topic": "教育",
        "published_on": "2020-08-02",
        "written_on": None,
        "keywords": [],
        "title": "邯郸市教育局关于印发《全市教育系统安全专项整治三年行动实施方案》的通知",
    },
    "pingtan_detail_57829.fragment.html": {
        "index_number": "PZ00108-3000-2015-00001",
        "document_number": "岚财金〔2015〕69号",
        "issuing_body": "平潭综合实验区财政金融局",
        "topic": None,
        "written_on": "2015-05-29",
        "published_on": "2015-05-30",
        "validity": "有效",
        "title": "平潭综合实验区财政金融局关于2015年会计信息质量检查查前公示",
    },
    "fjprovince_tmp.txt": {
        "index_number": "FJ00111-0204-1999-00004",
        "document_number": "闽司〔1999〕245号",
        "agency": "福建省司法厅",
        "written_on": "1999-09-11",
        "published_on": "2021-11-08",
        "title": "福建省司法厅、福建省总工会关于做好职工法律援助工作的联合通知",
    },
}


@pytest.mark.parametrize("name", REAL)
def test_whole_blocks_of_real_pages(shared: Path, name: str) -> None:
    record = extract(Bundle(Part(URL, (shared / "realpages" / "detail" / name).read_bytes())))
    assert {field: getattr(record, field) for field in REAL[name]} == REAL[name]
    assert record.extra == {}
    # The page of 邯郸 has no body: what it shows is its block.
    assert not any(
        finding.severity == "warning" for finding in record.findings if finding.rule != "body-empty"
    )


def test_any_stored_page_is_read(shared: Path) -> None:
    """Listings, reports, articles, API answers: a record or one sentence, and no page takes a second."""
    for path in sorted((shared / "realpages").rglob("*")):
        if not path.is_file():
            continue
        started = time.process_time()
        try:
            extract(Bundle(Part(URL, path.read_bytes())))
        except Unreadable as error:
            assert "\n" not in str(error)
        assert time.process_time() - started < 2, path
