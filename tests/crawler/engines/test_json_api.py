"""json_api and html_in_json: what is asked, how pages are counted, slices of days, windows, markup in strings."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.engines import html_in_json, json_api
from crawler.engines.base import ListingError, ListingPage, ListingRequest

SITE = "https://www.example.gov.cn"
FIRST = date(2020, 1, 1)


def item(n: int) -> dict[str, str]:
    return {
        "title": f"关于第{n}号的通知",
        "url": f"/zwgk/202001/t20200101_{n}.html",
        "date": (FIRST + timedelta(days=n)).isoformat(),
    }


def answer(numbers: range, **more: object) -> str:
    return json.dumps({"list": [item(n) for n in numbers], **more}, ensure_ascii=False)


def query(request: ListingRequest) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(request.url).query).items()}


def walk(
    plan, respond: Callable[[ListingRequest], str], engine=json_api, most: int = 200
) -> list[ListingPage]:
    """Every page, each request having gone through the archive's cursor."""
    request: ListingRequest | None = engine.first(plan)
    pages: list[ListingPage] = []
    while request is not None:
        asked = ListingRequest.from_dict(json.loads(json.dumps(request.to_dict())))
        pages.append(engine.read(plan, asked, respond(asked), asked.url))
        request = pages[-1].next
        assert len(pages) < most
    return pages


def numbers_of(pages: list[ListingPage]) -> set[int]:
    return {int(entry.url.rpartition("_")[2][:-5]) for page in pages for entry in page.entries}


def test_pages_are_counted_by_the_total_and_what_page_1_held(planned) -> None:
    plan = planned("generic-json", "/api/list?size=50&page=1")

    def respond(request: ListingRequest) -> str:
        page = int(query(request)["page"])
        return answer(range(page * 10 - 9, min(page * 10, 24) + 1), total="24")

    pages = walk(plan, respond)
    assert [len(page.entries) for page in pages] == [10, 10, 4]
    assert {page.announced_total for page in pages} == {24} and pages[0].pages == 3
    assert numbers_of(pages) == set(range(1, 25))


def test_without_a_total_it_is_asked_until_nothing_comes(planned) -> None:
    plan = planned("generic-json", "/api/list?page=1")
    pages = walk(plan, lambda request: answer(range(1, 4) if int(query(request)["page"]) < 3 else range(0)))
    assert [len(page.entries) for page in pages] == [3, 3, 0] and pages[0].announced_total is None


def test_a_stale_total_ends_nothing(planned) -> None:
    plan = planned("generic-json", "/api/list?page=1", listing={"paging": {"stale_total": True}})
    pages = walk(
        plan, lambda request: answer(range(1, 4) if int(query(request)["page"]) < 4 else range(0), total=5)
    )
    assert [len(page.entries) for page in pages] == [3, 3, 3, 0]


def test_bodies_count_from_0_and_escape_what_they_are_given(planned) -> None:
    body = '{"cat": "{cat}", "list": {ids}, "pageIndex": {page}, "pageSize": {size}}'
    listing = {
        "request": {
            "method": "POST",
            "url": "/rest/list",
            "body": body,
            "first_page": 0,
            "defaults": {"size": "7"},
        }
    }
    plan = planned("generic-json", None, params={"cat": 'a"b\\公开', "ids": "[1, 2]"}, listing=listing)
    request = json_api.first(plan)
    assert (request.method, request.url, request.form) == ("POST", f"{SITE}/rest/list", None)
    assert request.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert json.loads(request.body) == {"cat": 'a"b\\公开', "list": [1, 2], "pageIndex": 0, "pageSize": 7}
    following = json_api.read(plan, request, answer(range(1, 8), total=9), request.url).next
    assert json.loads(following.body)["pageIndex"] == 1


