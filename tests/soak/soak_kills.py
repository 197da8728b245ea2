"""A hundred kills over every verb that writes; ``GONGKAI_SOAK_KILLS`` sets another number."""

from __future__ import annotations

import itertools
import os
import random
from pathlib import Path

from tests.proof.kills import Killer
from tests.proof.nights import Nights
from tests.proof.scenarios import SCENARIOS

KILLS = int(os.environ.get("GONGKAI_SOAK_KILLS", "100"))


def test_a_hundred_kills(tmp_path: Path) -> None:
    seed = os.environ.get("GONGKAI_SOAK_SEED", str(random.randrange(10**9)))
    print(f"GONGKAI_SOAK_SEED={seed}")
    killer = Killer(random.Random(seed))
    with Nights.begin(tmp_path / "nights", fillers=20) as nights:
        for number, name in enumerate(itertools.cycle(sorted(SCENARIOS))):
            if killer.kills >= KILLS:
                break
            SCENARIOS[name](nights, tmp_path / f"{number}-{name}", killer)
    print(f"{killer.kills} kills: {killer.summary()}")
