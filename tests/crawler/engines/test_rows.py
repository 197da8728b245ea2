"""Rows: titles, dates, fields, pinned entries, and links that are none."""

from __future__ import annotations

import pytest

from crawler.engines import links
from crawler.engines.row_dates import row_date

DOC = "/zwgk/202401/t20240105_{}.html"


def entries(read, plan, *rows: str, wrap: str = "<ul>{}</ul>"):
    return read(plan, wrap.format("".join(rows))).entries


def test_a_title_cut_short_gives_way_to_the_fuller_one(planned, read) -> None:
    plan = planned("trs-static")
    cut, whole = "关于印发某某办法…", "关于印发某某办法（试行）的通知"
    for row in (
        f'<li><a href="{DOC.format(1)}" title="{whole}">{cut}</a><span>2024-01-05</span></li>',
        f'<li><a href="{DOC.format(1)}" title="{cut}">{whole}</a><span>2024-01-05</span></li>',
        f'<li><a href="{DOC.format(1)}">· {whole}</a><span>[2024-01-05]</span></li>',
    ):
        (entry,) = entries(read, plan, row)
        assert (entry.title, entry.published_on) == (whole, "2024-01-05")


@pytest.mark.parametrize(
    ("texts", "date"),
    [
        (["05", "2024-03"], "2024-03-05"),
        (["2024-03", "05"], "2024-03-05"),
        (["05", "2024年3月"], "2024-03-05"),
        (["31 2024-01"], "2024-01-31"),
        (["[2024-03-05]"], "2024-03-05"),
        (["2024/3/5"], "2024-03-05"),
        (["2024年03月05日"], "2024-03-05"),
        (["03-05"], None),
        (["31", "2024-02"], None),
        (["关于开展检查的通知", " 05 ", "\n", "2024-03", "办公室"], "2024-03-05"),
        (["第", "12", "号", "2024-03"], None),
        ([], None),
    ],
)
def test_dates_of_rows(texts: list[str], date: str | None) -> None:
    assert row_date([texts]) == date


def test_a_split_date_in_a_page(planned, read) -> None:
    row = f'<li><span>05</span><span>2024-03</span><a href="{DOC.format(1)}">通知</a></li>'
    assert entries(read, planned("trs-static"), row)[0].published_on == "2024-03-05"


@pytest.mark.parametrize(
    "date", ["<b>28</b><i>2026-10</i>", "<div>28</div><div>2026-10</div>", "<p>2026年10月</p><p>28日</p>"]
)
def test_a_generic_row_with_a_split_date(planned, read, date: str) -> None:
    rows = "".join(
        f'<div class="card"><div class="d">{date}</div><p class="n"><a href="{DOC.format(n)}">关于第{n}项工作的通知</a></p></div>'
        for n in range(1, 6)
    )
    found = entries(read, planned("generic", listing={"rows": ["div.card"]}), rows)
    assert [entry.published_on for entry in found] == ["2026-10-28"] * 5


def test_the_date_in_a_title_is_not_the_row_s(planned, read) -> None:
    row = f'<li><a href="{DOC.format(1)}">2019年3月5日会议纪要</a> 2024-01-05</li>'
    assert entries(read, planned("trs-static"), row)[0].published_on == "2024-01-05"


@pytest.mark.parametrize("family", ["trs-static", "generic"])
def test_a_line_end_or_tab_inside_an_address_is_dropped(planned, read, family: str) -> None:
    row = '<li><a href="/zwgk/202401/\tt2024\r\n0105_6.html" title="关于六的通知">关于六的通知</a><span>2024-01-05</span></li>'
    (entry,) = entries(read, planned(family), row)
    assert entry.url.endswith("/zwgk/202401/t20240105_6.html")


def test_a_row_whose_only_link_is_over_long_is_counted(planned, read) -> None:
    long = "/zwgk/202401/t20240105_1.html?x=" + "x" * links.MAX_LENGTH
    row = '<li><a href="{}" title="关于六的通知">关于六的通知</a><span>2024-01-05</span></li>'
    page = read(planned("trs-static"), f"<ul>{row.format(long)}{row.format(DOC.format(1))}</ul>")
    assert ([entry.url.rpartition("_")[2] for entry in page.entries], page.skipped) == (["1.html"], 1)
    alone = read(planned("trs-static"), f"<ul>{row.format(long)}</ul>")
    assert (alone.entries, alone.skipped) == ((), 1)


