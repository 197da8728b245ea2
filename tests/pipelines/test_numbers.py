"""Index and document numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.numbers import (
    document_number,
    index_number,
    is_document_number,
    is_placeholder,
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
