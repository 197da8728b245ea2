"""``gongkai crawl``: an incremental crawl of one or several portals, now."""

from __future__ import annotations

import click

from archive.commands.common import data_option
from archive.layout import DataDirectory
from crawler.commands.crawling import crawl_and_report, json_option, private_option, resolve
from crawler.options import CrawlOptions


class _Revisits(click.ParamType[int]):
    name = "N|all"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        if value == "all":
            return -1
        try:
            number = int(str(value))
        except ValueError:
            number = -1
        if number < 0:
            self.fail(f"{value!r} is neither a number of documents nor 'all'", param, ctx)
        return number


@click.command(
    "crawl",
    short_help="Crawl portals now: new documents, then known ones by age.",
    epilog="Example: gongkai crawl shangqiu --revisit 50",
)
@click.argument("portals", nargs=-1, required=True, metavar="PORTAL…")
@click.option("--sweep", is_flag=True, help="Walk every listing to its end, whatever is known already.")
@click.option(
    "--revisit",
    type=_Revisits(),
    help="How many known documents to visit again, instead of the nightly budget.",
)
@private_option
@json_option
@data_option
def command(
    portals: tuple[str, ...],
    sweep: bool,
    revisit: int | None,
    allow_private_hosts: bool,
    as_json: bool,
    data: DataDirectory,
) -> None:
    """Crawl PORTAL… now: new documents, then known ones by age. A portal is an id or a portal file."""
    options = CrawlOptions(
        command="crawl", sweep=sweep, revisit=revisit, allow_private_hosts=allow_private_hosts
    )
    crawl_and_report(resolve(portals, data), data, options, as_json=as_json)
