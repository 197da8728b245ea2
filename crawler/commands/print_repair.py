"""How a repair is shown: before and after by field and by listing, the keys of the new era, and what came of it."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Column, Table

from archive.commands.common import wide_console
from archive.web.labels import field_label
from crawler.repair.eras import era_lines
from crawler.repair.judgement import FieldRow
from crawler.repair.listing_score import Reading
from crawler.repair.proposal import ListingCase
from crawler.repair.repair import Repair
from crawler.repair.rereading import Reread


def show(repair: Repair) -> None:
    """The tables, and the keys of the era."""
    console = wide_console()
    table = Table(
        "字段",
        *(
            Column(name, justify="right")
            for name in ("旧版 现在", "旧版 之后", "新版 现在", "新版 之后", "与存档一致")
        ),
    )
    for row in repair.rows:
        table.add_row(
            field_label(row.name),
            f"{row.old_now}/{row.old_pages}",
            f"{row.old_then}/{row.old_pages}",
            f"{row.new_now}/{row.new_pages}",
            f"{row.new_then}/{row.new_pages}",
            f"{row.same}/{row.expected}" if row.known_pages else "—",
        )
    console.print(table)
    if repair.rows and repair.rows[0].new_pages and not repair.rows[0].known_pages:
        click.echo("新版网页均无改版前的存档可比，取值按本门户其他文件的形式推断：写入前请抽看几页")
    if repair.listings:
        listings = Table("栏目", "改版前（条 标题 日期 总数）", "现在", "之后")
        for case in repair.listings:
            listings.add_row(case.name, *(_reading(one) for one in (case.good, case.before, case.after)))
        console.print(listings)
    if repair.values:
        click.echo(f"自 {repair.since} 起：")
        for line in era_lines(repair.values):
            click.echo(f"  {line}")


def as_dict(repair: Repair, written: str | None, reread: Reread | None) -> dict[str, Any]:
    """The same as data; ``written`` is the file that has it now."""
    return {
        "portal": repair.portal.id,
        "since": repair.since.isoformat(),
        "era": repair.values,
        "fields": [_field(row) for row in repair.rows],
        "listings": [_listing(case) for case in repair.listings],
        "refused": repair.reasons,
        "written": written,
        "reread": reread._asdict() if reread is not None else None,
    }


def _field(row: FieldRow) -> dict[str, Any]:
    return {
        "field": row.name,
        "old": {"pages": row.old_pages, "before": row.old_now, "after": row.old_then},
        "new": {"pages": row.new_pages, "before": row.new_now, "after": row.new_then},
        "known": {"pages": row.known_pages, "expected": row.expected, "same": row.same},
    }


def _listing(case: ListingCase) -> dict[str, Any]:
    def said(one: Reading) -> dict[str, Any]:
        return {
            "entries": one.entries,
            "known": one.known,
            "titles": one.titled,
            "dates": one.dated,
            "announced": one.announced,
        }

    return {
        "directory": case.key,
        "good": said(case.good),
        "before": said(case.before),
        "after": said(case.after),
    }


def _reading(one: Reading) -> str:
    return f"{one.known} {one.titled} {one.dated} {one.announced or one.pages or '—'}"
