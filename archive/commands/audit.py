"""``gongkai audit``: what the archive as a whole makes one wonder about."""

from __future__ import annotations

import sqlite3

import click
from rich.table import Table

from archive.commands.common import (
    BAD_INPUT,
    TROUBLE,
    data_option,
    echo_json,
    fail,
    open_archive,
    wide_console,
)
from archive.crawling.portals import portal_ids
from archive.layout import DataDirectory
from archive.nights.gaps import gaps

SHOWN = 20


@click.command(
    "audit",
    short_help="Observations about the archive, such as missing numbers.",
    epilog="Example: gongkai audit --gaps --portal shangqiu",
)
@click.option(
    "--gaps", "wants_gaps", is_flag=True, help="Serial numbers missing where a series of 索引号 is dense."
)
@click.option("--portal", metavar="ID", help="Only this portal.")
@click.option("--json", "as_json", is_flag=True, help="Print the observations as JSON.")
@data_option
def command(wants_gaps: bool, portal: str | None, as_json: bool, data: DataDirectory) -> None:
    """Observations about the archive. A gap is a document that was never listed, or one that was never published: no
    trouble, and never a withdrawal."""
    if not wants_gaps:
        fail("say what to look for: --gaps", BAD_INPUT)
    db = open_archive(data)
    try:
        if portal is not None and portal not in portal_ids(db):
            fail(f"the archive holds nothing of portal '{portal}': crawl it first")
        found = gaps(db, portal)
    except sqlite3.Error as error:
        fail(f"the archive cannot be read ({error})", TROUBLE)
    finally:
        db.close()
    if as_json:
        echo_json([series.to_dict() for series in found])
        return
    if not found:
        click.echo("没有发现连号序列中的缺号")
        return
    table = Table(
        "门户",
        "序列",
        "已存",
        "占比",
        "缺号",
        title="索引号缺号（仅供查考，不等于撤下）",
        title_justify="left",
    )
    for series in found:
        numbers = series.numbers()
        more = f" 等 {len(numbers)} 处" if len(numbers) > SHOWN else ""
        span = f"{series.prefix}{series.first}–{series.last}".replace("[", "\\[")
        said = "，".join(numbers[:SHOWN]).replace("[", "\\[") + more
        table.add_row(series.portal, span, str(series.known), f"{series.density:.0%}", said)
    wide_console().print(table)
