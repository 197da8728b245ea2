"""archive.mirrors.judge: which two documents are one instrument, by example."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from archive.history.similarity import resemblance, shingles
from archive.mirrors.judge import judge
from archive.mirrors.sketch import BAND_BYTES, BANDS, sketch
from archive.mirrors.text import Text, number_key

RULE = "\n\n".join(
    f"第{n}条　{who}应当在{n + 3}日内{what}，并将结果报送{to}备案。"
    for n, (who, what, to) in enumerate(
        [("河道管理机构", "完成巡查", "水务局"), ("施工单位", "清理现场", "住房建设局"), ("街道办事处", "登记造册", "民政局"),
         ("餐饮经营者", "安装净化设备", "环境局"), ("物业企业", "公布收支", "业主大会"), ("学校", "排查隐患", "教育局")], 1)
)  # fmt: skip
TEXT = Text(1, "a" * 16, "cn", "2024-05-06", "关于印发巡查办法的通知", RULE, "国办发〔2024〕12号")
BARE = replace(TEXT, document_number=None)


def other(text: Text = TEXT, **fields: Any) -> Text:
    return replace(text, id=2, uid="b" * 16, portal="city", published_on="2024-07-01", **fields)


def rule(one: Text, two: Text) -> str | None:
    verdict = judge(one, two)
    assert judge(two, one) == verdict, "the order of the two makes a difference"
    return verdict.rule if verdict else None


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("国办发〔2024〕12号", "国办发〔2024〕12"), ("国办发[2024] 012 号", "国办发〔2024〕12"),
        ("国办发（２０２４）第１２号", "国办发〔2024〕12"), ("国办发【2024】12", "国办发〔2024〕12"),
        ("第12号", None), ("〔2024〕12号", None), ("国办发〔2024〕号", None), ("", None), (None, None),
        ("国发〔2024〕1号、国办发〔2024〕2号", None),
    ],
)  # fmt: skip
def test_one_number_however_it_is_written(written: str | None, key: str | None) -> None:
    assert number_key(written) == key


def test_republications_are_one() -> None:
    assert rule(TEXT, other(document_number="国办发[2024]12号")) == "number"
    shorter = other(body="\n\n".join(RULE.split("\n\n")[:5]), title="另一个标题")
    assert rule(TEXT, shorter) == "number"
    assert (
        rule(TEXT, other(document_number=None, title="关于印发巡查办法的通知（国办发〔2024〕12号）"))
        == "body"
    )
    assert rule(BARE, other(BARE, body=" ".join(RULE.replace("，", ",")))) == "body"
    longer = f"关于印发巡查办法的通知\n\n{RULE}\n\n来源：市政府办公室 2019\n\n附件：1.申请表"
    assert rule(BARE, other(BARE, body=longer)) == "near"
    assert rule(replace(BARE, body=f"来源：省报 1999年\n{RULE}"), other(BARE, body=longer)) == "near"
    assert rule(replace(TEXT, body="见附件"), other()) == "number"


@pytest.mark.parametrize(
    "fields",
    [
        {"document_number": "国办发〔2024〕13号"},  # another number, however alike
        {"document_number": "国办发〔2025〕12号"},
        {"document_number": None, "title": "关于印发巡查办法的通知（第二批）"},
        {"document_number": None, "title": ""},
        {"document_number": None, "body": RULE.replace("5日", "9日")},  # a figure
        {"document_number": None, "body": RULE.replace("水务局", "林业局")},  # two characters
        {"document_number": None, "body": f"{RULE}\n\n" + RULE[::-1]},  # it is but a part of another text
        {"document_number": None, "body": "见附件"},
        {"body": "见附件", "title": "另一个标题"},
        # Half of the articles are the county's own, and there are the same figures in them.
        {"body": "\n\n".join(line if n % 2 else line[:4] + line[4:][::-1] for n, line in enumerate(RULE.split("\n\n")))},
    ],
)  # fmt: skip
def test_near_misses_are_two(fields: dict[str, Any]) -> None:
    assert rule(TEXT, other(**fields)) is None


@pytest.mark.parametrize("day", ["二〇二四年五月六日", "5月6日", "第六批"])
def test_a_number_in_chinese_is_one(day: str) -> None:
    """The shorter text's sentences all stand in the longer one, its number does not."""
    longer = replace(BARE, body=f"{RULE}\n\n截至{day}。\n\n另见{day}起的公告")
    assert rule(longer, other(BARE, body=f"{RULE}\n\n截至{day}")) == "near"
    assert rule(longer, other(BARE, body=f"{RULE}\n\n{day.replace('六', '八').replace('6', '8')}")) is None


def test_one_portal_repeats_itself_only_on_one_day() -> None:
    again = replace(BARE, id=2, uid="b" * 16)
    assert rule(BARE, again) == "body"
    assert rule(BARE, replace(again, published_on="2024-05-13")) is None
    assert rule(BARE, replace(again, portal="city", published_on="2024-05-13")) == "body"


def test_alike_texts_meet_and_others_do_not(prose: Callable[..., str]) -> None:
    met = {"near": 0, "far": 0}
    for seed in range(100):
        text = prose(seed, 60)
        near, far = text[: len(text) * 9 // 10], text[: len(text) * 3 // 10] + prose(1000 + seed, 60)
        assert resemblance(shingles(text), shingles(near)) > 0.85
        for name, body in (("near", near), ("far", far)):
            one, two = sketch(shingles(text)), sketch(shingles(body))
            assert one is not None and two is not None and len(one) == BANDS * BAND_BYTES
            starts = range(0, len(one), BAND_BYTES)
            met[name] += any(
                one[start : start + BAND_BYTES] == two[start : start + BAND_BYTES] for start in starts
            )
    assert met["near"] >= 97 and met["far"] <= 5, met
    assert sketch(frozenset()) is None
    # The same on every machine.
    assert (sketch(shingles(RULE)) or b"").hex()[:16] == "dffd1ac04871f3ee"


def test_two_long_texts_made_to_differ_cost_little_time() -> None:
    one = "。".join(f"{n:06}甲乙丙" for n in range(60_000))
    two = "。".join(f"丁{n:06}戊己" for n in range(60_000))
    began = time.process_time()
    assert judge(replace(TEXT, body=one), other(body=two)) is None
    assert time.process_time() - began < 5
