"""The outline from heading numbers, at the levels of GB/T 9704."""

from __future__ import annotations

import time

import pytest

from archive.record import Heading
from pipelines.body.outline import outline


def test_the_four_levels() -> None:
    lines = [
        "一、总体情况",
        "（一）主动公开",
        "(二)依申请公开",
        "1.当面申请",
        "2．传真申请",
        "（1）受理",
        "(2) 答复",
    ]
    assert [heading.level for heading in outline(lines)] == [1, 2, 2, 3, 3, 4, 4]
    assert outline(lines)[0] == Heading(1, "一、总体情况")


def test_a_heading_may_open_its_paragraph() -> None:
    text = "1.召开专门会议，研究制定措施。" + "严格按照文件精神要求，结合工作实际，研究制定周密措施。" * 4
    assert outline([text]) == [Heading(3, "1.召开专门会议，研究制定措施")]


@pytest.mark.parametrize(
    "line",
    [
        "1.5万元用于维护",
        "2019年，我中心认真贯彻落实",
        "一是加强领导",
        "（一）" + "很长的一段没有句号的文字，" * 10,
        "1.按时报送；",
        "十分重视、认真落实",
        "",
    ],
)
def test_what_is_no_heading(line: str) -> None:
    assert outline([line]) == []


def test_chapters() -> None:
    assert [h.level for h in outline(["第一章 总则", "第一节 原则", "第一条 为了规范"])] == [1, 2]


def test_linear_and_bounded() -> None:
    began = time.monotonic()
    assert len(outline(["一、标题"] * 10_000)) == 500
    outline(["一" * 200_000, "（" * 200_000, "1" * 200_000, " " * 200_000])
    assert time.monotonic() - began < 1


def test_numbered_files_and_lists_of_attachments_are_no_headings() -> None:
    lines = [
        "一、总体情况",
        "附件：",
        "1. 目录",
        "2. 申请表",
        "二、其他",
        "1. 说明",
        "附件：1. 表一",
        "2. 表二.xls",
        "3.表三",
    ]
    assert [heading.text for heading in outline(lines)] == ["一、总体情况", "二、其他", "1. 说明"]
    assert outline(["1. 甲.pdf", "2. 乙.doc"]) == []
