"""Index and document numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.numbers import (
    document_number,
    holds_several,
    index_number,
    is_document_number,
    is_placeholder,
    lacks_serial,
    looks_like_title,
)


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("000014349/2019-00023", "000014349/2019-00023"),
        (" 000014349 / 2019 - 00023 ", "000014349/2019-00023"),
        ("０００014349／2019－00023", "000014349/2019-00023"),
        ("zssydwsjgswglj-2019-0011", "zssydwsjgswglj-2019-0011"),
        ("1030-/2017-0822001", "1030-/2017-0822001"),
        ("11411023071371351L/202210-00006", "11411023071371351L/202210-00006"),
        ("川教〔2015〕60号", "川教〔2015〕60号"),
        ("014001303", "014001303"),
        ("：000014349/2019-00023\u200b", "000014349/2019-00023"),
        (None, None),
        ("", None),
        ("无", None),
        ("暂无", None),
        ("-", None),
        ("----", None),
        ("/", None),
        ("/2019-", None),
        ("005452487/", None),
        ("〔〕号", None),
        ("null", None),
        ("关于做好职工法律援助工作的联合通知", None),
        ("9" * 200, None),
    ],
)
def test_index_numbers(raw: str | None, number: str | None) -> None:
    assert index_number(raw) == number


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("国办发〔2019〕14号", "国办发〔2019〕14号"),
        ("国办发[2019]14号", "国办发〔2019〕14号"),
        ("国办发【2019】14号", "国办发〔2019〕14号"),
        ("国办发﹝2019﹞14号", "国办发〔2019〕14号"),
        ("国办发（２０１９）１４号", "国办发〔2019〕14号"),
        ("津政人〔2020〕33 号", "津政人〔2020〕33号"),
        ("国办发 〔2019〕 14号 财税[2016]36号", "国办发〔2019〕14号、财税〔2016〕36号"),
        (
            "国办发〔2019〕14号，财税[2016]36号；沪府令 第354号",
            "国办发〔2019〕14号、财税〔2016〕36号、沪府令第354号",
        ),
        ("公告 2019年第3号", "公告2019年第3号"),
        ("〔〕号", None),
        ("〔  〕 号", None),
        ("〔2019〕号", None),
        ("号", None),
        ("无", None),
        ("/", None),
        (None, None),
    ],
)
def test_document_numbers(raw: str | None, number: str | None) -> None:
    assert document_number(raw) == number


def test_a_document_number_is_known_in_any_cell() -> None:
    assert is_document_number("川教[2015]60号")
    assert is_document_number("国务院令第711号")
    assert not is_document_number("000014349/2019-00023")
    assert not is_document_number("关于国办发〔2019〕14号的解读")
    assert looks_like_title("关于印发2019年政务公开工作要点的通知")
    assert not looks_like_title("川教〔2015〕60号")


@given(st.text(max_size=200))
def test_any_text_and_once_is_enough(text: str) -> None:
    for normalise in (index_number, document_number):
        once = normalise(text)
        assert once is None or (once.strip() and normalise(once) == once)
    is_placeholder(text)


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("0000 14349 / 2019-00023", "000014349/2019-00023"),
        ("000014349/2019-00001 000014349/2019-00002", "000014349/2019-00001"),
        ("szfgzbmsfzggw-2020-0027、szfgzbmsfzggw-2020-0028", "szfgzbmsfzggw-2020-0027"),
        ("商政办-2019-0001", "商政办-2019-0001"),
        ("2026-02-00018", "2026-02-00018"),
        ("A0101-02（2019）:3", "A0101-02(2019):3"),
        ("2019-02-28", None),
        ("2019-02-30", None),
        ("2019年2月28日", None),
        ("2019-02-28 10:00:00", None),
        ("20190228", None),
        ("0", None),
        ("0000-00000", None),
        ("公开目录", None),
        ("2019年度报告", None),
        ("%s%d1", None),
        ("1'; DROP TABLE documents;--", None),
        ('1"2', None),
        ("<b>1</b>", None),
    ],
)
def test_an_index_number_is_plausible(raw: str, number: str | None) -> None:
    assert index_number(raw) == number


def test_several_numbers_and_an_unfinished_one_are_told() -> None:
    assert holds_several("000014349/2019-00001 000014349/2019-00002")
    assert not holds_several("0000 14349 / 2019-00023")
    assert not holds_several("000014349/2019-00001")
    assert lacks_serial("/2019-") and lacks_serial("005452487/")
    assert not lacks_serial("'; DROP TABLE x;--") and not lacks_serial("公开")


def test_every_gold_number_is_kept(shared: Path) -> None:
    with (shared / "realpages" / "MANIFEST.tsv").open(encoding="utf-8", newline="") as manifest:
        gold = [row["gold_index_number"] for row in csv.DictReader(manifest, delimiter="\t")]
    numbers = [number for number in gold if number]
    assert len(numbers) > 30
    assert [number for number in numbers if index_number(number) != number] == []
