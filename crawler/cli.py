"""The console script: every verb of the three packages, nothing else."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from archive import __version__
from archive.commands.common import fail
from crawler.clock import ClockError, now

VERBS = {
    "demo": "crawler",
    "init": "archive",
    "probe": "crawler",
    "portals": "crawler",
    "crawl": "crawler",
    "backfill": "crawler",
    "nightly": "crawler",
    "status": "archive",
    "extract": "crawler",
    "reextract": "crawler",
    "files": "crawler",
    "mirrors": "archive",
    "search": "archive",
    "show": "archive",
    "serve": "archive",
    "verify": "crawler",
    "audit": "archive",
    "backup": "archive",
    "restore": "archive",
    "rebuild": "crawler",
    "merge": "crawler",
    "import": "crawler",
}
"""Verb → the package whose ``commands`` folder holds it; the order is that of ``--help``."""


class _Verbs(click.Group):
    """Imports a verb's module when it is used, so that ``gongkai search`` does not wait for Scrapy."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            now()  # a malformed GONGKAI_NOW is said before anything begins
        except ClockError as error:
            fail(str(error))
        return super().invoke(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        package = VERBS.get(cmd_name)
        if package is None:
            return None
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name  # import
        command: click.Command = import_module(f"{package}.commands.{module}").command
        return command


@click.command(
    cls=_Verbs,
    epilog="Start with: gongkai demo",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="gongkai")
def main() -> None:
    """Gongkai (公开): crawls and archives China's government information disclosure."""


if __name__ == "__main__":
    main()
