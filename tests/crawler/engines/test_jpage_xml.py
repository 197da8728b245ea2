"""jpage_xml: the column page, windows of the list service, encrypted nextgroups, and answers that are none."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.engines import jpage_xml
from crawler.engines.base import ListingError, ListingRequest
from crawler.engines.datastore import read_column

SITE = "https://www.example.gov.cn"


def record(n: int) -> str:
    return (
        f'<record><![CDATA[<li><a href="/art/2025/3/5/art_84025_{n}.html" title="第{n}号通知">第{n}号…</a>'
        f'<b readlabel="2025-03-05">\r\n2025-03-05\r\n</b></li>]]></record>'
    )


def datastore(numbers: range, total: int | None = None, nextgroup: str = "") -> str:
    said = f"<totalrecord>{total}</totalrecord>" if total is not None else ""
    group = f'<nextgroup><![CDATA[<a href="{nextgroup}"></a>]]></nextgroup>' if nextgroup else ""
    return f"<datastore>{said}{group}<recordset>{''.join(map(record, numbers))}</recordset></datastore>"


def column(
    total: int, per_page: int = 15, unit: str = "402134", nextgroup: str = "", script: str | None = None
) -> str:
    call = script or (
        f"$('#{unit}').jpage({{themeName:'default',totalRecord:{total},dataBefore:'<ul>',groupSize:3,"
        f"proxyUrl:'/module/web/jpage/dataproxy.jsp',perPage:{per_page},barPosition:'bottom',ajaxParam:{{col:1,"
        f"appid:'1',webid:14,path:'/',columnid:84025,sourceContentType:1,unitid:'{unit}',webname:'生态环境厅',"
        "permissiontype:0}});"
    )
    island = datastore(range(1, min(total, 3 * per_page) + 1), None, nextgroup)
    return f'<html><body><div id="{unit}"><script type="text/xml">{island}</script></div><script>{call}</script></body></html>'


def window(request: ListingRequest) -> tuple[int, int]:
    query = parse_qs(urlsplit(request.url).query)
    return int(query["startrecord"][0]), int(query["endrecord"][0])


def test_the_column_page_gives_its_group_and_the_first_window(planned, read) -> None:
    plan = planned("hanweb-jpage", "/col/col84025/index.html?uid=402134")
    page = read(plan, column(10266))
    assert len(page.entries) == 45 and page.embedded and page.announced_total == 10266
    assert page.entries[0].published_on == "2025-03-05" and page.entries[0].title == "第1号通知"
    asked = page.next
    assert asked.url == f"{SITE}/module/web/jpage/dataproxy.jsp?startrecord=1&endrecord=45&perpage=15"
    assert asked.method == "POST"
    assert asked.form == {
        "col": "1", "appid": "1", "webid": "14", "path": "/", "columnid": "84025", "sourceContentType": "1",
        "unitid": "402134", "webname": "生态环境厅", "permissiontype": "0",
    }  # fmt: skip
    assert asked.headers["Referer"] == f"{SITE}/col/col84025/index.html?uid=402134"
    assert asked.headers["X-Requested-With"] == "XMLHttpRequest"


@pytest.mark.parametrize("at_most", [45, 20, 7])
def test_windows_go_on_behind_what_was_received(planned, read, at_most: int) -> None:
    plan = planned("hanweb-jpage", "/col/col84025/index.html")
    page = read(plan, column(100))
    seen: list[str] = []
    request = page.next
    requests = 0
    while request is not None:
        requests += 1
        start, end = window(request)
        end = min(end, start + at_most - 1, 100)
        request = ListingRequest.from_dict(request.to_dict())
        page = read(plan, datastore(range(start, end + 1), 100), request)
        assert not page.embedded and page.pages >= request.page
        seen += [entry.url for entry in page.entries]
        request = page.next
    assert len(seen) == len(set(seen)) == 100
    assert requests == -(-100 // at_most)


def test_get_puts_everything_into_the_query(planned, read) -> None:
    plan = planned("hanweb-jpage", "/col/col84025/index.html", listing={"jpage": {"method": "GET"}})
    asked = read(plan, column(100)).next
    query = parse_qs(urlsplit(asked.url).query)
    assert asked.method == "GET" and asked.form is None
    assert (
        query["columnid"] == ["84025"]
        and query["startrecord"] == ["1"]
        and query["webname"] == ["生态环境厅"]
    )


def test_encrypted_ids_are_reused_as_they_are(planned, read) -> None:
    href = "/module/web/jpage/dataproxy.jsp?page=1&amp;webid=1&amp;path=/&amp;columnid=Xy%2Fz&amp;unitid=QQ&amp;permissiontype=0"
    plan = planned("hanweb-jpage", "/col/col1/index.html")
    request = read(plan, column(100, script="", nextgroup=href)).next
    urls, seen = [], 0
    while request is not None:
        urls.append(request.url)
        group = range(seen + 1, min(seen + 45, 100) + 1)
        page = read(plan, datastore(group, 100), request)
        seen += len(page.entries)
        request = page.next
    base = f"{SITE}/module/web/jpage/dataproxy.jsp"
    rest = "&webid=1&path=/&columnid=Xy%2Fz&unitid=QQ&permissiontype=0"
    assert urls == [f"{base}?page={n}{rest}" for n in (1, 2, 3)]
    assert seen == 100


def test_an_address_of_the_list_service_needs_no_column_page(planned, read) -> None:
    url = "/module/jpage/dataproxy.jsp?page=1&webid=3096&columnid=12&unitid=34"
    plan = planned("hanweb-jpage", url)
    request = jpage_xml.first(plan)
    assert window(request) == (1, 100) and request.url.startswith(f"{SITE}/module/jpage/dataproxy.jsp?")
    assert request.form["columnid"] == "12" and request.form["webid"] == "3096" and "page" not in request.form
    by_params = jpage_xml.first(planned("hanweb-jpage", None, params={"columnid": "12", "unitid": "34"}))
    assert by_params.url.startswith(f"{SITE}/module/web/jpage/dataproxy.jsp?startrecord=1")
    with pytest.raises(ListingError, match="without columnid and unitid"):
        jpage_xml.first(planned("hanweb-jpage", None, params={"columnid": "12"}))


def test_the_unit_in_the_address_decides_between_lists(planned, read) -> None:
    small = column(9, unit="777").replace("columnid:84025", "columnid:5")
    text = column(100) + small
    assert read_column(text, "777").ids["columnid"] == "5"
    assert read_column(text, None).ids["unitid"] == "402134"
    plan = planned("hanweb-jpage", "/col/col5/index.html?uid=777")
    assert read(plan, text).next.form["unitid"] == "777"


@pytest.mark.parametrize("answer", ["", "<html><body></body></html>".ljust(54), "Forbidden", '{"a": 1}'])
def test_an_answer_without_datastore_is_an_error(planned, read, answer: str) -> None:
    plan = planned("hanweb-jpage", "/col/col1/index.html")
    request = read(plan, column(100)).next
    with pytest.raises(ListingError, match="no <datastore>"):
        read(plan, answer, request)


def test_an_empty_datastore_is_an_empty_page(planned, read) -> None:
    plan = planned("hanweb-jpage", "/col/col1/index.html")
    request = read(plan, column(100)).next
    page = read(plan, "<datastore><recordset></recordset></datastore>", request)
    assert page.entries == () and page.next is None and page.announced_total == 100


def test_a_column_that_is_listed_another_way_is_said_so(planned, read) -> None:
    with pytest.raises(ListingError, match="has no <datastore> and no jpage call"):
        read(planned("hanweb-jpage", "/col/col1/index.html"), "<html><ul><li>x</li></ul></html>")


def test_a_list_service_elsewhere_is_not_asked(planned, read) -> None:
    for proxy in ("https://evil.example/x", "//evil.example/x", "javascript:x", "http://[bad"):
        text = column(100).replace("/module/web/jpage/dataproxy.jsp", proxy)
        with pytest.raises(ListingError):
            read(planned("hanweb-jpage", "/col/col1/index.html"), text)
    group = "https://evil.example/module/web/jpage/dataproxy.jsp?page=1&columnid=X&unitid=Y"
    with pytest.raises(ListingError):
        read(planned("hanweb-jpage", "/col/col1/index.html"), column(100, script="", nextgroup=group))


def test_records_that_are_cut_off_end_the_list(planned, read) -> None:
    plan = planned("hanweb-jpage", "/col/col1/index.html")
    request = read(plan, column(100)).next
    whole = datastore(range(1, 4), 100)
    page = read(plan, whole[: whole.rindex("]]>")], request)
    assert len(page.entries) == 2 and window(page.next)[0] == 3
