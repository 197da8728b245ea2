"""``gongkai status``: the last night, each portal's freshness, what waits, the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click
from rich.table import Table

from archive.commands.common import TROUBLE, data_option, echo_json, fail, open_archive, wide_console
from archive.layout import DataDirectory
from archive.lock import is_locked
from archive.nights.page import CHANGES, STATUS
from archive.nights.state import state
from archive.times import stamp_of
from archive.web.sentences import crawl_reason
from archive.web.times import with_offset

QUEUES = {
    "pending": "待访问", "failing": "失败待重试", "revisits_due": "到期复查", "attachments": "待取附件",
    "file_texts": "待提取附件文字", "quarantined": "待查修订",
}  # fmt: skip
GIB = 1024**3


@click.command(
    "status",
    short_help="Last night, how fresh each portal is, what waits, the disk.",
    epilog="Example: gongkai status --json",
)
@click.option("--json", "as_json", is_flag=True, help="Print the state as JSON.")
@data_option
def command(as_json: bool, data: DataDirectory) -> None:
    """Show the last night, how fresh each portal is, what waits, and when the disk will be full."""
    db = open_archive(data)
    try:
        now = state(db, data, stamp_of(datetime.now(UTC)))
    except sqlite3.Error as error:
        fail(f"the archive cannot be read ({error}): run `gongkai init` if it is an older version's", TROUBLE)
    finally:
        db.close()
    for portal in now["portals"]:
        portal["running"] = is_locked(data, portal["portal"])
    if as_json:
        echo_json(now)
        return
    console = wide_console()
    console.print(_night(now["last_night"]), markup=False, highlight=False)
    table = Table("门户", "启用", "最近采集", "结论", "最近完整采集", "原因")
    for portal in now["portals"]:
        verdict = (
            "运行中" if portal["running"] else STATUS.get(portal["verdict"] or "", portal["verdict"] or "—")
        )
        table.add_row(
            portal["portal"], "是" if portal["enabled"] else "否", with_offset(portal["crawled_at"] or "—"), verdict,
            with_offset(portal["complete_at"] or "—"), _plain(portal["reasons"][:1]),
        )  # fmt: skip
    console.print(table)
    waiting = "，".join(f"{label} {now['queues'][name]}" for name, label in QUEUES.items())
    console.print(f"队列：{waiting}", markup=False, highlight=False)
    console.print(_disk(now["disk"]), markup=False, highlight=False)


def _plain(reasons: list[str]) -> str:
    return "；".join(map(crawl_reason, reasons)).replace("[", "\\[")


def _night(night: Mapping[str, Any] | None) -> str:
    if night is None:
        return "还没有夜间采集（gongkai nightly）"
    how = "，".join(f"{STATUS.get(status, status)} {count}" for status, count in night["portals"].items())
    what = "，".join(
        f"{CHANGES[kind]} {total}" for kind, total in night["changes"].items() if kind in CHANGES
    )
    return f"上一夜：{with_offset(night['began_at'])} — {with_offset(night['ended_at'])}，门户：{how}；{what}（reports/{night['report']}）"


def _disk(disk: Mapping[str, Any]) -> str:
    said = f"磁盘：已用 {disk['used'] / GIB:.2f} GiB，剩余 {disk['free'] / GIB:.1f} GiB"
    if disk["days_left"] is not None:
        return f"{said}，每天约增 {disk['per_day'] / GIB:.3f} GiB，约 {disk['days_left']} 天后写满"
    return f"{said}，增长尚不足以预计"
