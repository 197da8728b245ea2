"""Dates: every form of the vocabulary, nothing but dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dates import all_dates, first_date, parse_date


@pytest.mark.parametrize(
    "text",
    [
        "2019-03-20",
        "2019年3月20日",
        "2019年03月20号",
        "2019/3/20",
        "2019.03.20",
        "2019．３．20",
        "20190320",
        "二〇一九年三月二十日",
        "二○一九年三月二十日",
        "二O一九年三月二十日",
        "二Ｏ一九年三月二十日",
        "二零一九年三月廿日",
        "２０１９年３月２０日",
        "2019年三月二十日",
        "2019 年 3 月 20 日",
        "2019　年　3　月　20　日",
        "2019-03-20 08:59",
        "2019-03-20T08:59:03Z",
        "2019-03-20 08:59:03.0",
        "2019-3-20 0:00:00",
        "[2019-03-20]",
        "（2019年3月20日）",
        "2019年3月20日 星期三",
        "2019年03月20日 13时44分",
        "2019–03–20",
        " 2019-03-20\xa0",
    ],
)
def test_forms(text: str) -> None:
    assert parse_date(text) == "2019-03-20"
    assert first_date(f"于{text}发布") == "2019-03-20"


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "无",
        "—",
        "19-03-20",
        "一九年三月二十日",
        "03-20",
        "2019年3月",
        "2019年",
        "2019-02-29",
        "2019-13-01",
        "2019-00-10",
        "20190230",
        "0019-03-20",
        "12019-03-20",
        "2019-03-201",
        "2019-03-20至2020-03-20",
        "2013年10月23—25日",
        "自2019年3月20日起施行",
        "000014349/2019-00023",
        "1.2019.03.20",
    ],
)
def test_anything_else_is_no_date(text: str | None) -> None:
    assert parse_date(text) is None


def test_tens() -> None:
    assert parse_date("一九九九年十二月三十一日") == "1999-12-31"
    assert parse_date("二〇二〇年十月十日") == "2020-10-10"
    assert parse_date("二〇二〇年元月卅日") == "2020-01-30"
    assert parse_date("二〇〇〇年十一月十九日") == "2000-11-19"


def test_impossible_ones_are_skipped_in_a_text() -> None:
    assert first_date("2019-02-30 或 2019-03-01") == "2019-03-01"
    assert all_dates("2019年3月1日至二〇一九年四月二日，20190503") == [
        "2019-03-01",
        "2019-04-02",
        "2019-05-03",
    ]


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_in_every_form(day: date) -> None:
    numerals = "〇一二三四五六七八九"

    def chinese(number: int) -> str:
        tens, units = divmod(number, 10)
        return (
            ("" if tens < 2 else numerals[tens]) + ("十" if tens else "") + (numerals[units] if units else "")
        )

    year = "".join(numerals[int(sign)] for sign in f"{day.year:04d}")
    iso = day.isoformat()
    assert parse_date(f"{year}年{chinese(day.month)}月{chinese(day.day)}日") == iso
    assert parse_date(f"{day.year}年{day.month}月{day.day}日") == iso
    assert parse_date(f"{day.year}.{day.month}.{day.day}") == iso
    assert parse_date(f"{day:%Y/%m/%d} 23:59:59") == iso


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    parsed = parse_date(text)
    assert parsed is None or date.fromisoformat(parsed)
    assert all(date.fromisoformat(day) for day in all_dates(text))
