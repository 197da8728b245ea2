"""``gongkai portals``: which portals are known, what their files say, which ones are enabled."""

from __future__ import annotations

import sqlite3
import sys
from fnmatch import fnmatchcase
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Column, Table

from archive.commands.common import TROUBLE, data_option, echo_json, fail, open_archive, wide_console
from archive.crawling.portals import portal_states, set_enabled
from archive.history.quarantine.release import waiting_counts
from archive.layout import DataDirectory
from archive.prepare import prepare
from archive.transaction import connect, transaction
from archive.web.times import with_offset
from crawler import clock
from crawler.commands.checking import check_command, verified_command
from crawler.commands.crawling import json_option
from crawler.commands.naming import named_portal
from crawler.commands.release import release_command
from crawler.commands.repair import repair_command
from crawler.portals.loader import list_portals
from crawler.portals.model import Portal
from crawler.portals.plan import plan
from crawler.portals.register import register


@click.group(
    "portals",
    short_help="Known portals: list, show, check, release, repair.",
    invoke_without_command=True,
    epilog="Example: gongkai portals show shangqiu",
)
@json_option
@data_option
@click.pass_context
def command(context: click.Context, as_json: bool, data: DataDirectory) -> None:
    """Known portals: the bundled ones and those in the data directory's portals/ folder."""
    if context.invoked_subcommand is None:
        context.invoke(list_command, family="*", region="*", enabled=False, as_json=as_json, data=data)
    else:
        context.default_map = {name: {"data": str(data.root)} for name in command.commands}


for verb in (check_command, release_command, repair_command, verified_command):
    command.add_command(verb)


@command.command(
    "list",
    short_help="Every portal, whether it is enabled, and its last crawl.",
    epilog="Example: gongkai portals list --family 'trs-*' --region '32*'",
)
@click.option("--family", metavar="GLOB", default="*", help="Only families like this, as 'ucap-*'.")
@click.option(
    "--region", metavar="GLOB", default="*", help="Only region codes like this, as '44*'; '' for none."
)
@click.option("--enabled", is_flag=True, help="Only portals of unattended crawls.")
@json_option
@data_option
def list_command(family: str, region: str, enabled: bool, as_json: bool, data: DataDirectory) -> None:
    """Every portal with its family, directories, whether it is enabled, and its last crawl."""
    portals, errors = list_portals(data)
    known = _archived(data)
    rows = [_row(portal, known.get(portal.id)) for portal in portals]
    rows = [
        row
        for row in rows
        if fnmatchcase(row["family"], family)
        and fnmatchcase(row["region_code"] or "", region)
        and (row["enabled"] or not enabled)
    ]
    if as_json:
        echo_json(rows)
    else:
        _print(rows)
    for error in errors:
        click.echo(f"gongkai: {error}", err=True)
    if errors:
        sys.exit(TROUBLE)


@command.command(
    "show",
    short_help="What a portal file says, and how it will be walked.",
    epilog="Example: gongkai portals show shangqiu",
)
@click.argument("portal")
@json_option
@data_option
def show_command(portal: str, as_json: bool, data: DataDirectory) -> None:
    """What PORTAL's file says, and how each of its directories will be walked today."""
    found = named_portal(portal, data)
    plans = [plan(found, directory, clock.day()) for directory in found.directories]
    directories = [
        {
            "key": item.directory.key,
            "name": item.directory.name,
            "url": item.url,
            "params": item.directory.params,
            "family": item.family,
            "engine": item.engine,
            "expect": item.directory.expect,
        }
        for item in plans
    ]
    quarantined = _archived(data).get(found.id, {}).get("quarantined", 0)
    if as_json:
        config = found.model_dump(mode="json", by_alias=True, exclude_unset=True)
        echo_json({"portal": config, "directories": directories, "quarantined": quarantined})
        return
    console = wide_console()
    verified = found.verified_on or "尚无人核实"
    console.print(
        f"{found.name} ({found.id})  {found.base_url}  {found.family}  核实: {verified}", markup=False
    )
    if found.evidence:
        console.print(f"证据编号: {found.evidence}", markup=False)
    if quarantined:
        console.print(
            f"待查修订: {quarantined}，核对后用 gongkai portals release {found.id} 放行",
            markup=False,
            highlight=False,
        )
    table = Table("栏目", "名称", "建站系统", "引擎", "预期", Column("地址", overflow="fold"))
    for item in directories:
        table.add_row(
            *(str(item[name] or "") for name in ("key", "name", "family", "engine", "expect", "url"))
        )
    console.print(table)


