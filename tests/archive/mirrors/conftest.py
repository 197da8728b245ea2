"""Texts of their own for the tests of republications."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest


@pytest.fixture
def prose() -> Callable[[int, int], str]:
    """A body of its own: two seeds share next to nothing."""

    def make(seed: int, sentences: int) -> str:
        chance = random.Random(seed)
        return "。".join(
            "".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(chance.randrange(6, 14)))
            for _ in range(sentences)
        )

    return make
