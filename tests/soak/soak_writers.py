"""Ten minutes of everything at once on one archive; ``GONGKAI_SOAK_SECONDS`` sets another length."""

from __future__ import annotations

import os
from pathlib import Path

from tests.end_to_end.runner import Gongkai
from tests.end_to_end.test_writers import together

SECONDS = float(os.environ.get("GONGKAI_SOAK_SECONDS", "600"))


def test_ten_minutes_of_everything_at_once(tmp_path: Path) -> None:
    print(together(Gongkai(tmp_path / "data"), tmp_path, SECONDS))
