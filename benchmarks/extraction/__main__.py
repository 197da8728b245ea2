"""The command: measure, print a table or JSON, and say which targets are missed."""

from __future__ import annotations

import gc
import json
import logging
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table

from benchmarks.extraction.measure import Measured, run
from benchmarks.extraction.pages import REAL_PAGES, SETS, cases
from benchmarks.extraction.tools import OURS, OURS_WITH_PROFILE, tools

TARGETS = {
    (OURS, "gov", "f1"): 0.99,
    (OURS, "article", "f1"): 0.93,
    (OURS_WITH_PROFILE, "gov", "f1"): 0.995,
    (OURS, "gov", "cost"): 6.0,
    (OURS_WITH_PROFILE, "gov", "cost"): 3.0,
}
"""(tool, set, figure) → what it must reach; a cost is an upper bound."""


@click.command()
@click.option("--set", "sets", type=click.Choice(SETS), multiple=True, help="Only these pages (repeatable).")
@click.option("--ours", is_flag=True, help="Leave the peers out.")
@click.option("--times", default=3, show_default=True, help="Calls of each tool on each page.")
@click.option("--wrong", is_flag=True, help="List each field of ours that is not the gold.")
@click.option("--json", "as_json", is_flag=True)
def main(sets: tuple[str, ...], ours: bool, times: int, wrong: bool, as_json: bool) -> None:
    """Field accuracy, body F1, pages a second and cost, for Gongkai and the general extractors."""
    logging.disable(logging.WARNING)  # of the peers, about single pages
    console = Console(stderr=True)
    chosen = cases(sets or SETS)
    if not REAL_PAGES.is_dir():
        console.print(f"{REAL_PAGES} is absent: the real pages are left out.")
    compared, missing = tools()
    if ours:
        compared, missing = [tool for tool in compared if tool.name.startswith(OURS)], []
    if missing:
        console.print(
            f"Not installed and left out: {', '.join(missing)}. With them: pip install -e '.[bench]'"
        )
    # What the libraries hold is looked through by no garbage collection while a page is measured.
    gc.collect()
    gc.freeze()
    with console.status("") as status:
        rows = run(compared, chosen, times, status.update)
    if as_json:
        click.echo(json.dumps({"rows": [row.summary() for row in rows]}, indent=2, ensure_ascii=False))
        return
    _print(rows, Console())
    if wrong:
        for row in rows:
            if row.tool in (OURS, OURS_WITH_PROFILE):
                for page, name, found, gold in row.wrong:
                    click.echo(f"{row.tool}: {page}: {name}: {found!r}, gold {gold!r}")


def _print(rows: Sequence[Measured], console: Console) -> None:
    for kind in SETS:
        of_kind = [row for row in rows if row.kind == kind]
        if not of_kind:
            continue
        pages = max(len(row.seconds) for row in of_kind)
        table = Table(
            "", "F1", "lowest", "cost", "pages/s", "slowest ms", "fields", title=f"{kind}: {pages} pages"
        )
        for row in of_kind:
            table.add_row(*_cells(row))
        console.print(table)
        for row in of_kind:
            short = [
                f"{name} {row.right[name]}/{count}"
                for name, count in row.asked.items()
                if row.right[name] < count
            ]
            if short:
                console.print(f"{row.tool}: {', '.join(short)}", highlight=False)
    for (tool, kind, figure), bound in TARGETS.items():
        for row in rows:
            value = row.summary()[figure]
            if (row.tool, row.kind) != (tool, kind) or not isinstance(value, float):
                continue
            missed = value > bound if figure == "cost" else value < bound
            if missed:
                console.print(f"missed: {tool} on {kind}: {figure} {value:.3f}, to reach {bound}")


def _cells(row: Measured) -> list[str]:
    said = row.summary()

    def number(name: str, form: str, factor: float = 1) -> str:
        value = said[name]
        return format(value * factor, form) if isinstance(value, float) else ""

    asked, right = sum(row.asked.values()), sum(row.right.values())
    fields = f"{right}/{asked}" if asked else ""
    failed = f" ({len(row.failed)} failed)" if row.failed else ""
    return [
        row.tool + failed,
        number("f1", ".3f"),
        number("f1_lowest", ".2f"),
        number("cost", ".1f"),
        number("pages_per_second", ".0f"),
        number("slowest_seconds", ".0f", 1000),
        fields,
    ]


if __name__ == "__main__":
    main()