def test_values_are_read_off_the_directory_s_page_first(planned) -> None:
    plan = planned("gkmlpt", "/yjzjj/gkmlpt/index#721")
    opening = json_api.first(plan)
    assert opening.url == f"{SITE}/yjzjj/gkmlpt/index#721" and opening.method == "GET"
    page = json_api.read(
        plan, opening, "<script>window._CONFIG = {SID: '662001', TREE: []}</script>", opening.url
    )
    assert page.embedded and page.entries == ()
    assert page.next.url == f"{SITE}/yjzjj/gkmlpt/api/all/721?page=1&sid=662001" and page.next.page == 1
    told = planned("gkmlpt", "/gkmlpt/index", params={"catId": "5", "sid": "2"})
    assert json_api.first(told).url == f"{SITE}/gkmlpt/api/all/5?page=1&sid=2"


def test_a_value_that_the_page_does_not_show_is_named(planned) -> None:
    plan = planned("ucap-json", "/c100123/list.shtml")
    opening = json_api.first(plan)
    with pytest.raises(
        ListingError, match=r"lacks params\.channelId, which ucap-json asks with, and its page does not"
    ):
        json_api.read(plan, opening, "<html><p>建设中</p></html>", opening.url)


def test_a_page_cannot_send_the_crawler_elsewhere(planned) -> None:
    listing = {
        "request": {
            "url": "{where}/list?page={page}",
            "values": {"where": "data-api='(//[^']+)'"},
            "encoding": "utf-8",
        }
    }
    plan = planned(
        "generic-json", "/x", listing={"request": {**listing["request"], "url": "http://{where}/l?p={page}"}}
    )
    opening = json_api.first(plan)
    with pytest.raises(ListingError, match="not on the portal's hosts"):
        json_api.read(plan, opening, "<div data-api='//evil.example/x'>", opening.url)


@pytest.mark.parametrize("known", [True, False], ids=["true total", "total is the cap"])
def test_a_capped_list_is_walked_by_slices_of_days(planned, known: bool) -> None:
    cap, size, everything = 20, 5, range(1, 138)
    slices = {"cap": cap, "since": "2019-06-01", "from_param": "filter[D-gte]", "to_param": "filter[D-lte]"}
    plan = planned("generic-json", "/igs/list?page=1", listing={"request": {"slices": slices}})

    def respond(request: ListingRequest) -> str:
        asked = query(request)
        fitting = [
            n for n in everything if asked["filter[D-gte]"] <= item(n)["date"] <= asked["filter[D-lte]"]
        ]
        page = int(asked.get("page", 1))
        assert (page - 1) * size < cap, "behind the cap"
        shown = fitting[::-1][(page - 1) * size : page * size]
        total = len(fitting) if known else min(len(fitting), cap)
        return json.dumps({"list": [item(n) for n in shown], "total": total})

    pages = walk(plan, respond)
    assert numbers_of(pages) == set(everything)
    assert {page.announced_total for page in pages} == ({137} if known else {None})
    assert all(page.pages is None for page in pages)
    assert all(page.embedded for page in pages if not page.entries)


def test_a_day_that_is_longer_than_the_cap_is_read_as_far_as_it_goes(planned) -> None:
    slices = {"cap": 2, "since": "2026-10-31", "from_param": "a", "to_param": "b"}
    plan = planned("generic-json", "/list?page=1", listing={"request": {"slices": slices}})

    def respond(request: ListingRequest) -> str:
        asked = query(request)
        inside = asked["a"] <= "2026-10-31" <= asked["b"]
        start = 2 * int(asked.get("page", 1)) - 1
        return answer(range(start, start + 2) if inside else range(0), total=9 if inside else 0)

    assert numbers_of(walk(plan, respond)) == {1, 2}


