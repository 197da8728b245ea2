"""One portal's crawl in a night, in its own process: ``python -m crawler.nightly.child PORTAL --data DIR``.

The last line on stdout is the crawl's report as JSON; lines on stderr say that it is alive. A child whose parent died
ends as if it had been told to.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sqlite3
import threading
import time
from typing import Any

import click

from archive.commands.common import BAD_INPUT, data_option, fail
from archive.layout import DataDirectory
from crawler.commands.crawling import sentence, unusable
from crawler.config_error import ConfigError
from crawler.options import CrawlOptions
from crawler.portals.loader import load_portal
from crawler.running import CrawlReport, run_crawls

DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
ORPHAN_SECONDS = 2.0


@click.command()
@click.argument("portal")
@click.option("--requests", type=int)
@click.option("--line-seconds", type=float, default=30.0)
@click.option("--allow-private-hosts", is_flag=True)
@data_option
def command(
    portal: str, requests: int | None, line_seconds: float, allow_private_hosts: bool, data: DataDirectory
) -> None:
    """Crawl PORTAL for ``gongkai nightly``."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    try:
        found = load_portal(portal, data)
    except ConfigError as error:
        fail(str(error), BAD_INPUT)
    options = CrawlOptions(command="nightly", requests=requests, allow_private_hosts=allow_private_hosts)
    (report,) = run_crawls([found], data, options, line_seconds=line_seconds)
    click.echo(json.dumps(said(report), ensure_ascii=False))


def said(report: CrawlReport) -> dict[str, Any]:
    """The report as the parent reads it."""
    return {
        **report.to_dict(),
        "sentence": sentence(report) if report.trouble else None,
        "locked": report.locked,
        "unusable": unusable(report),
        "disk": _is_disk(report.error),
    }


def _is_disk(error: BaseException | None) -> bool:
    """Whether the disk takes no more."""
    if isinstance(error, OSError):
        return error.errno in DISK
    text = str(error).lower() if isinstance(error, sqlite3.Error) else ""
    return "full" in text or "disk i/o" in text


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(ORPHAN_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    command()
