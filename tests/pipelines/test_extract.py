"""The whole way from bytes to a record: the seed in four layouts, real pages against their gold, any bytes."""

from __future__ import annotations

import csv
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.record import Record, Signoff, content_hash
from pipelines.bundle import Bundle, ListingFacts, Part
from pipelines.cells import cells
from pipelines.detail import Detail
from pipelines.extract import extract, file_record
from pipelines.metadata import read_metadata
from pipelines.page import Page, Unreadable
from pipelines.signoff import find_signoff
from pipelines.version import code_digest, extractor_version
from tests.seed_pages import LAYOUTS, Report, own_report, page, read_seed

URL = "http://www.example.gov.cn/zwgk/content.html"
WRITTEN = [("utf-8", "utf-8"), ("gb18030", None), ("gb18030", "utf-8"), ("utf-8", "gb2312")]


def check(report: Report, record: Record) -> None:
    fields = report.fields
    assert record.title == report.title
    assert record.index_number == fields["索引号"]
    assert record.agency == fields["公开责任部门"]
    assert record.published_on == fields["公开日期"]
    assert record.catalog == fields["公开目录"]
    assert record.disclosure_form == fields["公开形式"]
    assert record.document_number is None
    assert record.validity == fields["信息有效性"]
    assert record.extra == {} and record.findings == []
    assert record.tables[-1].rows == [list(row) for row in report.rows]
    for word in ("标签", "留言与评论", "验证码", "索引号", "公开责任部门", "首页"):
        assert word not in record.body_text
    for paragraph in report.paragraphs[:-1]:
        assert " ".join(paragraph.split()) in record.body_text


@pytest.mark.parametrize(("written", "declared"), WRITTEN)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_own_report_in_every_layout(layout: str, written: str, declared: str | None) -> None:
    report = own_report()
    record = extract(
        Bundle(Part(URL, page(report, layout, charset=declared).encode(written)), portal="yunling")
    )
    check(report, record)
    assert record.signoff == Signoff("王守藏", "李典", "陈阅", "0999-1234567", "2019-03-18")
    assert (record.encoding, record.portal, record.report) == (written, "yunling", None)
    assert record.extractor_version == extractor_version(Detail())


@pytest.mark.parametrize(("written", "declared"), WRITTEN[:2])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_seed_in_every_layout(shared: Path, layout: str, written: str, declared: str | None) -> None:
    report = read_seed(shared)
    record = extract(Bundle(Part(URL, page(report, layout, charset=declared).encode(written))))
    check(report, record)
    assert len(record.tables[-1].rows) == 66
    assert record.signoff is not None
    assert (record.signoff.date, record.signoff.phone) == ("2020-01-05", "15939086606")
    assert (record.signoff.principal, record.signoff.reviewer, record.signoff.preparer) == (
        "卞晓鹏",
        "李华山",
        "陈志鹏",
    )


def test_layout_and_charset_do_not_change_the_content() -> None:
    report = own_report()
    hashes = {
        content_hash(extract(Bundle(Part(URL, page(report, layout, charset=declared).encode(written)))))
        for layout in LAYOUTS
        for written, declared in WRITTEN
    }
    assert len(hashes) == 1


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
    assert not any(finding.severity == "warning" for finding in record.findings)


def test_any_stored_page_is_read(shared: Path) -> None:
    """Listings, reports, articles, API answers: a record or one sentence, and no page takes a second."""
    for path in sorted((shared / "realpages").rglob("*")):
        if not path.is_file():
            continue
        started = time.perf_counter()
        try:
            extract(Bundle(Part(URL, path.read_bytes())))
        except Unreadable as error:
            assert "\n" not in str(error)
        assert time.perf_counter() - started < 2, path


def test_a_broken_part_is_a_finding() -> None:
    part = Part("http://www.example.gov.cn/a_1.html", b"%PDF-1.4", kind="continuation", ordinal=1)
    body = page(own_report()).encode()
    record = extract(Bundle(Part(URL, body), parts=(part,)))
    assert [finding.rule for finding in record.findings] == ["part-unreadable"]
    assert record.title == own_report().title


