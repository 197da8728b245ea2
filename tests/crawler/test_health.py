"""From walks and counters to a verdict."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from crawler.health import WalkReport, judge


def walk(verdict: Any = "complete", reason: str | None = None, stopped: bool = False) -> WalkReport:
    return WalkReport("d", "栏目", "sweep", verdict, reason, 1, 10, 0, None, stopped)


def verdict(walks: list[WalkReport], problems: list[str] | None = None, **counts: Any) -> Any:
    flags = {name: counts.pop(name) for name in ("interrupted", "limited") if name in counts}
    return judge(walks, Counter(counts), problems or [], **flags)


def test_all_well() -> None:
    result = verdict([walk(), walk("empty-as-expected")], fetched=10)
    assert (result.completeness, result.verdict, result.reasons) == ("complete", "ok", [])
    assert not result.trouble


def test_nothing_but_expected_emptiness() -> None:
    assert verdict([walk("empty-as-expected")]).completeness == "empty-as-expected"


@pytest.mark.parametrize("word", ["incomplete", "blocked", "failed"])
def test_one_bad_walk_degrades_the_crawl_and_says_which(word: str) -> None:
    result = verdict([walk(), walk(word, "page 3: no answer in time")], fetched=10)
    assert (result.completeness, result.verdict) == (word, "degraded")
    assert result.reasons == ["栏目: page 3: no answer in time"]
    assert result.trouble


def test_a_crawl_whose_walks_all_failed_has_failed() -> None:
    assert verdict([walk("failed", "x"), walk("failed", "y")]).verdict == "failed"


def test_a_few_failing_documents_are_no_trouble_many_are() -> None:
    assert verdict([walk()], fetched=20, failed=2).verdict == "ok"
    many = verdict([walk()], fetched=20, failed=8)
    assert many.verdict == "degraded"
    assert "8 of 28" in many.reasons[0]


def test_when_every_document_fails_even_one_is_trouble() -> None:
    assert verdict([walk()], failed=1).trouble


def test_interruption_can_be_gone_on_with() -> None:
    result = verdict([walk()], fetched=5, interrupted=True)
    assert (result.verdict, result.resumable, result.trouble) == ("interrupted", True, False)


def test_a_limit_is_no_trouble() -> None:
    result = verdict(
        [walk("incomplete", "the limit of this run is reached", stopped=True)], fetched=5, limited=True
    )
    assert (result.verdict, result.resumable) == ("ok", True)
    assert result.reasons == ["the limit of this run is reached; run it again to go on"]
