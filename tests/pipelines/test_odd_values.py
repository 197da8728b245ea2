"""Odd values in the cells of a block: no field, the raw text kept, and a finding that says so."""

from __future__ import annotations

import pytest

from archive.record import Record
from pipelines.bundle import Bundle, Part
from pipelines.extract import extract

PAGE = (
    "<meta charset=utf-8><table><tr><td>索引号</td><td>{number}</td><td>发布机构</td><td>某局</td></tr>"
    "<tr><td>公开日期</td><td>{date}</td></tr></table><h1>关于公开的通知</h1><div><p>根据《条例》的规定，现予以公开，请遵照执行。</p></div>"
)


def read(markup: str) -> Record:
    return extract(Bundle(Part("http://www.example.gov.cn/1.html", markup.encode())))


def page(*, number: str = "000014349/2019-00001", date: str = "2019-04-02") -> Record:
    return read(PAGE.format(number=number, date=date))


@pytest.mark.parametrize("value", ["2019-02-30", "0", "没有数字", "%s%d1", "'; DROP TABLE documents;--"])
def test_what_is_no_index_number_is_told(value: str) -> None:
    record = page(number=value)
    assert record.index_number is None
    assert record.index_number_raw == value
    assert [finding.rule for finding in record.findings] == ["index-number-implausible"]


def test_the_first_of_two_numbers_is_taken() -> None:
    record = page(number="000014349/2019-00001 000014349/2019-00002")
    assert record.index_number == "000014349/2019-00001"
    assert [finding.rule for finding in record.findings] == ["index-number-several"]


@pytest.mark.parametrize("value", ["", "无", "1030-/", "/2019-", "000014349/2019-00001"])
def test_what_every_portal_prints_is_not(value: str) -> None:
    assert page(number=value).findings == []


@pytest.mark.parametrize("value", ["2019-02-30", "9999-12-31", "二〇一九年二月三十日"])
def test_an_impossible_date_is_told(value: str) -> None:
    line = f"<h1>关于公开的通知</h1><div>发布时间：{value} 来源：某局</div><p>根据《条例》的规定，现予以公开，请遵照执行。</p>"
    for record in (page(date=value), read(f"<meta charset=utf-8>{line}")):
        assert record.published_on is None
        found = [finding for finding in record.findings if finding.rule == "date-impossible"]
        assert len(found) == 1 and value in found[0].message
    assert page(date="2019-04-02").findings == []
