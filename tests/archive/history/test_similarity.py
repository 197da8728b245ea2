"""Likeness of bodies: what counts, what does not, and what it costs."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.history.content import NEAR, Content, index_key, same_text
from archive.history.similarity import SHINGLE, condense, resemblance, shingles, simhash


def test_layout_case_and_width_do_not_count() -> None:
    assert condense("关于 ＡＢＣ－１ 的\n通知。") == condense("关于abc1的通知")


def test_an_edit_stays_near_and_another_text_far(prose: Any) -> None:
    text = prose(1)
    edit = text[:50] + "改" + text[51:] + "另行通知。"
    assert resemblance(shingles(text), shingles(edit)) > NEAR
    assert resemblance(shingles(text), shingles(prose(2))) < 0.05
    assert resemblance(shingles(""), shingles("")) == 0.0


def test_simhash_is_signed_equal_for_equal_and_near_for_near(prose: Any) -> None:
    text = prose(1)
    sketch, edited, other = (simhash(shingles(t)) for t in (text, text[:50] + "改" + text[51:], prose(2)))
    assert sketch is not None and edited is not None and other is not None
    assert sketch == simhash(shingles(text.replace("，", " ")))
    assert (sketch ^ edited).bit_count() < 16 < (sketch ^ other & (1 << 64) - 1).bit_count()
    assert simhash(frozenset()) is None


@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_has_shingles(text: str) -> None:
    found = shingles(text)
    assert bool(found) == (len(condense(text).encode("utf-16-le", "surrogatepass")) >= 2 * SHINGLE)
    sketch = simhash(found)
    assert sketch is None or -(1 << 63) <= sketch < 1 << 63


def test_twenty_long_candidates_are_compared_in_time(prose: Any) -> None:
    bodies = [prose(seed, 7_000) for seed in range(21)]
    assert len(bodies[0].encode()) > 200_000
    visit, *known = [Content(str(n), "1-1", "标题", body) for n, body in enumerate(bodies)]
    start = time.perf_counter()
    assert not any(same_text(visit, one) for one in known)
    # Measured 30 ms; the limit leaves room for a busy machine.
    assert time.perf_counter() - start < 0.3


@pytest.mark.parametrize(
    ("number", "key"),
    [
        ("005452487/2020-00001", "005452487/2020-00001"),
        ("SQ001-0102 -2019-0001", "sq001-0102-2019-0001"),
        ("商政公开〔2019〕1号", "商政公开〔2019〕1号"),
        ("/2019-", None),
        ("无", None),
        ("", None),
        (None, None),
    ],
)
def test_index_keys(number: str | None, key: str | None) -> None:
    assert index_key(number) == key