def test_links_that_lead_nowhere_are_passed_over(planned, read) -> None:
    bad = [
        "javascript:void(0)",
        "mailto:a@b.cn",
        "#",
        "",
        "tel:12345",
        "http://[::1",
        "ftp://a/b",
        "JAVASCRIPT:x()",
    ]
    rows = [f'<li><a href="{href}">通知</a><span>2024-01-05</span></li>' for href in bad]
    good = f'<li><a href="javascript:;">打印</a><a href="../zwgk/{DOC[6:].format(2)}">通知</a><span>2024-01-05</span></li>'
    page = read(planned("trs-static"), "<ul>" + "".join(rows) + good + "</ul>")
    assert [entry.url for entry in page.entries] == [
        "https://www.example.gov.cn/zwgk/202401/t20240105_2.html"
    ]
    assert page.skipped == 0


def test_navigation_is_skipped_and_counted(planned, read) -> None:
    menu = '<div><ul><li><a href="/zwgk/lzyj/">履职依据</a></li><li><a href="/zwgk/gfxwj/">规范性文件</a></li></ul></div>'
    row = f'<ul><li><a href="{DOC.format(1)}">通知</a><span>2024-01-05</span></li></ul>'
    page = read(planned("trs-static"), menu + row)
    assert len(page.entries) == 1 and page.skipped == 2


def test_undated_documents_in_menus_are_no_entries_but_pinned_rows_are(planned, read) -> None:
    menu = f'<ul><li><a href="{DOC.format(8)}">网站声明</a></li></ul>'
    pinned = f'<li><img src="/images/top.png"><a href="{DOC.format(1)}">公开指南</a></li>'
    row = f'<li><a href="{DOC.format(2)}">通知</a><span>2024-01-05</span></li>'
    page = read(planned("trs-static"), f"{menu}<ul>{pinned}{row}</ul>")
    assert [(entry.title, entry.pinned) for entry in page.entries] == [("公开指南", True), ("通知", False)]


def test_a_mark_in_the_title_means_pinned(planned, read) -> None:
    row = f'<li><a href="{DOC.format(1)}">【置顶】通知</a><span>2024-01-05</span></li>'
    (entry,) = entries(read, planned("trs-static"), row)
    assert (entry.title, entry.pinned) == ("通知", True)


def test_files_and_rows_on_other_hosts_are_entries(planned, read) -> None:
    rows = [
        '<li><a href="/zwgk/P020240105.pdf">附件</a><span>2024-01-05</span></li>',
        '<li><a href="https://mp.weixin.qq.com/s/abc">转载</a><span>2024-01-04</span></li>',
        '<li><a href="https://www.gov.cn/">中国政府网</a></li>',
    ]
    page = read(planned("trs-static"), f"<ul>{''.join(rows)}</ul>")
    assert [entry.url for entry in page.entries] == [
        "https://www.example.gov.cn/zwgk/P020240105.pdf",
        "https://mp.weixin.qq.com/s/abc",
    ]


def test_columns_are_read_by_their_header(planned, read) -> None:
    table = (
        "<table><tr><th>名 称</th><th>索引号</th><th>文号</th><th>发布机构</th><th>发布日期</th></tr>"
        f'<tr><td><a href="{DOC.format(1)}">关于某事的通知</a></td><td>000014348/2020-35428</td><td>无</td>'
        "<td>市教育局</td><td>2020-08-05</td></tr></table>"
    )
    (entry,) = read(planned("trs-static"), table).entries
    assert entry.fields == {"index_number": "000014348/2020-35428", "agency": "市教育局"}
    assert (entry.title, entry.published_on) == ("关于某事的通知", "2020-08-05")


def test_labels_before_values_are_taken_off(planned, read) -> None:
    plan = planned(
        "trs-static", listing={"fields": {"index_number": "span.date1", "document_number": "span.date2"}}
    )
    row = (
        f'<li><a href="{DOC.format(1)}">通知</a><span class="date1">索引号：000125014/2020-00025</span>'
        '<span class="date2">津政人〔2020〕33号</span><span class="date3">发文日期：2020-09-01</span></li>'
    )
    (entry,) = entries(read, plan, row)
    assert entry.fields == {"index_number": "000125014/2020-00025", "document_number": "津政人〔2020〕33号"}
    assert entry.published_on == "2020-09-01"


