"""What a page says of this moment and not of its document: counters, clocks, weather. It differs at every fetch.

A line is one only as a whole: 全年访问量1,240万次 within a sentence is real text. Within a longer line only a
bracket that holds nothing but a counter, ``（下载12次）``, is cut out.
"""

from __future__ import annotations

import re

from lxml.etree import _Element

from pipelines.remember import remembered

_LONGEST = 60
_DEED = "(?:浏览|点击|阅读|访问|查看|下载|人气|点赞|收藏|转发)"
_NUMBER = r"\d[\d,，.]{0,12}%?"
_UNIT = r"(?:人次|次|人|位|票)"
_AMOUNT = rf"{_NUMBER}\s?{_UNIT}?"
_DAY = r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?"
_COUNTED = rf"(?:本[文页]|本文章|该文)?(?:已经?|共|被|已被)?{_DEED}(?:次数|人次|人数|量|数|率|统计|过|了)?(?:\s?[:：]\s?|\s?){_AMOUNT}"
_PIECE = (
    rf"(?:{_COUNTED}"
    rf"|(?:已|共)?有\s?{_NUMBER}\s?[人次位](?:网友)?(?:参与|{_DEED})(?:本[页文])?(?:过|了)?"
    rf"|(?:当前|目前)?在线(?:人数|用户)?\s?[:：]?\s?{_NUMBER}\s?[人位]?"
    rf"|(?:非常|基本|不|比较|很)?满意\s?{_NUMBER}\s?票"
    rf"|评\s?分\s?[:：]\s?{_NUMBER}\s?分?|共\s?{_NUMBER}\s?人(?:参与|评分|投票)(?:评分|投票)?"
    rf"|(?:PV|UV|Views?|Hits?)\s?[:：]?\s?{_NUMBER}"
    rf"|(?:本?页面)?(?:执行|加载|响应|处理)时间\s?[:：]\s?{_NUMBER}\s?(?:毫秒|秒|ms|s)"
    rf"|(?:(?:本?页面?)?(?:最后)?(?:生成|更新|打印|刷新|当前|现在|系统|服务器|北京)时间\s?[:：]|今天是|现在是)\s?{_DAY}"
    r"(?:\s{0,3}星期[一二三四五六日天])?(?:\s{0,3}\d{1,2}[:：时]\d{1,2}(?:[:：分]\d{1,2}秒?)?)?"
    r"|[\u4e00-\u9fff]{2,8}\s(?:晴|多云|阴|小雨|中雨|大雨|阵雨|雷阵雨|小雪|雾|霾)[^\s\d]{0,6}\s-?\d{1,2}(?:[~-]-?\d{1,2})?\s?℃"
    r"(?:\s[东南西北微无持续]{0,6}风[向力]?\S{0,6})?)"
)
_LINE = re.compile(
    rf"[【\[（(]?\s?{_PIECE}(?:[\s|/，,、;；·]{{1,5}}{_PIECE}){{0,5}}\s?[】\]）)]?", re.IGNORECASE
)
# Noun, number and unit, or noun, colon and number.
_HELD = (
    rf"\s?(?:(?:已经?|已被|被)?{_DEED}(?:次数|人次|量|数|过|了)?\s?[:：]?\s?\d[\d,]{{0,12}}\s?次"
    rf"|{_DEED}(?:次数|人次|量|数)\s?[:：]\s?\d[\d,]{{0,12}})\s?"
)
_BRACKET = re.compile(rf"\s?(?:（{_HELD}）|\({_HELD}\)|\[{_HELD}\]|【{_HELD}】)")
# The same where it only matters whether there is one: led by a set of signs, to which the engine skips.
_BRACKETED = re.compile(rf"[（(\[【](?:(?<=（){_HELD}）|(?<=\(){_HELD}\)|(?<=\[){_HELD}\]|(?<=【){_HELD}】)")
_DIGIT = re.compile(r"\d")


def is_counter(text: str) -> bool:
    """Whether a line is nothing but counters, or the moment at which the page was made or is read."""
    return len(text) <= _LONGEST and _is_counter(text)


@remembered
def _is_counter(text: str) -> bool:
    return _DIGIT.search(text) is not None and _LINE.fullmatch(text) is not None


def has_bracket(text: str) -> bool:
    """Whether :func:`without_brackets` would change ``text``."""
    return _BRACKETED.search(text) is not None


def without_brackets(text: str) -> str:
    """``text`` without the brackets that hold nothing but a counter: ``（下载12次）``, ``[下载次数：12]``."""
    return _BRACKET.sub("", text)


def cut_brackets(element: _Element) -> None:
    """Take those brackets out of every text within ``element``."""
    for node in element.iter():
        if node.text:
            node.text = without_brackets(node.text)
        if node.tail and node is not element:
            node.tail = without_brackets(node.tail)
