"""static_pages: every suffix rule, every announced total, walks over pages of our own."""

from __future__ import annotations

import pytest

from crawler.engines import static_pages
from crawler.engines.base import ListingError, ListingPage, ListingRequest

ROW = '<li><a href="./202401/t20240105_{n}.html" title="关于第{n}号文件的通知">关于第{n}号…</a><span>2024-01-05</span></li>'


def page(rows: int, pager: str = "", start: int = 1) -> str:
    items = "".join(ROW.format(n=start + at) for at in range(rows))
    return f"<html><body><ul>{items}</ul><script>{pager}</script></body></html>"


@pytest.mark.parametrize(
    ("family", "first", "pager", "row", "second", "third"),
    [
        ("trs-static", "/zwgk/", 'createPageHTML(3, 0, "index", "html")', "./202401/t20240105_1.html",
         "/zwgk/index_1.html", "/zwgk/index_2.html"),
        ("trs-static", "/nx/list.html", 'createPageHTML(3, 0, "list", "html")', "./202401/t20240105_1.html",
         "/nx/list_1.html", "/nx/list_2.html"),
        ("trs-static", "/hb/index.shtml", "var countPage=3", "./202401/t20240105_1.shtml",
         "/hb/index_1.shtml", "/hb/index_2.shtml"),
        ("trs-igi", "/3300/3313/index_7401.htm", "var m_nRecordCount = 45;", "../../G0/201710/t20171010_3.htm",
         "/3300/3313/index_7401_1.htm", "/3300/3313/index_7401_2.htm"),
        ("ucap-static", "/sy/stjgb/xlist.shtml", "createPageHTML('page_div',3, 1,'xlist','shtml',45)",
         "/sy/stjgb/202401/" + "0" * 32 + ".shtml", "/sy/stjgb/xlist_2.shtml", "/sy/stjgb/xlist_3.shtml"),
        ("nfcms", "/zwgk/wjk/qbwj/index.html", "共3页", "/zwgk/content/post_1.html",
         "/zwgk/wjk/qbwj/index_2.html", "/zwgk/wjk/qbwj/index_3.html"),
        ("epoint-static", "/govxxgk/X/031/govlist.html", "共3页", f"/govxxgk/X/2024-01-05/{'a' * 36}.html",
         "/govxxgk/X/031/2.html", "/govxxgk/X/031/3.html"),
        ("vsb", "/zwgk/zcyzc.htm", '_simple_list_gotopage_fun(3,"u13_goto",2)', "../info/1062/101.htm",
         "/zwgk/zcyzc/2.htm", "/zwgk/zcyzc/1.htm"),
        ("openness-content", "/OpennessContent/showList/1/2/page_1.html", "共3页", "/OpennessContent/show/9.html",
         "/OpennessContent/showList/1/2/page_2.html", "/OpennessContent/showList/1/2/page_3.html"),
    ],
)  # fmt: skip
def test_a_walk_of_three_pages_by_each_suffix_rule(planned, family, first, pager, row, second, third) -> None:
    plan = planned(family, first)
    text = f'<ul><li><a href="{row}">通知</a><span>2024-01-05</span></li></ul><script>{pager}</script>'
    request = static_pages.first(plan)
    asked = []
    while request is not None:
        asked.append(request.url.removeprefix("https://www.example.gov.cn"))
        read = static_pages.read(plan, ListingRequest.from_dict(request.to_dict()), text, request.url)
        assert len(read.entries) == 1 and read.pages == 3
        request = read.next
    assert asked == [first, second, third]


def test_announced_names_that_could_lead_elsewhere_are_not_used(planned, read) -> None:
    for stem in ("../../admin/x", "..", "a/b", "//evil.example/x", "x" * 200, ""):
        text = page(2, f'createPageHTML(9, 0, "{stem}", "html")')
        assert read(planned("trs-static"), text).next.url == "https://www.example.gov.cn/zwgk/index_1.html"
    text = page(2, 'createPageHTML(9, 0, "index", "php?x=")')
    assert read(planned("trs-static"), text).next.url == "https://www.example.gov.cn/zwgk/index_1.html"