def test_windows_go_on_behind_what_came(planned) -> None:
    plan = planned("truecms", "/list/index.html", params={"columnId": "8a9b"})
    asked: list[tuple[str, str]] = []

    def respond(request: ListingRequest) -> str:
        window = query(request)
        asked.append((window["startrecord"], window["endrecord"]))
        assert request.headers["Referer"] == f"{SITE}/list/index.html"
        start = int(window["startrecord"])
        records = "".join(
            f'<record><![CDATA[<li><a onclick="name2(\'/art/{n}.html\')" title="第{n}号">第…</a><span>2024-01-05</span></li>]]></record>'
            for n in range(start, min(start + 8, 20))
        )
        return f"cb({json.dumps({'result': f'<datastore><totalrecord>19</totalrecord><recordset>{records}</recordset></datastore>'})})"

    pages = walk(plan, respond, html_in_json)
    assert asked == [("1", "20"), ("9", "28"), ("17", "36")]
    assert [len(page.entries) for page in pages] == [8, 8, 3] and pages[0].announced_total == 19
    assert pages[0].entries[0].url == f"{SITE}/art/1.html" and pages[0].entries[0].title == "第1号"


def test_markup_in_json_in_a_script_s_string_and_bare(planned) -> None:
    rows = "<ul><li><a href='/columns/1.html' title='通知'>通…</a><span>2024-01-05</span></li></ul>"
    plan = planned(
        "hebei-blocks", None, params={"column": "1", "template": "2", "block": "3"}, urls={"document": []}
    )
    request = html_in_json.first(plan)
    assert request.url == f"{SITE}/columns/1/templates/2/blocks/3?page=1&fix=0"
    for text in (
        rows,
        json.dumps({"data": {"html": rows}}),
        f"export default `{rows}`",
        f"cb({json.dumps([rows])})",
    ):
        page = html_in_json.read(plan, request, text, request.url)
        assert [(entry.title, entry.published_on) for entry in page.entries] == [("通知", "2024-01-05")]
    with pytest.raises(ListingError, match="no markup"):
        html_in_json.read(plan, request, '{"code": 500, "msg": "系统繁忙"}', request.url)


def test_a_short_column_s_own_rows_are_its_listing(planned) -> None:
    plan = planned("hanweb-jpaas", "/zw/index.html")
    opening = html_in_json.first(plan)
    art = "/art/2024/art_0123456789abcdef0123456789abcdef.html"
    page = html_in_json.read(
        plan, opening, f"<ul><li><a href='{art}'>通知</a><span>2024-01-05</span></li></ul>", opening.url
    )
    assert [entry.url for entry in page.entries] == [SITE + art] and page.next is None and not page.embedded


@pytest.mark.parametrize(
    "text", ['{"list": []}', '{"data": {}, "total": 0}', "[]", '{"page": {"content": [], "total": "0"}}']
)
def test_an_empty_listing_is_one(planned, text: str) -> None:
    plan = planned("generic-json", "/api")
    page = json_api.read(plan, json_api.first(plan), text, f"{SITE}/api")
    assert page.entries == () and page.next is None


@pytest.mark.parametrize("text", ['{"code": 401, "msg": "未授权"}', '{"error": true}', '["a"]'])
def test_an_answer_without_a_list_is_no_empty_listing(planned, text: str) -> None:
    plan = planned("generic-json", "/api")
    with pytest.raises(ListingError, match="no list of entries"):
        json_api.read(plan, json_api.first(plan), text, f"{SITE}/api")


