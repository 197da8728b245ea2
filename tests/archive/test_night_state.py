"""What is known of the last nights."""

from __future__ import annotations

import json
from pathlib import Path

from archive.layout import DataDirectory
from archive.nights.state import reports


def test_the_later_night_of_a_day_is_the_last(tmp_path: Path) -> None:
    data = DataDirectory(tmp_path)
    data.reports.mkdir(parents=True)
    names = [
        "2026-11-25.json",
        "2026-11-26.json",
        "2026-11-26-2.json",
        "2026-11-26-10.json",
        "2026-11-27.json",
    ]
    for name in reversed(names):
        (data.reports / name).write_text(json.dumps({"disk": {}}), encoding="utf-8")
    (data.reports / "2026-11-28.json").write_text("{", encoding="utf-8")
    assert [report["file"] for report in reports(data)] == names
