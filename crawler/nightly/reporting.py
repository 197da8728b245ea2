"""A night's report into ``reports/``, and to whoever wants it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.durable import replace_file
from archive.layout import DataDirectory
from archive.nights.gather import gather
from archive.nights.page import report_page
from archive.nights.prometheus import metrics
from archive.nights.state import state
from archive.transaction import connect
from crawler import clock
from crawler.config_error import ConfigError
from crawler.nightly.notify import notify
from crawler.nightly.outcome import PortalNight
from crawler.nightly.settings import NightSettings, night_settings

PROMETHEUS = "gongkai.prom"


def write_report(
    data: DataDirectory, outcomes: Sequence[PortalNight], files: Mapping[str, Any], *, began: datetime
) -> list[str]:
    """Write ``reports/<date>.json``, ``.html`` and ``gongkai.prom``, send what ``gongkai.toml`` asks for.

    ``files``: what was read of the attachments, see :class:`crawler.nightly.texts.NightTexts`.
    A second night of a day is ``<date>-2``. A sentence for each thing that failed; nothing is raised for a full disk.
    """
    problems = []
    try:
        settings = night_settings(data)
    except ConfigError as error:
        settings, problems = NightSettings(), [str(error)]
    try:
        report, prometheus = _gathered(data, outcomes, began)
        report["files"] = dict(files)
        page = report_page(report, settings.report.datasette)
    except sqlite3.Error as error:
        return [*problems, f"the report could not be made: {error}"]
    try:
        data.reports.mkdir(parents=True, exist_ok=True)
        file = _free(data.reports, report["date"])
        replace_file(file.with_suffix(".json"), json.dumps(report, ensure_ascii=False, indent=1).encode())
        replace_file(file.with_suffix(".html"), page.encode())
        replace_file(data.reports / PROMETHEUS, prometheus.encode())
    except OSError as error:
        problems.append(f"the report could not be written ({error}): make room or mend the permissions")
    return problems + notify(report, page, settings)


def _gathered(
    data: DataDirectory, outcomes: Sequence[PortalNight], began: datetime
) -> tuple[dict[str, Any], str]:
    ended = clock.stamp()
    db = connect(data.database, readonly=True)
    try:
        report = gather(
            db,
            [outcome.to_dict() for outcome in outcomes],
            began=clock.stamp(began),
            ended=ended,
            day=clock.day(began),
        )
        now = state(db, data, ended)
    finally:
        db.close()
    report["disk"] = now["disk"]
    return report, metrics(report, now)


def _free(folder: Path, date: str) -> Path:
    """The report's file without a suffix; a night never overwrites another's."""
    number, stem = 1, date
    while (folder / f"{stem}.json").exists():
        number += 1
        stem = f"{date}-{number}"
    return folder / stem
