"""JSON as list services send it: wrapped, broken, escaped; paths, texts and days in it."""

from __future__ import annotations

import contextlib
import time

import pytest

from crawler.engines.base import ListingError
from crawler.engines.json_text import literal, load
from crawler.json_paths import date_of, find, number_of, steps, text_of_value


@pytest.mark.parametrize(
    "text",
    [
        '{"docs": [1]}',
        '\ufeff{"docs": [1]}',
        '\n\n \r\n\n{"docs": [1]}',
        'callback({"docs": [1]})',
        '\n\n/**/jQuery123_45({"docs": [1]});',
        'null({"docs": [1]})',
        'JsonpCallBack ( {"docs": [1]} )',
        'try{cb({"docs": [1]})}catch(e){}',
        'var list = {"docs": [1]};',
        "{docs: [1,],}",
        "{'docs': [1]}",
        '{"docs": [1]} trailing',
        '"{\\"docs\\": [1]}"',
    ],
)
def test_wrapped_and_broken_json(text: str) -> None:
    assert load(text) == {"docs": [1]}


def test_line_ends_and_strange_escapes_inside_strings() -> None:
    assert load('{"title":"关于\r\n公开","url":"a\\/b"}') == {"title": "关于\r\n公开", "url": "a/b"}
    assert load('{"title":"it\\\'s \\x",}') == {"title": "it's x"}
    assert load("{title:'说\"好\"', n: undefined}") == {"title": '说"好"', "n": None}


def test_data_in_a_page_s_script() -> None:
    page = '<html><script>var a = [0]; var listData = {\n articleList: [{"id":"7"}],\n};</script>'
    assert load(page, r"listData\s?=") == {"articleList": [{"id": "7"}]}
    with pytest.raises(ListingError, match="nothing that fits"):
        load("<html></html>", r"listData\s?=")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        (" \ufeff\n", "empty"),
        ("<html><body>请稍候</body></html>", "HTML"),
        ("请先登录", "not JSON"),
        ("[" * 100_000, "."),
        ('{"a":' * 100_000, "."),
    ],
)
def test_what_is_none_is_said(text: str, says: str) -> None:
    with pytest.raises(ListingError, match=says):
        load(text)


@pytest.mark.parametrize("bait", ['\\"', "'", '"', "{", "[", ",", "a", "\\", "{'a':", "%u516c", ", ", "a :"])
def test_repetition_costs_no_more_than_its_length(bait: str) -> None:
    started = time.perf_counter()
    with contextlib.suppress(ListingError):
        load("{" + bait * (400_000 // len(bait)))
    literal('"' + bait * (400_000 // len(bait)))
    assert time.perf_counter() - started < 5


def test_a_script_s_string() -> None:
    assert literal("export default `<ul>\n<li>甲</li></ul>`") == "<ul>\n<li>甲</li></ul>"
    assert literal("var html = '<li title=\\'x\\'>';") == "<li title='x'>"
    assert literal("{}") is None


ANSWER = {
    "data": {
        "list": [
            {"id": 1, "meta": [{"rs": [{"key": "refno", "value": "1号"}, {"key": "x", "value": "2"}]}]},
            {"id": 2},
        ]
    },
    "groups": {"a": {"list": [1, 2]}, "b": {"list": [3]}},
    "urls": '{"pc": "/x.html"}',
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("data.list.id", [1, 2]),
        ("groups.*.list", [[1, 2], [3]]),
        ("data.list.meta.rs[key=refno].value", ["1号"]),
        ("urls.pc", ["/x.html"]),
        ("data.none.list", []),
        ("urls.pc.deeper", []),
    ],
)
def test_paths(path: str, found: list[object]) -> None:
    assert find(ANSWER, path) == found


@pytest.mark.parametrize("path", ["", "a..b", "a[b]", "a[=b", "a]"])
def test_a_path_that_is_none(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        steps(path)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (1636646400, "2021-11-12"),  # 2021-11-11T16:00Z is midnight in Shanghai
        ("1636646400", "2021-11-12"),
        (1636646399, "2021-11-11"),
        (1636646400000, "2021-11-12"),
        ("1365523200000", "2013-04-10"),
        (-631180800, "1950-01-01"),
        ("2021-11-19T00:00:00.000+0800", "2021-11-19"),
        ("2021-11-20T16:05:47.000Z", "2021-11-21"),
        ("2021-11-20T15:05:47.000Z", "2021-11-20"),
        ("2018.11.14 17:44:00", "2018-11-14"),
        ("20240102153000", "2024-01-02"),
        ("20240102", "2024-01-02"),
        ("2024年1月2日", "2024-01-02"),
        (0, None),
        (10**18, None),
        ("", None),
        (None, None),
        (True, None),
    ],
)
def test_days(value: object, day: str | None) -> None:
    assert date_of(value) == day


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("%u5173%u4E8E%20A", "关于 A"),
        ("%ud83d%ude00", "😀"),
        ("%ud83d", "\ufffd"),
        ("100%uncertain", "100%uncertain"),
        ("关于<em>公开</em>&nbsp;的\r\n通知", "关于公开 的 通知"),
        ("1<2", "1<2"),
        (12, "12"),
        (12.0, "12"),
        (["甲", None, "乙"], "甲、乙"),
        ({"a": 1}, None),
        (False, None),
    ],
)
def test_texts(value: object, text: str | None) -> None:
    assert text_of_value(value) == text


def test_counts() -> None:
    assert (number_of("40643"), number_of(0), number_of("-1"), number_of("很多"), number_of(None)) == (
        40643,
        0,
        None,
        None,
        None,
    )
