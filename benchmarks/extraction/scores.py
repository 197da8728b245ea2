"""Body F1 as multisets of character 4-grams, and whether a field is what the gold says."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence


def grams(text: str) -> Counter[str]:
    """The 4-grams of a text without its white space; a shorter text is one."""
    text = "".join(text.split())
    return Counter(text[at : at + 4] for at in range(max(1, len(text) - 3)))


def f1(found: str, gold: str) -> float:
    """2·common / (found + gold); both empty is 1."""
    ours, theirs = grams(found), grams(gold)
    return 2 * sum((ours & theirs).values()) / (sum(ours.values()) + sum(theirs.values()))


def same(found: str | None, gold: str | None) -> bool:
    """Whether two values of a field are equal, white space collapsed."""
    return " ".join((found or "").split()) == " ".join((gold or "").split())


def median_seconds(call: Callable[[], object], times: int) -> float:
    """The median processor time of ``times`` calls: what else runs on the machine counts little."""
    taken = []
    for _ in range(times):
        started = time.process_time()
        call()
        taken.append(time.process_time() - started)
    return statistics.median(taken)


def mean(values: Sequence[float]) -> float | None:
    """Their mean; None of nothing."""
    return statistics.fmean(values) if values else None
