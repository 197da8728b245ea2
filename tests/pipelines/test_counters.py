"""Counters and clocks: out where they are a whole line or a whole bracket, never out of a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.record import content_hash
from pipelines.body.counters import is_counter, without_brackets
from pipelines.bundle import Bundle, Part
from pipelines.detail import Detail
from pipelines.extract import extract

LINES = [
    "下载次数：{n}",
    "浏览 {n} 次",
    "（已浏览{n}次）",
    "已有{n}人阅读",
    "人气：{n}",
    "点赞 {n}",
    "点赞 {n} 收藏 {n}",
    "在线人数：{n}人",
    "满意 {n} 票",
    "满意 {n} 票 不满意 {n} 票",
    "评分：{n}分，共{n}人参与",
    "点击率：{n}",
    "Views: {n}",
    "PV {n}",
    "本文被浏览过{n}次",
    "页面生成时间：2026-11-25 10:00:{n}",
    "当前时间：2026年11月{n}日 10:00",
    "打印时间：2026-11-{n} 10:00",
    "页面执行时间：0.{n}秒",
    "今天是2026年11月{n}日 星期三",
    "北京 晴 {n}℃ 西北风3级",
    "<span>阅读：{n}</span>",
    "附件：<a href='/f/x.doc'>实施方案.doc</a>（下载{n}次）",
    "<a href='/f/x.doc'>实施方案.doc</a> [下载次数：{n}]",
    "<a href='/d{n}.doc'>热门下载{n}</a>",
    "热门下载</p><ul><li><a href='/d{n}.doc'>表{n}.doc</a></li><li><a href='/e{n}.doc'>册{n}.doc</a></li></ul><p>",
]
PROSE = [
    "全年访问量1,240万次。",
    "全年访问量1,240万次",
    "政府网站全年访问量1240万次，浏览量比上年增长12%。",
    "经投票，满意 320 票的单位有三家",
    "表格下载12次以上的单位须说明理由",
    "下载表格",
    "当前时间紧、任务重",
    "今天是国际档案日",
    "满意度98.5%",
    "访问量",
    "参与人数：120人",
    "2019年4月2日",
]
TEXT = "<p>根据《中华人民共和国政府信息公开条例》的有关规定，现将2019年度相关工作情况报告如下，请各有关单位认真贯彻执行。</p>"
PLACES = {
    "first": "<h1>关于开展检查工作的通知</h1><div class='{c}'>{x}{t}</div><div class='foot'>版权所有：某局</div>",
    "last": "<h1>关于开展检查工作的通知</h1><div class='{c}'>{t}{x}</div><div class='foot'>版权所有：某局</div>",
    "above": "<div>{x}</div><h1>关于开展检查工作的通知</h1><div class='{c}'>{t}</div><div class='foot'>版权所有：某局</div>",
    "footer": "<h1>关于开展检查工作的通知</h1><div class='{c}'>{t}</div><div class='foot'>{x}版权所有：某局</div>",
}


@pytest.mark.parametrize("container", ["TRS_Editor", "unknown"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("line", LINES)
def test_a_counter_makes_no_revision(line: str, place: str, container: str) -> None:
    hashes = set()
    for number in (12, 27):
        inner = f"<p>{line.replace('{n}', str(number))}</p>"
        page = PLACES[place].format(
            c=container, x=inner, t=TEXT + TEXT.replace("2019", "2020") + TEXT.replace("2019", "2021")
        )
        record = extract(
            Bundle(
                Part("http://www.example.gov.cn/t1.html", f"<meta charset=utf-8>{page}".encode()),
                Detail(body=[".TRS_Editor"]),
            )
        )
        assert record.body_text.count("年度相关工作情况报告如下") == 3
        hashes.add(content_hash(record))
    assert len(hashes) == 1


@pytest.mark.parametrize("line", PROSE)
def test_prose_stays(line: str) -> None:
    assert not is_counter(line)
    assert without_brackets(line) == line
    page = (
        f"<meta charset=utf-8><div class=TRS_Editor>{TEXT}<p>{line}</p>{TEXT.replace('2019', '2020')}</div>"
    )
    record = extract(
        Bundle(Part("http://www.example.gov.cn/t1.html", page.encode()), Detail(body=[".TRS_Editor"]))
    )
    assert line in record.body_text or line == "访问量"


def test_only_a_bracket_that_is_a_counter_is_cut() -> None:
    assert without_brackets("附件：方案.doc（下载12次）") == "附件：方案.doc"
    assert without_brackets("方案.doc [下载次数：1,204]（修订）") == "方案.doc（修订）"
    for text in ("方案（下载12次以上）", "方案（第12次）", "方案（下载）", "（2019）12次", "（浏览12页）"):
        assert without_brackets(text) == text


@given(st.text(alphabet="下载浏览次：（）()[]12 ,.时间", max_size=200))
def test_any_text(text: str) -> None:
    is_counter(text)
    assert len(without_brackets(text)) <= len(text)
