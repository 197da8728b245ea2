"""A big portal, night after night: what a quiet night costs, that nothing is missed and nothing is invented, memory, disk.

``GONGKAI_SOAK_DOCUMENTS`` (100,000), ``GONGKAI_SOAK_NIGHTS`` (30) and ``GONGKAI_SOAK_MEMORY`` (``10000,300000``: the
sizes whose memory is compared) set other sizes; the figures are printed.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.proof.big_portal import BigPortal
from tests.proof.long_nights import LongNights, memory_of

DOCUMENTS = int(os.environ.get("GONGKAI_SOAK_DOCUMENTS", "100000"))
NIGHTS = int(os.environ.get("GONGKAI_SOAK_NIGHTS", "30"))
MEMORY = [int(size) for size in os.environ.get("GONGKAI_SOAK_MEMORY", "10000,300000").split(",")]
GROWTH = 1.1
"""Memory may grow by less than a tenth from the smallest portal to the largest."""


def test_nights_at_a_big_portal(tmp_path: Path) -> None:
    with BigPortal(DOCUMENTS) as portal:
        nights = LongNights(portal, tmp_path / "data", measured=True)
        nights.backfill()
        nights.quiet(NIGHTS)
        nights.changes()
    print(nights.told())


def test_memory_does_not_grow_with_the_portal(tmp_path: Path) -> None:
    found = {size: memory_of(size, tmp_path / str(size)) for size in MEMORY}
    print({size: f"{megabytes:.0f} MB" for size, megabytes in found.items()})
    assert found[max(MEMORY)] < GROWTH * found[min(MEMORY)], found
