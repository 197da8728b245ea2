"""What ``gongkai show --save`` wrote, a line each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from rich.console import Console

from archive.commands.common import TROUBLE, echo_json, fail
from archive.commands.print_difference import print_line
from archive.history.saving import Saved
from archive.web.labels import value_label
from archive.web.times import with_offset


def print_saved(console: Console, uid: str, saved: Iterable[Saved], as_json: bool) -> None:
    """Print each file as it is written; ends the command with 1 where a capture was damaged."""
    found, damaged = [], 0
    for one in saved:
        found.append(asdict(one))
        damaged += one.trouble is not None
        if not as_json:
            print_line(console, _line(one), style="red" if one.trouble else "")
    if as_json:
        echo_json({"uid": uid, "saved": found})
    elif not found:
        print_line(console, f"{uid} 没有可以取出的抓取。")
    if damaged:
        fail(f"{damaged} of {len(found)} captures of {uid} could not be read: see `gongkai verify`", TROUBLE)


def _line(one: Saved) -> str:
    what = (
        f"附件 {one.name} 第 {one.version} 版"
        if one.version is not None
        else value_label("revision_captures", "part", one.what)
    )
    came = with_offset(one.fetched_at)
    if one.trouble is not None:
        return f"未能取出：{what} {came} {one.url}：{one.trouble}"
    kept = "（已有相同的文件）" if one.kept else ""
    return f"{one.path}{kept}  {what} {came} {one.size:,} 字节 {one.digest} {one.url}"
