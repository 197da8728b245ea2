"""Tables as grids: the WHATWG algorithm, checked against html-table-takeout; bounds; layout tables."""

from __future__ import annotations

import time

import html_table_takeout
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement, document_fromstring

from pipelines import tables
from pipelines.tables import data_tables, grid


def table_of(markup: str) -> HtmlElement:
    return next(document_fromstring(markup).iter("table"))


def oracle(markup: str) -> list[list[str]]:
    (table,) = html_table_takeout.parse_html(markup)
    rows = [[" ".join(cell.inner_text().split()) for cell in row.cells] for row in table.rows]
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


@pytest.mark.parametrize(
    "markup",
    [
        "<table><tr><td>a<td>b<tr><td>c<td>d</table>",
        "<table><tr><td colspan=2>a<td>b<tr><td>c<td>d<td>e</table>",
        "<table><tr><td rowspan=2>a<td>b<tr><td>c</table>",
        "<table><tr><td rowspan=3 colspan=2>a<td>b<tr><td>c<tr><td>d<tr><td>e<td>f<td>g</table>",
        '<table><tr><td colspan="2px">a<tr><td>b<td>c</table>',
        "<table><tr><td colspan=0>a<td>b<tr><td>c<td>d</table>",
        "<table><tr><td rowspan=0>a<td>b<tr><td>c<tr><td>d</table>",
        "<table><tr><td rowspan=99>a<td>b<tr><td>c</table>",
        "<table><thead><tr><th rowspan=5>h<th>i</thead><tbody><tr><td>a<td>b</tbody></table>",
        "<table><tr><td>001<td>1,234.50<td>—<td>１２</table>",
        "<table><tr><td>a<tr><td>b<td>c<td>d</table>",
        "<table><tr><td>a<td rowspan=2>b<td>c<tr><td>d<td>e</table>",
    ],
)
def test_agrees_with_the_oracle(markup: str) -> None:
    assert grid(table_of(markup)) == oracle(markup)


_SPANS = st.sampled_from(["", "1", "2", "3", "0", "2px", "7"])


@given(st.lists(st.lists(st.tuples(_SPANS, _SPANS), min_size=1, max_size=4), min_size=1, max_size=5))
def test_agrees_with_the_oracle_on_any_spans(rows: list[list[tuple[str, str]]]) -> None:
    number = iter(range(1000))
    markup = "<table>"
    for row in rows:
        cells = (f'<td colspan="{across}" rowspan="{down}">x{next(number)}</td>' for across, down in row)
        markup += f"<tr>{''.join(cells)}</tr>"
    ours = grid(table_of(markup + "</table>"))
    assert len({len(row) for row in ours}) == 1
    # Where cells overlap the standard leaves the choice open, so only the shape and the first row are compared.
    theirs = oracle(markup + "</table>")
    assert len(ours) == len(theirs)
    assert ours[0][: len(theirs[0])][: sum(cell != "" for cell in theirs[0])] == [c for c in theirs[0] if c]


@pytest.mark.parametrize(
    ("value", "span"), [("2px", 2), ("-3", 1), ("x", 1), ("", 1), ("0", 1), ("99999999999", 1000)]
)
def test_column_spans_as_browsers_read_them(value: str, span: int) -> None:
    row = grid(table_of(f'<table><tr><td colspan="{value}">a</table>'))[0]
    assert row == ["a"] * span


def test_foot_stands_last_and_wrappers_are_looked_through() -> None:
    markup = "<table><tfoot><tr><td>sum</tfoot><tbody><tr><td>1</tbody></table>"
    assert grid(table_of(markup)) == [["1"], ["sum"]]
    wrapped = document_fromstring("<table><tr><td>a</td></tr></table>")
    assert grid(next(wrapped.iter("table"))) == [["a"]]


def test_hostile_spans_are_bounded() -> None:
    cell = f"<td colspan=1000 rowspan=65534>{'长' * 5000}</td>"
    markup = "<table>" + "".join(f"<tr>{cell}</tr>" for _ in range(400)) + "</table>"
    began = time.monotonic()
    rows = grid(table_of(markup))
    assert sum(map(len, rows)) <= 2 * tables.MAX_CELLS
    assert sum(len(text) for row in rows for text in row) <= tables.MAX_CHARACTERS
    assert time.monotonic() - began < 2


@given(st.text(alphabet="<>table rdhspn=0129\"'/x", max_size=300))
def test_never_raises(noise: str) -> None:
    for table in document_fromstring(f"<table><tr><td>{noise}").iter("table"):
        rows = grid(table)
        assert len({len(row) for row in rows}) <= 1


def test_nested_tables_are_kept_apart() -> None:
    inner = "<table><tr><th>年<th>数<tr><td>2019<td>7<tr><td>2018<td>5</table>"
    rows = "".join(f"<tr><td>项目名称{n}<td>内容说明文字{n}</tr>" for n in range(6))
    root = document_fromstring(f"<div><table>{rows}<tr><td>附表<td>{inner}</td></tr></table></div>")
    outer_table, inner_table = data_tables(root)
    assert outer_table.rows[-1] == ["附表", ""]
    assert inner_table.rows == [["年", "数"], ["2019", "7"], ["2018", "5"]]


def test_layout_tables_are_not_data() -> None:
    page = "<table><tr><td>导航</td><td>{}</td></tr></table>".format("正文。" * 400)
    column = "<table><tr><td>一段文字<tr><td>又一段文字</table>"
    presentation = "<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>"
    data = "<table><caption> 统计 表</caption><tr><td>a<td>b<tr><td>c<td>001</table>"
    around = f"<table><tr><td>左栏<td>{data}</td></tr><tr><td>x<td>y</table>"
    root = document_fromstring(f"<div>{page}{column}{presentation}{around}</div>")
    found = data_tables(root)
    assert [(table.caption, table.rows) for table in found if table.caption] == [
        ("统计 表", [["a", "b"], ["c", "001"]])
    ]
    assert len(found) == 1


def test_deeply_nested_tables_take_linear_time() -> None:
    for depth in (300,):
        markup = "<table><tr><td>a<td>b<tr><td>c<td>" * depth
        began = time.monotonic()
        data_tables(document_fromstring(markup))
        assert time.monotonic() - began < 2
