"""``gongkai backfill``: everything a portal lists; run again after any interruption it goes on."""

from __future__ import annotations

from datetime import date

import click

from archive.commands.common import data_option, fail
from archive.layout import DataDirectory
from crawler.commands.crawling import crawl_and_report, json_option, private_option, resolve
from crawler.options import CrawlOptions


def _day(_context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise click.BadParameter(f"{value!r} is not a day: write 2020-01-31", param=parameter) from None


@click.command(
    "backfill",
    short_help="Fetch everything that a portal lists.",
    epilog="Example: gongkai backfill shangqiu --since 2019-01-01 --until 2019-12-31",
)
@click.argument("portal")
@click.option(
    "--since", metavar="DAY", callback=_day, help="Only documents that their listing dates on or after DAY."
)
@click.option(
    "--until", metavar="DAY", callback=_day, help="Only documents that their listing dates on or before DAY."
)
@click.option("--directory", metavar="KEY", help="Only this directory of the portal.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help="At most N documents in this run; the next goes on.",
)
@private_option
@json_option
@data_option
def command(
    portal: str,
    since: str | None,
    until: str | None,
    directory: str | None,
    limit: int | None,
    allow_private_hosts: bool,
    as_json: bool,
    data: DataDirectory,
) -> None:
    """Fetch everything that PORTAL lists. An interrupted run goes on where it was; a document without a date in
    its listing is inside every range."""
    known = resolve([portal], data)
    # What [discover] finds is not known before the crawl, which says so itself.
    if directory is not None and known[0].directory(directory) is None and known[0].discover is None:
        keys = ", ".join(item.key for item in known[0].directories)
        fail(f"portal '{known[0].id}' has no directory '{directory}': it has {keys}")
    if since is not None and until is not None and since > until:
        fail(f"--since {since} is after --until {until}: no day is inside")
    options = CrawlOptions(
        command="backfill",
        since=since,
        until=until,
        directory=directory,
        limit=limit,
        allow_private_hosts=allow_private_hosts,
    )
    crawl_and_report(known, data, options, as_json=as_json)
