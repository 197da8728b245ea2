"""A process that goes on extracting holds no more than at first; ``GONGKAI_SOAK_EXTRACTIONS`` sets another number."""

from __future__ import annotations

import os

from benchmarks.extraction.memory import MAY_GROW, growth, watch
from benchmarks.extraction.pages import cases

EXTRACTIONS = int(os.environ.get("GONGKAI_SOAK_EXTRACTIONS", "100000"))


def test_memory_is_flat_and_no_page_takes_a_second() -> None:
    seen = []
    for look in watch(cases(), EXTRACTIONS):
        seen.append(look)
        print(look)
    assert growth(seen) <= MAY_GROW
    assert seen[-1].slowest < 1
