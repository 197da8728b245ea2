"""The memory run: what it looks at, and what it calls growth."""

from __future__ import annotations

from benchmarks.extraction.memory import Seen, growth, watch
from benchmarks.extraction.pages import cases


def test_each_turn_brings_other_texts_and_is_looked_at_on_the_way() -> None:
    chosen = cases(("golden",))[:4]
    seen = list(watch(chosen, 20))
    assert [look.extractions for look in seen] == list(range(2, 21, 2))
    assert all(look.megabytes > 10 and 0 <= look.slowest < 1 for look in seen)
    assert seen[-1].slowest_page in {case.name for case in chosen}


def test_growth_counts_from_the_first_look_at_a_warm_process() -> None:
    def look(extractions: int, megabytes: float) -> Seen:
        return Seen(extractions, megabytes, 0.1, "a")

    assert growth([look(1_000, 80.0), look(10_000, 95.0), look(20_000, 96.5)]) == 1.5
    assert growth([look(1_000, 80.0), look(2_000, 95.0)]) == 0
