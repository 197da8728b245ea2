"""``gongkai demo``: the sample portals on loopback, crawled on two nights into a fresh archive. No network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from sqlite_utils import Database

from archive.commands.common import OK, TROUBLE, fail, open_archive, wide_console
from archive.layout import DataDirectory
from crawler import clock
from crawler.samples.portal_files import write_portal_files
from crawler.samples.server import DEMO_PORTS, SampleServer

MARK = ".gongkai-demo"
"""Stands in a folder that a demo made, so that no other folder is ever emptied."""


@click.command(
    "demo",
    short_help="Crawl four sample portals on this machine, on two nights.",
    epilog="Example: gongkai demo --serve",
)
@click.option(
    "--data",
    "folder",
    default="demo-data",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the demo's archive; an earlier demo in it is replaced.",
)
@click.option("--serve", is_flag=True, help="Open Datasette on the result.")
def command(folder: Path, serve: bool) -> None:
    """Crawl the sample portals into a fresh archive, let a night pass, crawl again, and show what landed."""
    _empty(folder)
    data = DataDirectory(folder)
    console = wide_console()
    with _samples() as server:
        ids = write_portal_files(server, data.portals)
        console.print(f"{len(ids)} 个示例门户已在本机启动：{'、'.join(ids)}\n", markup=False, highlight=False)
        console.print("第一夜 · first night", style="bold")
        codes = [_run(data, ["crawl", *ids])]
        server.edition = 2
        console.print(
            "\n第二夜（每个门户改一份、撤一份、补登一份，一个附件同名更换）· the next night", style="bold"
        )
        tonight = clock.now() + timedelta(days=1)
        codes.append(_run(data, ["crawl", *ids, "--sweep", "--revisit", "all"], now=tonight.isoformat()))
    if not data.database.is_file() or any(code not in (OK, TROUBLE) for code in codes):
        fail("the demo's crawl did not end well: its messages above say why", TROUBLE)
    console.print("\n附件文字 · words in attachments", style="bold")
    if _run(data, ["files"]) != OK:
        fail("the attachments could not be read: the messages above say why", TROUBLE)
    console.print("\n转载 · republications", style="bold")
    if _run(data, ["mirrors"]) != OK:
        fail("the republications could not be looked for: the messages above say why", TROUBLE)
    _summary(console, open_archive(data))
    _next_steps(console, folder)
    if serve:
        sys.exit(_run(data, ["serve"]))


def _empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            fail(f"{folder} holds something that no demo made: name another folder with --data")
        shutil.rmtree(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).touch()
    except OSError as error:
        fail(f"{folder} cannot be written ({error.strerror}): name another folder with --data")


@contextmanager
def _samples() -> Iterator[SampleServer]:
    """The sample portals on their usual ports, or on free ones where those are taken."""
    try:
        server = SampleServer(ports=DEMO_PORTS)
        server.__enter__()
    except OSError:
        server = SampleServer()
        server.__enter__()
    try:
        yield server
    finally:
        server.__exit__(None, None, None)


def _run(data: DataDirectory, words: list[str], now: str | None = None) -> int:
    """Run a verb as its user would, in a process of its own; its output is shown."""
    click.echo(f"$ gongkai {' '.join(words)} --data {data.root}")
    environment = {**os.environ, "GONGKAI_DATA": str(data.root)}
    if now is not None:
        environment["GONGKAI_NOW"] = now
    return subprocess.run(
        [sys.executable, "-m", "crawler.cli", *words], env=environment, check=False
    ).returncode


def _summary(console: Console, db: Database) -> None:
    def number(sql: str) -> int:
        return int(db.execute(sql).fetchone()[0])

    rows: list[tuple[str, Any]] = [
        ("文件 documents", number("SELECT count(*) FROM documents WHERE revision_id IS NOT NULL")),
        ("网址 addresses visited", number("SELECT count(*) FROM sightings WHERE state = 'ok'")),
        ("修订 revisions", number("SELECT count(*) FROM revisions")),
        ("附件 attachments linked", number("SELECT count(*) FROM attachments")),
        ("附件原件 files kept", number("SELECT count(*) FROM files")),
        ("抓取 captures", number("SELECT count(*) FROM captures")),
        (
            "同号异文 numbers on two documents",
            number("SELECT count(*) FROM document_links WHERE relation = 'shares-number'"),
        ),
        (
            "一文两址 documents at two addresses",
            number(
                "SELECT count(*) FROM (SELECT 1 FROM sightings WHERE document_id IS NOT NULL GROUP BY document_id HAVING count(*) > 1)"
            ),
        ),
        ("转载组 republished elsewhere, in groups", number("SELECT count(DISTINCT group_uid) FROM mirrors")),
        ("改过的 edited since the first night", number("SELECT count(*) FROM events WHERE kind = 'revised'")),
        (
            "附件同名更换 replaced under its name",
            number("SELECT count(*) FROM events WHERE kind = 'attachment-changed'"),
        ),
        (
            "消失的 gone since the first night",
            number("SELECT count(*) FROM sightings WHERE state = 'gone'"),
        ),
        (
            "被拦截或打不开 blocked or failing",
            number("SELECT count(*) FROM sightings WHERE state IN ('blocked', 'error')"),
        ),
        ("待看的发现 open findings", number("SELECT count(*) FROM findings WHERE resolved_at IS NULL")),
    ]
    table = Table(title="\n档案里有什么 · what landed", title_justify="left", show_header=False)
    for label, value in rows:
        table.add_row(label, str(value))
    console.print(table)
    edited = next(
        iter(
            db.query(
                "SELECT d.uid, d.title FROM events AS e JOIN documents AS d ON d.id = e.document_id WHERE e.kind = 'revised' ORDER BY e.seq LIMIT 1"
            )
        ),
        None,
    )
    if edited is not None:
        console.print(f"改动一例：{edited['title']}（{edited['uid']}）", markup=False, highlight=False)


def _script() -> str:
    """How to type ``gongkai`` here: by its name where the shell finds it, else by its path."""
    beside = Path(sys.executable).with_name("gongkai")
    found = shutil.which("gongkai")
    if not beside.exists() or (found is not None and Path(found) == beside):
        return "gongkai"
    return os.path.relpath(beside) if beside.is_relative_to(Path.cwd()) else str(beside)


def _next_steps(console: Console, folder: Path) -> None:
    console.print(
        "\n示例门户已关闭，原文网址打不开了；要再采集，请重新运行 demo · the sample portals are switched off again"
    )
    console.print("\n接下来 · next", style="bold")
    script = _script()
    for line in (
        f"{script} search 公开 --data {folder}",
        f"{script} serve --data {folder}",
        f"{script} verify --data {folder}",
    ):
        console.print(f"  {line}", markup=False, highlight=False)
