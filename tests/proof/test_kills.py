"""Killed between any two steps and run again, a verb ends with what one uninterrupted run makes.

The short form; ``make soak`` has the long one.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.proof.comparison import difference, state
from tests.proof.kills import Killer
from tests.proof.nights import Nights
from tests.proof.scenarios import SCENARIOS


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_killed_and_run_again(nights: Nights, tmp_path: Path, name: str) -> None:
    killer = Killer(random.Random(f"short {name}"))
    SCENARIOS[name](nights, tmp_path, killer)
    assert killer.kills >= 1, "the kills came too late to prove anything"


def test_the_comparison_sees_a_lost_visit(nights: Nights) -> None:
    """The proof can fail: an archive a night behind is another one."""
    nights.data(2)
    said = difference(nights.states[1], nights.states[2])
    for sentence in (
        "documents: only in the second: ",
        'index_number "000990901/2026-00003" → ',
        'role "alias" → ',
    ):
        assert sentence in said
    assert difference(nights.states[2], state(nights.data(2))) == ""
