"""``gongkai portals check`` and ``gongkai portals verified``: a portal file tried out, and what becomes of its report."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Column, Table

from archive.commands.common import (
    INTERRUPTED,
    LOCKED,
    OK,
    TROUBLE,
    data_option,
    echo_json,
    fail,
    wide_console,
)
from archive.layout import DataDirectory
from archive.lock import is_locked
from archive.web.labels import field_label
from crawler import clock
from crawler.asking import Interrupted
from crawler.checking.check import check_portal
from crawler.checking.found import FIELDS, DirectoryCheck, PortalCheck
from crawler.checking.report import BadReport, read_report, write_report
from crawler.checking.verifying import Unproven, judge, with_verified_on
from crawler.commands.crawling import json_option, private_option
from crawler.commands.naming import named_portal
from crawler.config_error import ConfigError
from crawler.portals.loader import file_of, read_portal
from crawler.portals.model import Portal
from crawler.portals.quiet import quiet_until

_SHOWN = 60


@click.command(
    "check",
    short_help="Try a portal file out: a listing page and a document each.",
    epilog="Example: gongkai portals check shangqiu --share",
)
@click.argument("portal", metavar="ID|FILE")
@click.option("--directory", metavar="KEY", help="Only this directory.")
@click.option("--share", is_flag=True, help="Write a report to send in, without anything that a page says.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to write that report.")
@private_option
@json_option
@data_option
def check_command(
    portal: str,
    directory: str | None,
    share: bool,
    output: Path | None,
    allow_private_hosts: bool,
    as_json: bool,
    data: DataDirectory,
) -> None:
    """Fetch one listing page and one document of each directory, and show what was found and what is missing.

    Nothing is archived. With --share the file <portal>-check-<day>.json is written into the current folder, or --output.
    """
    found = named_portal(portal, data)
    if directory is not None and found.directory(directory) is None:
        keys = ", ".join(item.key for item in found.directories)
        fail(f"{found.id} has no directory '{directory}': name one of {keys}")
    share = share or output is not None
    if share and directory is not None:
        fail("--share covers the whole portal: leave out --directory")
    _may_ask(found, data)
    watched = sys.stderr.isatty() and not as_json
    try:
        check = check_portal(
            found,
            data,
            allow_private_hosts=allow_private_hosts,
            only=directory,
            begun=lambda key: click.echo(f"{key} …", err=True) if watched else None,
        )
    except Interrupted:
        fail(f"{found.id}: interrupted, nothing was written", INTERRUPTED)
    report = _share(check, output) if share else None
    if as_json:
        echo_json(check.to_dict() | {"report": str(report) if report else None})
    else:
        _print(check)
        if report is not None:
            click.echo(
                f"报告: {report}（只有计数和问题代号，没有页面内容和地址；用法见 docs/adding-a-portal.md）"
            )
    bad = [item for item in check.directories if not item.ok]
    if not check.ok:
        reason = check.problem or next(
            trouble.text for trouble in bad[0].troubles if trouble.level == "error"
        )
        more = f" (and trouble in {len(bad) - 1} more directories)" if len(bad) > 1 else ""
        click.echo(f"gongkai: {found.id}: {reason}{more}", err=True)
    sys.exit(OK if check.ok else TROUBLE)


@click.command(
    "verified",
    short_help="Take a check's report over as verified_on.",
    epilog="Example: gongkai portals verified shangqiu-check-2026-11-25.json",
)
@click.argument("report", type=click.Path(path_type=Path))
@click.option("--file", metavar="FILE", help="The portal file, if it is not the known one of that portal.")
@data_option
def verified_command(report: Path, file: str | None, data: DataDirectory) -> None:
    """Set verified_on in the portal file that REPORT is about to the day of its check.

    Only for a check without trouble, of every directory, of the file as it is now.
    """
    try:
        said = read_report(report)
        path = Path(file) if file is not None else file_of(said.portal, data)
        judge(said, read_portal(path), clock.day())
        text = with_verified_on(path.read_bytes().decode("utf-8"), said.on)  # line ends as they are
        path.write_bytes(text.encode("utf-8"))
    except (BadReport, ConfigError) as error:
        fail(str(error))
    except Unproven as error:
        fail(str(error), TROUBLE)
    except OSError as error:
        fail(f"{path} cannot be written ({error.strerror or error}): add verified_on = {said.on} by hand")
    except ValueError as error:
        fail(f"{path} {error}: add verified_on = {said.on} by hand")
    click.echo(f"{said.portal}: verified_on = {said.on} ({path})")


def _may_ask(portal: Portal, data: DataDirectory) -> None:
    """Not beside a crawl of the same portal, whose hosts would be asked twice as fast, and not in its quiet hours."""
    if is_locked(data, portal.id):
        fail(f"a crawl of {portal.id} is under way: check it when that has ended", LOCKED)
    until = quiet_until(portal.schedule.quiet_hours, clock.now())
    if until is not None:
        fail(f"{portal.id} has quiet hours until {until:%H:%M}: check it then", TROUBLE)


def _share(check: PortalCheck, output: Path | None) -> Path:
    file = output or Path(f"{check.portal}-check-{check.on}.json")
    try:
        write_report(check, file)
    except OSError as error:
        fail(f"{file} cannot be written ({error.strerror or error}): run it in a folder of your own")
    return file


def _print(check: PortalCheck) -> None:
    console = wide_console()
    table = Table(
        Column("栏目", overflow="fold"),
        "名称",
        "建站系统",
        *(Column(label, justify="right") for label in ("条目", "总数", "有日期")),
        "下一页",
        *(Column(label, justify="right") for label in ("字段", "正文字数", "附件", "表格")),
        "结论",
        title=f"{check.portal}  {check.on}",
        title_justify="left",
    )
    for item in check.directories:
        table.add_row(*_cells(item))
    console.print(table)
    for item in check.directories:
        for line in _lines(item):
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def _cells(item: DirectoryCheck) -> list[str]:
    listing, document = item.listing, item.document
    cells = [item.key, escape(item.name), item.family]
    if listing is None:
        cells += ["—", "—", "—", "—"]
    else:
        total = listing.announced_total
        if total is None and listing.announced_pages is not None:
            cells += [str(listing.entries), f"{listing.announced_pages} 页"]
        else:
            cells += [str(listing.entries), "未说" if total is None else str(total)]
        cells += [f"{listing.dated}/{listing.entries}", "有" if listing.next else "无"]
    if document is None:
        cells += ["—"] * 4
    else:
        counts = (document.body_characters, document.attachments, document.tables)
        cells += [f"{len(document.fields)}/{len(FIELDS)}", *map(str, counts)]
    notes = sum(trouble.level == "note" for trouble in item.troubles)
    word = "[red]有问题[/]" if not item.ok else f"[green]可以[/]{f'，{notes} 处留意' if notes else ''}"
    return [*cells, word]


def _lines(item: DirectoryCheck) -> list[str]:
    """A directory's document and its troubles, for a person."""
    lines = [f"\n{item.key} {item.name}  {item.url or ''}"]
    document = item.document
    if document is not None:
        lines.append(f"  样例: {document.title or '（无标题）'}  {document.url}")
        shown = {name: _short(value) for name, value in document.fields.items()}
        lines += [
            f"    {field_label(name)}: {text}  [{document.sources.get(name, '-')}]"
            for name, text in shown.items()
        ]
        missing = "、".join(field_label(name) for name in document.missing)
        lines.append(f"    未见: {missing or '无'}")
    for trouble in item.troubles:
        mark = "问题" if trouble.level == "error" else "留意"
        lines.append(f"  {mark} {trouble.code}: {trouble.text}")
    return lines


def _short(value: object) -> str:
    text = "、".join(value) if isinstance(value, list) else str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