def test_the_names_follow_the_address_after_redirects(planned, read) -> None:
    plan = planned("trs-static", "/zwgk/nianbao")
    got = read(plan, page(2), url="https://www.example.gov.cn/zwgk/nianbao/")
    assert got.next.url == "https://www.example.gov.cn/zwgk/nianbao/index_1.html"
    assert got.entries[0].url == "https://www.example.gov.cn/zwgk/nianbao/202401/t20240105_1.html"


def test_without_a_total_the_walk_goes_on_until_a_page_is_empty(planned, read) -> None:
    plan = planned("nfcms", "/a/index.html")
    row = '<li><a href="content/post_1.html">通知</a><span>2024-01-05</span></li>'
    full = read(plan, f"<ul>{row}</ul>")
    assert full.pages is None and full.announced_total is None
    assert full.next.url.endswith("/a/index_2.html")
    empty = read(plan, "<ul></ul>", full.next)
    assert empty == ListingPage(())


def test_a_stub_beyond_the_last_page_is_an_empty_page(planned, read) -> None:
    plan = planned("trs-static")
    beyond = ListingRequest("https://www.example.gov.cn/zwgk/index_9.html", page=10)
    assert read(plan, "<html><body>页面不存在</body></html>", beyond) == ListingPage(())


def test_nothing_is_asked_for_behind_the_last_page(planned, read) -> None:
    plan = planned("trs-static")
    assert read(plan, page(3, "createPageHTML(1, 0, 'index', 'html')")).next is None


def test_descending_pages_are_counted_down_even_when_the_list_grows(planned, read) -> None:
    plan = planned("vsb", "/a/b.htm")
    row = '<li id="line_u1_0"><a href="info/1/2.htm">通知</a><span>2024-01-05</span></li>'
    one = read(plan, f'<ul>{row}</ul><script>_simple_list_gotopage_fun(31,"u13_goto",2)</script>')
    assert (one.next.url, one.pages) == ("https://www.example.gov.cn/a/b/30.htm", 31)
    two = read(plan, f'<ul>{row}</ul><script>_simple_list_gotopage_fun(32,"u13_goto",2)</script>', one.next)
    assert (two.next.url, two.pages) == ("https://www.example.gov.cn/a/b/29.htm", 32)


def test_the_next_link_goes_before_the_rule_and_stays_on_the_host(planned, read) -> None:
    keys = {"listing": {"paging": {"next": "a.next::attr(href)"}}}
    plan = planned("trs-static", **keys)
    with_link = page(2) + '<a class="next" href="more_7.html">下一页</a>'
    assert read(plan, with_link).next.url == "https://www.example.gov.cn/zwgk/more_7.html"
    for href in ("https://evil.example/2.html", "javascript:void(0)", "#", "./", "http://[bad"):
        text = page(2) + f'<a class="next" href="{href}">下一页</a>'
        assert read(plan, text).next.url == "https://www.example.gov.cn/zwgk/index_1.html", href


def test_all_rows_on_one_page(planned, read) -> None:
    plan = planned("trs-static", listing={"paging": {"suffix": "none"}})
    got = read(plan, page(200))
    assert len(got.entries) == 200 and got.next is None


def test_the_announced_total_is_dropped_when_the_page_shows_more(planned, read) -> None:
    plan = planned("ucap-static", "/a/xlist.shtml", urls={"document": []})
    text = page(5, "createPageHTML('page_div',1, 1,'xlist','shtml',0)")
    assert read(plan, text).announced_total is None


def test_a_directory_that_is_one_page_is_its_own_entry(planned, read) -> None:
    plan = planned("trs-static", "/zfxxgkzn/", expect="single")
    assert [entry.url for entry in read(plan, page(3)).entries] == ["https://www.example.gov.cn/zfxxgkzn/"]
    for moved in ('<meta http-equiv="Refresh" content="0; url=./202001/t20200101_7.html">',
                  "<script>window.location.href='./202001/t20200101_7.html'</script>"):  # fmt: skip
        got = read(plan, f"<html><head>{moved}</head></html>")
        assert [entry.url for entry in got.entries] == [
            "https://www.example.gov.cn/zfxxgkzn/202001/t20200101_7.html"
        ]


def test_a_directory_without_address_is_refused_in_one_sentence(planned) -> None:
    with pytest.raises(ListingError, match="the directory 'it' has no url"):
        static_pages.first(planned("trs-static", None, params={"a": "1"}))
