"""What the crawling commands share: naming portals, running them, the summary, the exit code."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
from rich.table import Table

from archive.commands.common import BAD_INPUT, INTERRUPTED, LOCKED, OK, TROUBLE, echo_json, wide_console
from archive.layout import DataDirectory
from archive.migrations import NewerDatabase, NotAnArchive
from crawler.commands.naming import named_portal
from crawler.options import CrawlOptions
from crawler.portals.model import Portal
from crawler.running import CrawlReport, interrupted, run_crawls

Function = TypeVar("Function", bound=Callable[..., Any])

COLUMNS = (
    ("entries_new", "新条目"),
    ("new", "新文件"),
    ("revised", "修订"),
    ("unchanged", "未变"),
    ("gone", "消失"),
    ("failed", "失败"),
    ("blocked", "被拦截"),
)
"""Counters of the summary table and their labels."""

FILES = (
    ("new", "新存"),
    ("changed", "被更换"),
    ("unchanged", "未变"),
    ("gone", "消失"),
    ("failed", "没有取到"),
    ("refused", "不取（他站、过大、robots.txt 等）"),
)
"""Counters of attachments and their labels."""

UNWRITABLE = "the archive cannot be written"
_KEPT = "what was committed before is kept; make room or mend the permissions, then run it again"


def json_option(function: Function) -> Function:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(function)


def private_option(function: Function) -> Function:
    """``--allow-private-hosts``."""
    return click.option(
        "--allow-private-hosts",
        is_flag=True,
        help="Allow the portal's own hosts to have addresses that are not public.",
    )(function)


def resolve(names: Sequence[str], data: DataDirectory) -> list[Portal]:
    """The portals that ``names`` (ids or files) mean, each once; ends the command with one sentence if one is unknown."""
    portals = [named_portal(name, data) for name in names]
    return list({portal.id: portal for portal in portals}.values())


def crawl_and_report(
    portals: Sequence[Portal], data: DataDirectory, options: CrawlOptions, *, as_json: bool
) -> None:
    """Crawl, print the summary, end with the exit code of DESIGN §2."""
    reports = run_crawls(portals, data, options, progress=not as_json)
    if as_json:
        echo_json([report.to_dict() for report in reports])
    else:
        print_summary(reports)
    for report in reports:
        if report.trouble:
            click.echo(f"gongkai: {report.portal.id}: {sentence(report)}", err=True)
    sys.exit(exit_code(reports))


def exit_code(reports: Sequence[CrawlReport]) -> int:
    """0 fine, 1 trouble, 2 an archive that cannot be used, 3 locked, 130 interrupted."""
    if any(unusable(report) for report in reports):
        return BAD_INPUT
    if any(report.locked for report in reports):
        return LOCKED
    if interrupted(reports):
        return INTERRUPTED
    return TROUBLE if any(report.trouble for report in reports) else OK


def unusable(report: CrawlReport) -> bool:
    """Whether the database is a newer version's, another program's, or none at all."""
    error = report.error
    no_database = type(error) is sqlite3.DatabaseError and report.crawl_id is None
    return no_database or isinstance(error, NewerDatabase | NotAnArchive)


def sentence(report: CrawlReport) -> str:
    """Why the crawl is trouble, and what to do."""
    error = report.error
    if error is None:
        reasons = report.verdict.reasons if report.verdict else []
        more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
        return (reasons[0] if reasons else "the crawl did not end well") + more
    if isinstance(error, sqlite3.OperationalError):
        return f"{UNWRITABLE} ({error}): {_KEPT}"
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror}{where}: {_KEPT}"
    if type(error) is sqlite3.DatabaseError:
        return f"{error}: restore the database from a backup or rebuild it"
    return str(error)


def print_summary(reports: Sequence[CrawlReport], title: str = "采集结果") -> None:
    """One row a portal, then the reasons for its verdict but the one that :func:`sentence` says on stderr."""
    console = wide_console()
    table = Table(title=title, title_justify="left")
    table.add_column("门户")
    for _, label in COLUMNS:
        table.add_column(label, justify="right")
    table.add_column("结论")
    for report in reports:
        counts = report.counts
        verdict = report.verdict
        word: str = verdict.verdict if verdict else "failed"
        if verdict and verdict.completeness not in ("complete", verdict.verdict):
            word += f" ({verdict.completeness})"
        style = "red" if report.trouble else "green"
        cells = [str(counts.get(name, 0)) for name, _ in COLUMNS]
        table.add_row(report.portal.id, *cells, f"[{style}]{word}[/]")
    console.print(table)
    for report in reports:
        if report.counts.get("attachments_asked"):
            console.print(f"{report.portal.id}: {_attachments(report)}", markup=False, highlight=False)
        for reason in _other_reasons(report):
            console.print(f"{report.portal.id}: {reason}", markup=False, highlight=False)
        for failure in report.failures:
            console.print(f"{report.portal.id}: 未取到 {failure}", markup=False, highlight=False)


def _other_reasons(report: CrawlReport) -> list[str]:
    reasons = report.verdict.reasons if report.verdict else []
    if report.error is not None:
        return [reason for reason in reasons if not reason.startswith(UNWRITABLE)]
    return reasons[1:] if report.trouble else reasons


def _attachments(report: CrawlReport) -> str:
    """What became of the files that were asked for, in words."""
    counts = {name: report.counts.get(f"attachments_{name}", 0) for name, _ in FILES}
    said = [f"{label} {counts[name]}" for name, label in FILES if counts[name]]
    return f"附件：检查了 {report.counts['attachments_asked']} 个，{'，'.join(said) or '都没有答复'}"