@command.command(
    "enable",
    short_help="Mark a portal for unattended crawls.",
    epilog="Example: gongkai portals enable shangqiu",
)
@click.argument("portal")
@data_option
def enable_command(portal: str, data: DataDirectory) -> None:
    """Mark PORTAL for unattended crawls."""
    _switch(portal, data, True)


@command.command(
    "disable",
    short_help="Take a portal out of unattended crawls.",
    epilog="Example: gongkai portals disable shangqiu",
)
@click.argument("portal")
@data_option
def disable_command(portal: str, data: DataDirectory) -> None:
    """Take PORTAL out of unattended crawls; what is archived stays."""
    _switch(portal, data, False)


def _switch(name: str, data: DataDirectory, enabled: bool) -> None:
    portal = named_portal(name, data)
    at = clock.stamp()
    try:
        data.root.mkdir(parents=True, exist_ok=True)
        db = open_archive(data, readonly=False) if data.database.is_file() else connect(data.database)
        prepare(db, at)
        with transaction(db):
            register(db, portal, at)
            set_enabled(db, portal.id, enabled, at=at)
    except (OSError, sqlite3.Error) as error:
        fail(f"{data.database} cannot be written ({error}): check the folder's permissions and free space")
    click.echo(f"{portal.id}: {'enabled' if enabled else 'disabled'}")


def _archived(data: DataDirectory) -> dict[str, dict[str, Any]]:
    """What the archive knows of each portal: whether it is on, its documents, what is held back, its last verdict."""
    if not data.database.is_file():
        return {}
    db = open_archive(data)
    counts = waiting_counts(db)
    return {id_: {**state, "quarantined": counts.get(id_, 0)} for id_, state in portal_states(db).items()}


def _row(portal: Portal, archived: dict[str, Any] | None) -> dict[str, Any]:
    archived = archived or {}
    return {
        "id": portal.id,
        "name": portal.name,
        "family": portal.family,
        "region_code": portal.region_code,
        "base_url": portal.base_url,
        "directories": len(portal.directories),
        "enabled": bool(archived.get("enabled", portal.enabled)),
        "verified_on": portal.verified_on.isoformat() if portal.verified_on else None,
        "documents": archived.get("documents", 0),
        "quarantined": archived.get("quarantined", 0),
        "crawled_at": archived.get("crawled_at"),
        "verdict": archived.get("verdict"),
    }


def _print(rows: list[dict[str, Any]]) -> None:
    """Ids whole also on a narrow terminal; what only crawled portals have is left out where none was."""
    crawled = any(row["crawled_at"] or row["documents"] or row["quarantined"] for row in rows)
    table = Table(
        Column("门户", no_wrap=True, min_width=max((len(row["id"]) for row in rows), default=4)),
        "名称",
        "建站系统",
        Column("地区", no_wrap=True, min_width=6),
        *(Column(label, no_wrap=True, min_width=4) for label in ("栏目", "启用")),
        Column("核实", no_wrap=True, min_width=10 if any(row["verified_on"] for row in rows) else 4),
        *(Column(label) for label in ("文件", "待查", "最近采集", "结论") if crawled),
        caption=f"{len(rows)} 个门户，{sum(row['enabled'] for row in rows)} 个启用",
        caption_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for row in rows:
        last = (
            str(row["documents"]),
            str(row["quarantined"] or "—"),
            with_offset(row["crawled_at"] or "—"),
            row["verdict"] or "—",
        )
        table.add_row(
            row["id"],
            escape(row["name"]),
            row["family"],
            row["region_code"] or "—",
            str(row["directories"]),
            "是" if row["enabled"] else "否",
            row["verified_on"] or "—",
            *(last if crawled else ()),
        )
    wide_console().print(table)
