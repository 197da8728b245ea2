"""The extraction benchmark: scores are what they claim, gold is read, and what a tool raises is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.extraction.measure import run
from benchmarks.extraction.pages import Case, cases
from benchmarks.extraction.scores import f1, same
from benchmarks.extraction.tools import OURS, OURS_WITH_PROFILE, Found, Tool, tools


def test_f1_counts_grams_without_white_space() -> None:
    assert f1("一二三四五", "一二 三四\n五") == 1
    assert f1("一二三四五", "一二三四六") == 0.5
    assert f1("", "一二三四五") == 0
    assert f1("一二三四一二三四", "一二三四") == pytest.approx(2 * 1 / 6)
    assert same(" 甲  乙 ", "甲 乙") and not same("甲", None) and same("", None)


def test_bundled_pages_are_measured_exactly() -> None:
    chosen = cases(("samples", "golden"))
    assert len([case for case in chosen if case.kind == "samples"]) > 40
    assert len([case for case in chosen if case.kind == "golden"]) > 40
    ours = [tool for tool in tools()[0] if tool.name in (OURS, OURS_WITH_PROFILE)]
    rows = run(ours, chosen, 1, lambda _: None)
    assert {(row.tool, row.kind) for row in rows} == {
        (tool, kind) for tool in (OURS, OURS_WITH_PROFILE) for kind in ("samples", "golden")
    }
    for row in rows:
        assert row.wrong == [] and row.failed == []
        mean = row.summary()["f1"]
        assert isinstance(mean, float) and mean >= 0.99


def test_real_pages_reach_the_targets(shared: Path) -> None:
    assert (shared / "realpages").is_dir()
    chosen = cases(("gov", "article", "detail"))
    ours = [tool for tool in tools()[0] if tool.name in (OURS, OURS_WITH_PROFILE)]
    rows = {(row.tool, row.kind): row for row in run(ours, chosen, 1, lambda _: None)}
    assert [row.wrong for row in rows.values() if row.wrong] == []
    means = {key: row.summary() for key, row in rows.items()}
    assert means[OURS, "gov"]["f1"] >= 0.99 and means[OURS, "gov"]["f1_lowest"] >= 0.5
    assert means[OURS, "article"]["f1"] >= 0.93
    assert means[OURS_WITH_PROFILE, "gov"]["f1"] >= 0.995
    assert all(row.slowest < 1 for row in rows.values())


def test_what_a_tool_raises_is_counted_as_nothing_found() -> None:
    def broken(case: Case) -> Found:
        raise RuntimeError(case.name)

    case = Case("a", "gov", "http://x/", b"<p>a</p>", None, {"title": "甲"}, "一段文字")
    (row,) = run([Tool("broken", broken)], [case], 1, lambda _: None)
    assert (row.failed, row.f1, row.seconds, row.asked["title"]) == (["a"], {"a": 0.0}, {}, 0)
