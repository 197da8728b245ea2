"""Five nights, dealt out to two machines at random, merged in both orders: one machine's five nights."""

from __future__ import annotations

import os
import random
from pathlib import Path

from tests.proof.comparison import difference, state
from tests.proof.kills import assert_sound
from tests.proof.nights import Nights, time_of

DEALS = int(os.environ.get("GONGKAI_SOAK_DEALS", "6"))
NIGHTS = (1, 2, 3, 4, 5)
WITHOUT = ("walks", "document_uids")
"""One machine's first night was a backfill; a machine that came late knew some documents by their second address."""


def test_nights_dealt_out_to_two_machines(tmp_path: Path) -> None:
    seed = os.environ.get("GONGKAI_SOAK_SEED", str(random.randrange(10**9)))
    print(f"GONGKAI_SOAK_SEED={seed}")
    chance = random.Random(seed)
    with Nights.begin(tmp_path / "nights") as nights:
        nights.data(5)
        for deal in range(DEALS):
            mine = set(chance.sample(NIGHTS, chance.randint(1, 4)))
            hands = [sorted(mine), sorted(set(NIGHTS) - mine)]
            shards = [nights.shard(f"{deal}-{number}", hand) for number, hand in enumerate(hands)]
            for order in (shards, shards[::-1]):
                into = nights.copy(0, tmp_path / f"{deal}-{order[0].name}")
                ran = into("merge", *map(str, order), now=time_of(20))
                assert ran.code == 0, ran.err
                said = difference(nights.states[5], state(into.data), without=WITHOUT)
                assert not said, f"nights {hands}:\n{said}"
                assert_sound(into.data, f"nights {hands}", deep=True)
