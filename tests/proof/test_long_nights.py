"""The nights of ``make soak`` at a small portal."""

from __future__ import annotations

from pathlib import Path

from tests.proof.big_portal import BigPortal
from tests.proof.long_nights import LongNights


def test_quiet_nights_and_then_changes(tmp_path: Path) -> None:
    with BigPortal(40, rows=5) as portal:
        nights = LongNights(portal, tmp_path / "data", round=2)
        nights.backfill()
        nights.quiet(1)
        nights.changes()
        nights.measured = True
        nights.night()
        assert nights.cycle() == {"median": 2, "worst": 3}
