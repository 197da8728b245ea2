"""The whole way from bytes to a record: a report in four layouts, its parts, files, versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.record import Record, Signoff, content_hash
from pipelines.bundle import Bundle, ListingFacts, Part
from pipelines.detail import Detail
from pipelines.extract import extract, file_record
from pipelines.page import Unreadable
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
        (bundle.page.url, "报告.pdf", "application/pdf")
    ]
    assert content_hash(file_record(Bundle(bundle.page))) == content_hash(record), (
        "a listing's words are no edit"
    )
    with pytest.raises(Unreadable):
        extract(bundle)


def test_version_names_code_and_profile() -> None:
    version = extractor_version(Detail())
    assert f"+{code_digest()}." in version
    assert extractor_version(Detail(body=["#zoom"])) != version
    assert extractor_version(Detail(), "gb18030") != version
    assert extractor_version(Detail()) == version
