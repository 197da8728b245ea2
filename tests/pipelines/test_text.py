"""Element to paragraphs."""

from __future__ import annotations

from lxml.html import fragment_fromstring

from pipelines.text import joined, paragraphs


def text(markup: str) -> str:
    return joined(paragraphs(fragment_fromstring(markup, create_parent="div")))


def test_blocks_and_breaks_end_paragraphs_and_spans_do_not() -> None:
    assert (
        text("甲<span> 乙</span>&nbsp;\u3000丙<p>丁<br>戊</p>己<script>x</script>庚")
        == "甲 乙 丙\n\n丁\n\n戊\n\n己庚"
    )


def test_rows_are_lines_and_a_spanned_cell_stands_once() -> None:
    table = (
        "<table><caption>表1</caption><tr><th rowspan=2>类<th colspan=2>数</tr><tr><td>a<td>b</tr>"
        "<tr><td>x<td><td>1</tr><tr><td>y<td><td></tr></table>"
    )
    assert text(f"前{table}后") == "前\n\n表1\n类 | 数\na | b\nx |  | 1\ny\n\n后"


def test_layout_tables_are_paragraphs() -> None:
    assert text("<table><tr><td><p>一</p><p>二</p></td></tr></table>") == "一\n\n二"


def test_tables_in_cells_follow_their_outer_one() -> None:
    inner = "<table><tr><td>a<td>b<tr><td>c<td>d</table>"
    rows = "".join(f"<tr><td>名称{n}<td>说明{n}</tr>" for n in range(4))
    assert text(f"<table>{rows}<tr><td>附<td>{inner}</tr></table>").endswith(
        "名称3 | 说明3\n附\n\na | b\nc | d"
    )
