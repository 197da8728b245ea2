"""query_html: request templates, page numbers, totals and the metadata that Hanweb prints on links."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.engines import query_html
from crawler.engines.base import ListingError, ListingRequest

SITE = "https://www.example.gov.cn"
PARAMS = {"infotypeId": "A0212", "jdid": "3096", "area": "002482429", "divid": "div1229498488"}


def xxgk_row(n: int) -> str:
    return (
        f'<tr class="tr_main_value_odd"><td>{n}</td><td><a href="/art/2023/10/23/art_1229_{n}.html" mc="关于第{n}号的通知"'
        f' wh="丽政发〔2023〕{n}号" rq="2023-10-23" syh="113325000026455663/2023-{n:05}">关于第{n}号…</a></td></tr>'
    )


def test_hanweb_xxgk_is_asked_as_the_captured_request(planned) -> None:
    request = query_html.first(planned("hanweb-xxgk", None, params=PARAMS))
    query = parse_qs(urlsplit(request.url).query, keep_blank_values=True)
    assert request.url.startswith(f"{SITE}/module/xxgk/search.jsp?standardXxgk=1&isAllList=1")
    assert (
        request.method == "POST" and query["currpage"] == ["1"] and query["sortfield"] == [",compaltedate:0"]
    )
    assert request.form["infotypeId"] == "A0212" and request.form["jdid"] == "3096"
    assert request.form["currpage"] == "1" and request.form["divid"] == "div1229498488"
    assert request.headers == {"X-Requested-With": "XMLHttpRequest", "Referer": f"{SITE}/"}


def test_hanweb_xxgk_rows_carry_their_metadata(planned, read) -> None:
    plan = planned("hanweb-xxgk", None, params=PARAMS)
    rows = "".join(map(xxgk_row, range(1, 4)))
    page = read(plan, f"<table><tr><th>序号</th><th>名称</th></tr>{rows}</table>共 2 页 共 6 条")
    assert (page.announced_total, page.pages, len(page.entries)) == (6, 2, 3)
    assert page.entries[0].title == "关于第1号的通知" and page.entries[0].published_on == "2023-10-23"
    assert page.entries[0].fields == {
        "document_number": "丽政发〔2023〕1号",
        "index_number": "113325000026455663/2023-00001",
    }
    assert page.next.form["currpage"] == "2" and "currpage=2" in page.next.url
    last = read(plan, f"<table>{rows}</table>共 2 页 共 6 条", ListingRequest.from_dict(page.next.to_dict()))
    assert last.next is None


def test_a_missing_param_is_named(planned) -> None:
    with pytest.raises(ListingError, match=r"lacks params\.jdid"):
        query_html.first(planned("hanweb-xxgk", None, params={"infotypeId": "A0212"}))


def test_power_easy_pages_by_query_and_next_link(planned, read) -> None:
    plan = planned("powereasy", "/zwgk/fdzdgknr")
    assert query_html.first(plan).url == f"{SITE}/zwgk/fdzdgknr"
    row = '<li><a href="/zwgk/fdzdgknr/content_22940">通知</a><span>2024-01-05</span></li>'
    page = read(plan, f"<ul>{row}</ul>")
    assert page.next.url == f"{SITE}/zwgk/fdzdgknr?page=2"
    linked = read(plan, f'<ul>{row}</ul><a href="/zwgk/fdzdgknr?page=9">下一页</a>')
    assert linked.next.url == f"{SITE}/zwgk/fdzdgknr?page=9"
    assert read(plan, "<ul></ul>").next is None
    assert read(plan, f"<ul>{row}</ul><p>共1页</p>").next is None


def test_power_easy_2009_keeps_the_directory_s_own_query(planned, read) -> None:
    plan = planned("powereasy-2009", "/Government/PublicInfoList.aspx?DepartmentId=29&page=1")
    row = '<tr><td>1</td><td><a href="/Government/PublicInfoShow.aspx?ID=5994">通知</a></td><td>x</td><td>2020-03-11</td></tr>'
    page = read(plan, f"<table>{row}</table>")
    assert [entry.published_on for entry in page.entries] == ["2020-03-11"]
    assert page.next.url == f"{SITE}/Government/PublicInfoList.aspx?DepartmentId=29&page=2"


def test_pages_may_count_from_0_and_params_go_where_they_belong(planned, read) -> None:
    listing = {
        "request": {
            "url": "/list.jsp?cur={page}&k={name}",
            "first_page": 0,
            "encoding": "gbk",
            "method": "GET",
        }
    }
    plan = planned("powereasy", None, params={"name": "公开", "extra": "1 2"}, listing=listing)
    request = query_html.first(plan)
    assert request.url == f"{SITE}/list.jsp?cur=0&k=%B9%AB%BF%AA&extra=1+2"
    row = '<li><a href="/a/content_1">通知</a><span>2024-01-05</span></li>'
    assert "cur=1&" in read(plan, row, request).next.url
    posted = planned("powereasy", "/q", params={"extra": "1"}, listing={"request": {"method": "POST"}})
    assert query_html.first(posted).form == {"extra": "1", "page": "1"}


def test_without_any_address_there_is_nothing_to_ask(planned) -> None:
    with pytest.raises(ListingError, match=r"no url and powereasy no listing\.request\.url"):
        query_html.first(planned("powereasy", None, params={"a": "1"}))


def test_values_cannot_break_out_of_the_address(planned) -> None:
    plan = planned(
        "powereasy",
        None,
        params={"k": "a&page=9#x/../"},
        listing={"request": {"url": "/l?k={k}&page={page}"}},
    )
    assert query_html.first(plan).url == f"{SITE}/l?k=a%26page%3D9%23x%2F..%2F&page=1"