def test_rows_that_scripts_write(planned, read) -> None:
    script = (
        'document.writeln("<ul>");document.writeln(\'<li><a href="./202401/t20240105_1.html" title="通知">通知<\\/a>'
        '<span>2024-01-05<\\/span><\\/li>\'); document.write("</ul>");'
    )
    (entry,) = read(planned("trs-static"), f"<body><script>{script}</script></body>").entries
    assert (entry.url, entry.title) == ("https://www.example.gov.cn/zwgk/202401/t20240105_1.html", "通知")


def test_links_in_other_attributes(planned, read) -> None:
    rows = [
        '<li><a href="#" data-url="/a/1.html">甲</a><span>2024-01-05</span></li>',
        """<li><a href="javascript:;" onclick="open2('/a/2.html','x')">乙</a><span>2024-01-05</span></li>""",
    ]
    got = entries(read, planned("generic"), *rows)
    assert [entry.url[-9:] for entry in got] == ["/a/1.html", "/a/2.html"]


def test_an_empty_link_before_the_real_one(planned, read) -> None:
    href = DOC.format(1)
    row = f'<li><span>2024-01-05</span><a href="{href}"></a><a href="{href}">通知</a></li>'
    assert entries(read, planned("trs-static"), row)[0].title == "通知"


def test_one_address_twice_is_one_entry_and_base_counts(planned, read) -> None:
    row = '<li><a href="202401/t20240105_1.html">通知</a><span>2024-01-05</span></li>'
    page = read(planned("trs-static"), f'<head><base href="/other/"></head><ul>{row}{row}</ul>')
    assert [entry.url for entry in page.entries] == [
        "https://www.example.gov.cn/other/202401/t20240105_1.html"
    ]


def test_a_generic_list_with_explicit_rows(planned, read) -> None:
    plan = planned(
        "generic", listing={"rows": ".box > div", "paging": {"suffix": "one"}}, urls={"document": [r"/d/\d+"]}
    )
    text = '<div class="box"><div><a href="/d/1">甲</a><i>2024-01-05</i></div><div><a href="/x">乙</a>2024-01-05</div></div>'
    page = read(plan, text)
    assert [entry.title for entry in page.entries] == ["甲"] and page.skipped == 1
    assert page.next.url == "https://www.example.gov.cn/zwgk/index_2.html"


@pytest.mark.parametrize("raw", ["a b.html", "\n/a\tb.html ", "..\\..\\x.html", "//www.example.gov.cn/x"])
def test_sloppy_addresses_are_read(raw: str) -> None:
    assert links.resolve(raw, "https://www.example.gov.cn/a/b/") is not None


@pytest.mark.parametrize("raw", ["http://a:99999/", "http://", "x" * 3000, "http://a:b/"])
def test_addresses_that_are_none(raw: str) -> None:
    assert links.resolve(raw, "https://www.example.gov.cn/") is None


def test_rows_without_elements_of_their_own_are_split_by_their_dates(planned, read) -> None:
    pairs = "".join(f'<a href="{DOC.format(n)}">第{n}号</a><span>2024-01-0{n}</span><br>' for n in (1, 2, 3))
    page = read(planned("trs-static"), f"<ul><li>{pairs}</li></ul>")
    assert [(entry.title, entry.published_on) for entry in page.entries] == [
        ("第1号", "2024-01-01"),
        ("第2号", "2024-01-02"),
        ("第3号", "2024-01-03"),
    ]


def test_what_stands_behind_the_end_of_a_page_is_read(planned, read) -> None:
    row = f'<li><a href="{DOC.format(1)}">通知</a><span>2024-01-05</span></li>'
    page = read(planned("trs-static"), f"<html><body><p>页眉</p></body></html><ul>{row}</ul></body></html>")
    assert [entry.title for entry in page.entries] == ["通知"]


def test_dates_among_the_columns(planned, read) -> None:
    table = (
        "<table><tr><td>名称</td><td>成文日期</td><td>发布日期</td><td>备注</td></tr><tr>"
        f'<td><a href="{DOC.format(1)}">通知</a></td><td>2020年8月1日</td><td>2020-08-05</td><td>2020-09-09</td></tr></table>'
    )
    (entry,) = read(planned("trs-static"), table).entries
    assert (entry.published_on, entry.fields) == ("2020-08-05", {"written_on": "2020-08-01"})
