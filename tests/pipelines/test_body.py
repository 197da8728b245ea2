"""Bodies: profile, fallback, furniture, odd bodies, stability between two fetches, any input."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.body.find import Body, find_body, join_bodies
from pipelines.bundle import Bundle, Part
from pipelines.detail import Detail
from pipelines.page import Page, Unreadable
from pipelines.tables import data_tables

URL = "http://www.example.gov.cn/zwgk/t20190320_1.html"
TEXT = (
    "<p>根据《中华人民共和国政府信息公开条例》要求，现将本单位政府信息公开工作报告如下。</p>"
    "<p>一、总体情况</p>"
    "<p>一年来，我中心认真贯彻落实上级部署，把服务作为工作的出发点，取得了一定的成效。</p>"
)


def page_of(markup: str) -> Page:
    return Page.parse(Bundle(Part(URL, markup.encode(), "text/html; charset=utf-8")))


def body_of(inner: str, *, title: str = "某中心2019年度工作报告", detail: Detail | None = None) -> Body:
    markup = f"<html><head><title>{title}_某市人民政府</title></head><body>{inner}</body></html>"
    return find_body(page_of(markup), detail or Detail())


def portal_page(content: str, *, visits: int = 1, ad: str = "", container: str = "main") -> str:
    nav = "".join(f'<li><a href="/c{n}/">栏目导航{n}</a></li>' for n in range(12))
    return (
        f'<div class="head"><ul>{nav}</ul></div><div class="pos">当前位置：<a href="/">首页</a> &gt; <a href="/x/">年报</a></div>'
        f'<div class="{container}"><h1>某中心2019年度工作报告</h1>'
        f"<div class='info'>发布时间：2019-03-20 来源：某中心 浏览次数：{visits} 次 字体：[大 中 小]</div>"
        f"{content}</div><div class='side'>{ad}</div>"
        f"<div class='foot'>版权所有：某市人民政府 主办单位：某中心 网站标识码：4114000001 今日访问{visits}次</div>"
    )


def test_profile_names_the_container() -> None:
    detail = Detail(body=[".nothing", "#empty", ".main"], remove=[".note"])
    body = body_of(f"<div id=empty> </div><div class=main>{TEXT}<p class=note>附注</p></div>", detail=detail)
    assert body.found_by == "profile"
    assert "一、总体情况" in body.text
    assert "附注" not in body.text + body.html
    assert [heading.text for heading in body.outline] == ["一、总体情况"]


def test_fallback_takes_the_text_and_nothing_else() -> None:
    body = body_of(portal_page(TEXT + "<p>联系人：王某</p><p>2020年1月5日</p>"))
    assert body.text.startswith("根据《中华")
    assert body.text.endswith("联系人：王某\n\n2020年1月5日")
    assert "\n\n" in body.text


def test_avoided_elements_are_no_part_of_it() -> None:
    block = "<table id=block><tr><td>索引号：</td><td>x-2019-1，说明。说明文字很多很多很多</td></tr></table>"
    for container in ("main", "other"):
        page = page_of(f"<html><body><div class={container}>{block}{TEXT}</div></body></html>")
        body = find_body(page, Detail(body=[".main"]), {page.root.find(".//table")})
        assert "索引号" not in body.text
        assert "总体情况" in body.text


@pytest.mark.parametrize("detail", [Detail(), Detail(body=[".main"])])
@pytest.mark.parametrize(
    "furniture",
    [
        "<p>【<a href='javascript:window.print()'>打印</a>】【<a href='#'>关闭</a>】</p>",
        "<div>上一篇：<a href='/1.html'>某局关于某事的通知，请看</a></div><div>下一篇：没有了</div>",
        "<p>扫一扫在手机打开当前页</p><p><img src='/ewm.png'></p>",
        "<div class='share'>分享到：<a href='#'>微信</a></div>",
        "<div>标签：</div><div>留言与评论（共有 <b>0</b> 条评论）</div><form><textarea></textarea>验证码：<input></form>",
        "<div>标签：<a href='/t/1'>年报</a> <a href='/t/2'>公开</a></div>",
        "<div>浏览次数：<span>1234</span></div>",
        "<div>相关链接</div><ul><li><a href=/1.html>某局的另一篇文章，题目很长</a></li></ul>",
    ],
)
def test_furniture_inside_the_container(detail: Detail, furniture: str) -> None:
    clean = body_of(portal_page(TEXT), detail=detail)
    body = body_of(portal_page(TEXT + furniture), detail=detail)
    assert body.text == clean.text
    assert "打印" not in body.html
    assert "ewm.png" not in body.html


def test_real_text_that_begins_like_furniture_stays() -> None:
    real = [
        "分享改革红利，是人民群众的期待，也是我们的责任。",
        "打印机等办公设备采购项目公开招标，具体内容如下：",
        "评论员文章指出，要坚持公开为常态、不公开为例外。",
        "标签管理制度已经建立，各单位应当遵照执行。",
        "时间：2013年10月23日",
        "附件：1.统计表",
        "单位负责人：卞某 审核人：李某 填报人：陈某",
        "联系电话：0370-0000000 填报日期：2020年1月5日",
    ]
    content = TEXT + "".join(f"<p>{line}</p>" for line in real)
    for detail in (Detail(), Detail(body=[".main"])):
        body = body_of(portal_page(content), detail=detail)
        for line in real:
            assert line in body.text


def test_two_fetches_that_differ_in_footers_counters_and_ads_say_the_same() -> None:
    ads = ["<a href=/ad1><img src=/ad1.png></a>", "<p>广告：夏季大促销，全场五折，欢迎选购。</p>"]
    inside = "{}<div class=ad>{}</div><p>浏览次数：{}</p>"
    for detail in (Detail(), Detail(body=[".main"])):
        first, second = (
            body_of(portal_page(inside.format(TEXT, ad, visits), visits=visits, ad=ad), detail=detail)
            for visits, ad in zip((1, 4711), ads, strict=True)
        )
        assert first.text == second.text
        assert first.html == second.html


def test_title_on_top_is_not_body_text() -> None:
    body = body_of(portal_page(TEXT), detail=Detail(body=[".main"]))
    assert "2019年度工作报告" not in body.text


@pytest.mark.parametrize(
    ("content", "check"),
    [
        ('<img src="/upload/scan1.jpg" width="900">', "images"),
        ('<iframe src="/web/viewer.html?file=/u/a.pdf"></iframe>', "element"),
        ('<embed src="/u/a.pdf">', "element"),
        ('<ul><li><a href="/u/1.doc">统计表一</a></li><li><a href="/u/2.xls">统计表二</a></li></ul>', "text"),
        ("<table><tr><td>指标</td><td>数</td></tr><tr><td>公开</td><td>102</td></tr></table>", "text"),
        ("<p>没有收到申请</p>", "text"),
    ],
)
def test_bodies_without_running_text(content: str, check: str) -> None:
    for detail in (Detail(), Detail(body=[".main"])):
        body = body_of(portal_page(content), detail=detail)
        assert body.element is not None
        assert check == "element" or getattr(body, check), (check, body)
        assert "浏览次数" not in body.text
        assert "版权" not in body.text
        if check == "images":
            assert body.images == ["http://www.example.gov.cn/upload/scan1.jpg"]
            assert 'src="http://www.example.gov.cn/upload/scan1.jpg"' in body.html
        if "doc" in content:
            assert body.text == "统计表一\n\n统计表二"
        if "table" in content:
            assert body.text == "指标 | 数\n公开 | 102"
            assert data_tables(body.element)[0].rows == [["指标", "数"], ["公开", "102"]]


def test_word_markup() -> None:
    spans = "".join(f'<span style="mso-x:1"><o:p></o:p><font>公开内容{n}，</font></span>' for n in range(400))
    body = body_of(portal_page(f'<p class="MsoNormal">{spans}</p>'))
    assert body.text.count("公开内容") == 400
    assert "\n" not in body.text
    assert "mso" not in body.html


def test_large_nested_tables_and_deep_nesting() -> None:
    rows = "".join(
        f"<tr><td>指标{n}</td><td><table><tr><td>{n}</td><td>件</td></tr></table></td></tr>"
        for n in range(2500)
    )
    for markup in (
        f"<table>{rows}</table>",
        "<div>" * 1500 + TEXT,
        "<table><tr><td>" * 400 + TEXT,
        "<b>" * 5000 + TEXT,
    ):
        began = time.monotonic()
        body = body_of(markup)
        assert time.monotonic() - began < 2
        assert body.text


def test_html_is_safe_and_absolute() -> None:
    body = body_of(
        f"<div class=main>{TEXT}<p onclick=x()>见<a href='javascript:alert(1)'>甲</a><a href=b.html>乙</a>"
        "<img src='data:image/png;base64,AA'><img src='../p.png' onerror=x()></p><script>alert(2)</script>"
        "<style>p{}</style><svg><script>1</script></svg></div>",
        detail=Detail(body=[".main"]),
    )
    assert 'href="http://www.example.gov.cn/zwgk/b.html"' in body.html
    assert 'src="http://www.example.gov.cn/p.png"' in body.html
    assert not re.search(r"javascript:|data:|onerror|onclick|<script|<style|alert", body.html)
    assert body.images == ["http://www.example.gov.cn/p.png"]


def test_continuations_are_joined_once() -> None:
    first, second = body_of(f"<div>{TEXT}</div>"), body_of(f"<div>{TEXT.replace('一、', '二、')}</div>")
    joined = join_bodies(first, [second, first, Body()])
    assert joined.text == f"{first.text}\n\n{second.text}"
    assert [heading.text for heading in joined.outline] == ["一、总体情况", "二、总体情况"]
    assert join_bodies(first, []).text == first.text


def test_nothing_is_found_on_a_listing() -> None:
    rows = "".join(
        f"<li><a href='/a/{n}.html'>某单位关于某事项的通知（第{n}号）</a><span>2019-01-01</span></li>"
        for n in range(20)
    )
    assert body_of(f"<div class=list><ul>{rows}</ul></div>").text == ""


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=400), st.text(alphabet="<>/divtablerspn=\"' 。，附件abc一", max_size=600)))
def test_never_raises(noise: str) -> None:
    try:
        page = page_of(f"<div>{noise}")
    except Unreadable:
        return
    for detail in (Detail(), Detail(body=["div"], remove=["p"])):
        body = find_body(page, detail)
        assert isinstance(body.text, str)
        data_tables(page.root)


def seed_page(seed: str) -> str:
    """The seed laid out as its portal does: block, body, statistics table, sign-off, comment box."""
    lines = [line.strip() for line in seed.splitlines() if line.strip()]
    start = next(n for n, line in enumerate(lines) if line.startswith("统 计 指 标"))
    end = next(n for n, line in enumerate(lines) if line.startswith("单位负责人"))
    block = next(n for n, line in enumerate(lines) if line.startswith("信息有效性"))
    rows = []
    for line in lines[start:end]:
        found = re.fullmatch(r"(.*?)(?:\s+(单位|万元|人次))?(?:\s+(\d+|——|统计数))?", line)
        assert found is not None
        rows.append("".join(f"<td>{cell or ''}</td>" for cell in found.groups()))
    paragraphs = "".join(f"<p>{line}</p>" for line in lines[block + 1 : start])
    table = "".join(f"<tr>{row}</tr>" for row in rows)
    sign = "".join(f"<p>{line}</p>" for line in lines[end : end + 2])
    tail = "".join(f"<div>{line}</div>" for line in lines[end + 2 :])
    return f"<div class=content>{paragraphs}<table>{table}</table>{sign}{tail}<input name=code></div>"


def test_the_seed(shared: Path) -> None:
    seed = next((shared / "seeds").glob("*.txt")).read_text("utf-8")
    for detail in (Detail(), Detail(body=[".content"])):
        body = body_of(
            seed_page(seed), title="商丘市机关事务中心2019年度政府信息与政务公开工作报告", detail=detail
        )
        assert not re.search("标签|留言与评论|验证码", body.text)
        assert body.text.startswith("根据《中华人民共和国政府信息公开条例》")
        assert "单位负责人:卞晓鹏 审核人:李华山 填报人:陈志鹏" in body.text
        assert body.text.endswith("填报日期:2020年1月5日")
        (table,) = data_tables(body.element)
        assert [cell.replace(" ", "") for cell in table.rows[0]] == ["统计指标", "单位", "统计数"]
        assert len(table.rows) == 66
        assert "其中:主动公开规范性文件数 |  | 19" in body.text
        assert [heading.text for heading in body.outline][:2] == [
            "一、2019年度政府信息与政务公开情况",
            "(一)领导重视,健全组织",
        ]


def post(number: int, words: int = 6) -> str:
    """A blog's post with the line beneath it."""
    text = "".join(f"第{number}篇文章的第{n}句话，写得很长，读起来像一篇真正的文章。" for n in range(words))
    return (
        f"<tr><td><h3>文章之{number}</h3></td></tr><tr><td>{text}</td></tr><tr><td>[<a href=p>打印</a>]</td></tr>"
        f"<tr><td>由<a href=u>某某的全部文章</a>张贴 共 <a href=c>{number}1 篇评论</a> <a href=w>发表评论 &gt;&gt;&gt;</a></td></tr>"
    )


def test_of_several_posts_the_first_is_the_document() -> None:
    body = body_of(f"<table>{''.join(map(post, range(1, 6)))}</table>")
    assert "第1篇" in body.text and "第2篇" not in body.text


def test_a_count_of_comments_within_a_text_ends_nothing() -> None:
    said = "征求意见期间，共收到 11 条评论，发表评论的多为企业代表，其中采纳六条，未采纳五条，理由见附表。"
    last = "以上意见的采纳情况，已经在本中心网站公布，请社会各界继续监督，提出宝贵意见。"
    body = body_of(f"<div>{TEXT}<p>{said}</p><p>{last}</p></div>")
    assert said in body.text and body.text.endswith(last)