def test_an_entry_that_is_a_file() -> None:
    listing = ListingFacts("2019年度报告", "2019-03-20", {"agency": "市档案局"})
    bundle = Bundle(
        Part("http://www.example.gov.cn/P02019/%E6%8A%A5%E5%91%8A.pdf", b"%PDF-1.4"), listing=listing
    )
    record = file_record(bundle)
    assert (record.title, record.published_on, record.agency) == ("2019年度报告", "2019-03-20", "市档案局")
    assert [(file.url, file.name, file.media_type) for file in record.attachments] == [
        (bundle.page.url, "2019年度报告", "application/pdf")
    ]
    assert file_record(Bundle(bundle.page)).attachments[0].name == "报告.pdf"
    with pytest.raises(Unreadable):
        extract(bundle)


def test_version_names_code_and_profile() -> None:
    version = extractor_version(Detail())
    assert f"+{code_digest()}." in version
    assert extractor_version(Detail(body=["#zoom"])) != version
    assert extractor_version(Detail(), "gb18030") != version
    assert extractor_version(Detail()) == version


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=2000)
@given(st.binary(max_size=500))
def test_any_bytes_give_a_record_or_one_sentence(body: bytes) -> None:
    try:
        record = extract(Bundle(Part(URL, body)))
    except Unreadable as error:
        assert "\n" not in str(error)
    else:
        assert Record.from_dict(record.to_dict()) == record


TAGS = [
    "table",
    "/table",
    "tr",
    "td",
    "/td",
    "th",
    "ul",
    "li",
    "/li",
    "dl",
    "dt",
    "dd",
    "p",
    "/p",
    "div",
    "/div",
    "span",
    "/span",
    "b",
    "br",
    "h1",
    "/h1",
    "!--",
    "a",
    "title",
    "/title",
]
WORDS = [
    "索引号",
    "索引号：",
    "发布机构",
    "发布机构：",
    "文号：",
    "标题：",
    "发布日期",
    "2019-03-20",
    "1/2019-1",
    "国办发〔2019〕14号",
    "无",
    "市档案局",
    "备注：",
    "填报人：",
    "审核人：",
    "关于公开的通知",
    "【",
    "】",
    "：",
    "&ensp;",
    "&#0;",
    "-->",
    "<script>document.write('文号')</script>",
]
PIECES = st.sampled_from([*(f"<{tag}>" for tag in TAGS), *WORDS, "<meta name=PubDate content=2019-03-20>"])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=2000)
@given(st.lists(PIECES, max_size=40))
def test_any_markup_gives_a_record_that_invents_nothing(pieces: list[str]) -> None:
    source = " ".join(pieces)
    try:
        record = extract(Bundle(Part(URL, source.encode())))
    except Unreadable:
        return
    said = re.sub(r"<[^<>]*>|\s", "", source).replace("：", ":")
    assert record.index_number is None or record.index_number in said
    assert record.published_on in (None, "2019-03-20")
    for value in record.field_sources.values():
        assert value in ("block", "meta", "text", "listing", "url")


@pytest.mark.parametrize(
    "hostile",
    [
        "<table>" + "<tr><td>索引号</td><td>" * 20_000,
        "<p>" + "索引号：1/2019-1 " * 40_000,
        "<p>" + ":" * 400_000,
        "<p>" + ("　" * 3000 + "：") * 200,
        "<div>" * 1900 + "发布机构：市档案局",
        "<span>文</span>" * 60_000,
        "<ul>" + "<li>发布日期：2019-03-20</li>" * 20_000,
        "<title>" + "一 - " * 100_000 + "</title><p>1",
        "<h1>一二三四</h1>" * 20_000,
    ],
    ids=range(9),
)
def test_hostile_pages_take_linear_time(hostile: str) -> None:
    document = Page.of(Part(URL, hostile.encode()))
    started = time.perf_counter()
    found = cells(document.root)
    read_metadata(document, found, Detail())
    find_signoff(found)
    assert time.perf_counter() - started < 4
