"""The sign-off block of a report, in lines and in a table."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from archive.record import Signoff
from pipelines.metadata.cells import cells
from pipelines.signoff import find_signoff

WHOLE = Signoff("卞守藏", "李典", "陈阅", "0370-3289999", "2020-01-05")


def find(markup: str) -> Signoff | None:
    return find_signoff(cells(document_fromstring(f"<html><body><p>正文。</p>{markup}</body></html>")))


@pytest.mark.parametrize(
    "markup",
    [
        "<p>单位负责人:卞守藏 审核人:李典  填报人:陈阅</p><p>联系电话:0370-3289999         填报日期:2020年1月5日</p>",
        "<p>单位负责人：卞守藏　审核人：李典　填报人：陈阅　联系电话：0370-3289999　填报日期：2020.1.5</p>",
        "<p>单位负责人：卞守藏</p><p>审 核 人：李典</p><p>填 报 人：陈阅</p><p>联系电话：0370-3289999</p><p>填报日期：2020-01-05</p>",
        "<table><tr><td>单位负责人</td><td>卞守藏</td><td>审核人</td><td>李典</td></tr><tr><td>填报人</td><td>陈阅</td>"
        "<td>联系电话</td><td>0370-3289999</td></tr><tr><td>填报日期</td><td>二〇二〇年一月五日</td></tr></table>",
        "<p>单位负责人：<span>卞守藏</span>审核人：<span>李典</span>填报人：<span>陈阅</span><br>联系电话：0370-3289999"
        "<br>填报日期：2020年1月5日</p>",
    ],
)
def test_forms(markup: str) -> None:
    assert find(markup) == WHOLE


def test_empty_places_are_null() -> None:
    assert find("<p>单位负责人：　　审核人：李典　填报人：　联系电话：　填报日期：</p>") == Signoff(
        reviewer="李典"
    )
    assert find("<p>单位负责人：　审核人：　填报人：　联系电话：　填报日期：</p>") is None


def test_a_date_of_two_digits_is_refused() -> None:
    signoff = find("<p>审核人：李典　填报人：陈阅　填报日期：20年1月5日</p>")
    assert signoff == Signoff(reviewer="李典", preparer="陈阅")


def test_contacts_and_credits_are_no_signoff() -> None:
    assert find("<p>联系电话：0370-3289999</p><p>电话：110</p>") is None
    assert find("<p>编辑：王一　审核：李典</p>") is None
    assert find("<p>项目负责人：王一　联系电话：110</p>") is None