def test_a_service_that_calls_everything_f_is_read_by_form(planned) -> None:
    rows = [
        {
            "doc_pub_url": f"{SITE}/zwgk/201409/t20140930_{n}.html",
            "f_1": f"11500000009275780L/2021-{n:05d}",
            "f_2": "样例市人民政府网",
            "f_3": f"样例市人民政府关于公布第{n}批保护单位名单的通知",
            "f_4": f"样府发〔2014〕{n}号",
            "f_5": f"样例市人民政府关于公布第{n}批保护单位名单的通知各区县人民政府，市政府有关部门：{'现将名单公布如下。' * 40}",
            "f_6": "2014-09-19 00:00:00",
        }
        for n in range(1, 11)
    ]
    text = json.dumps({"success": True, "data": {"list": rows, "pager": {"total": 3800, "pageCount": 380}}})
    plan = planned("generic-json", "/irs/list")
    page = json_api.read(plan, json_api.first(plan), text, f"{SITE}/irs/list")
    assert (len(page.entries), page.announced_total, page.pages) == (10, 3800, 380)
    entry = page.entries[2]
    assert (entry.title, entry.published_on) == (
        "样例市人民政府关于公布第3批保护单位名单的通知",
        "2014-09-19",
    )
    assert entry.fields == {
        "index_number": "11500000009275780L/2021-00003",
        "document_number": "样府发〔2014〕3号",
    }


def test_a_list_of_pieces_of_markup(planned) -> None:
    rows = [
        f"<div><a href='/a/{n}.html'>通知第{n}号</a><span>时间:2019-06-1{n}</span></div>" for n in range(1, 6)
    ]
    plan = planned("generic-json", "/search")
    text = json.dumps({"result": rows, "total": 1500, "cost": 64.0})
    page = json_api.read(plan, json_api.first(plan), text, f"{SITE}/search")
    assert [entry.title for entry in page.entries] == [f"通知第{n}号" for n in range(1, 6)]
    assert page.entries[4].published_on == "2019-06-15" and (page.announced_total, page.pages) == (1500, 300)


def test_field_names_of_other_services_are_known(planned) -> None:
    row = {"docpuburl": "/x/t20211019_1.html", "gk_doctitle": "通知", "title": "关于道路的通知", "docno": "样政发〔2021〕58号",
           "idxId": "000/2021-00475", "docpubtime": "2021-10-19 17:16:43", "publishdept": "样例局"}  # fmt: skip
    plan = planned("generic-json", "/api")
    page = json_api.read(
        plan, json_api.first(plan), json.dumps({"data": {"total": 1, "data": [row]}}), f"{SITE}/api"
    )
    (entry,) = page.entries
    assert (entry.title, entry.published_on) == ("关于道路的通知", "2021-10-19")
    assert entry.fields == {
        "index_number": "000/2021-00475",
        "document_number": "样政发〔2021〕58号",
        "agency": "样例局",
    }


@pytest.mark.parametrize(
    "page",
    [
        """<div queryData="{'webId':'3309','pageId':'12','tagId':'当前栏目list','tplSetId':'bgW8'}"></div>""",
        """<div queryData='{"webId": "3309", "pageId": "12", "tagId": "当前栏目list", "tplSetId": "bgW8"}'></div>""",
        '<div queryData="{&#39;webId&#39;:&#39;3309&#39;,&#39;pageId&#39;:&#39;12&#39;,&#39;tagId&#39;:&#39;当前栏目list&#39;,'
        '&#39;tplSetId&#39;:&#39;bgW8&#39;}"></div>',
        '<script parsetype="bulidstatic" url="/api-gateway/jpaas-publish-server/front/page/build/unit?webId=3309&amp;pageId=12'
        '&amp;tagId=%E5%BD%93%E5%89%8D%E6%A0%8F%E7%9B%AElist&amp;tplSetId=bgW8"></script>',
    ],
    ids=["single quotes", "double quotes", "entities", "address"],
)
def test_jpaas_is_asked_with_what_its_page_says_however_it_is_written(planned, page: str) -> None:
    plan = planned("hanweb-jpaas", "/zw/index.html")
    opening = html_in_json.first(plan)
    asked = query(html_in_json.read(plan, opening, page, opening.url).next)
    assert [asked[name] for name in ("webId", "pageId", "tagId", "tplSetId")] == [
        "3309",
        "12",
        "当前栏目list",
        "bgW8",
    ]
    assert json.loads(asked["paramJson"]) == {"pageNo": 1, "pageSize": "15"}
