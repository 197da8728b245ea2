"""``gongkai probe``: from an address to the family, the disclosure section, its columns and a draft portal file."""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from archive.commands.common import INTERRUPTED, TROUBLE, data_option, echo_json, fail
from archive.layout import DataDirectory
from crawler.network.guard import is_public, literal_address
from crawler.portals.model import Http
from crawler.probing import report
from crawler.probing.asking import run
from crawler.probing.draft import draft
from crawler.probing.result import Probed, probed

REQUESTS = 150
"""Requests of one probe where nothing else is said: some minutes at a request a second."""


@click.command(
    "probe",
    short_help="An address to its CMS family and a draft portal file.",
    epilog="Example: gongkai probe https://www.example.gov.cn/ -o data/portals/example.toml",
)
@click.argument("url")
@click.option(
    "-o",
    "output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the draft there.",
)
@click.option("--force", is_flag=True, help="Write over FILE if it is there already.")
@click.option(
    "--requests", metavar="N", type=click.IntRange(3, 5000), default=REQUESTS, show_default=True,
    help="Ask the portal no more than N times.",
)  # fmt: skip
@click.option(
    "--delay", metavar="SECONDS", type=click.FloatRange(0, 3600), default=None,
    help="Between two requests; the draft gets it too.  [default: 1]",
)  # fmt: skip
@click.option(
    "--tls",
    type=click.Choice(["strict", "legacy"]),
    default="strict",
    help="legacy: check no certificates, allow weak ciphers; the draft gets it too.",
)
@click.option("--allow-private-hosts", is_flag=True, help="Probe a host whose address is not public.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON, the draft among it.")
@data_option
def command(
    url: str,
    output: Path | None,
    force: bool,
    requests: int,
    delay: float | None,
    tls: str,
    allow_private_hosts: bool,
    as_json: bool,
    data: DataDirectory,
) -> None:
    """Recognise the CMS family of the portal at URL, find its disclosure section and columns, write a draft portal file.

    URL is the home page or any page below it. What is asked for is said on stderr; nothing is archived.
    """
    if not _usable(url):
        fail(f"{url!r} is no address: write it whole, as https://www.example.gov.cn/")
    if output is not None:
        _writable(output, force)
    http = _http(url, delay, tls, allow_private_hosts)
    say = partial(click.echo, err=True)
    allowed = http.model_copy(update={"allow_private_hosts": allow_private_hosts})
    try:
        found: Probed = run(url, partial(probed, url), http=allowed, limit=requests, data=data, say=say)
    except KeyboardInterrupt:
        fail("interrupted: nothing was written", INTERRUPTED)
    text = draft(found.findings, http) if found.findings is not None and found.findings.columns else None
    if text is not None and output is not None:
        _write(output, text)
    if as_json:
        echo_json(report.as_json(found, http, text, output))
    else:
        for line in report.lines(found, http):
            click.echo(line)
        _end(text, output)
    if text is None:
        click.echo(f"gongkai: {report.why_nothing(found, url)}", err=True)
        sys.exit(TROUBLE)


def _end(text: str | None, output: Path | None) -> None:
    if text is None:
        return
    if output is None:
        click.echo(f"\n草稿 (-o FILE 写入文件):\n\n{text}")
    else:
        click.echo(f"\n草稿已写入 {output}; 接着: gongkai portals check {output}")


def _writable(output: Path, force: bool) -> None:
    """Before anything is asked: a portal's id is its file's name."""
    if output.suffix != ".toml" or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", output.stem):
        fail(f"{output} is no name of a portal file: small letters, digits and hyphens, as example.toml")
    if output.exists() and not force:
        fail(f"{output} is there already: name another file, or write over it with --force")


def _usable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and not set(url) & set(' \t\n"<>')
        )
    except ValueError:
        return False


def _http(url: str, delay: float | None, tls: str, allow_private_hosts: bool) -> Http:
    """What the draft says under ``[http]``: a host in one's own network may have a private address, and needs no delay."""
    said: dict[str, Any] = {} if delay is None else {"delay": delay}
    if tls != "strict":
        said["tls"] = tls
    host = urlsplit(url).hostname or ""
    address = literal_address(host)
    own = host == "localhost" or (address is not None and not is_public(address))
    if allow_private_hosts and own:
        said = {"delay": 0.0, **said, "allow_private_hosts": True}
    return Http.model_validate(said)


def _write(output: Path, text: str) -> None:
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{output} cannot be written ({error.strerror or error}): name another file", TROUBLE)
