"""``gongkai extract``: one saved page or one address to one record; no archive is touched."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import click

from archive.commands.common import TROUBLE, data_option, echo_json, fail
from archive.layout import DataDirectory
from archive.record import METADATA_FIELDS, Record
from archive.web.labels import SIGNOFF_LABELS, column_label
from crawler import clock
from crawler.commands import explaining
from crawler.commands.naming import named_portal
from crawler.fetch_one import FetchError, fetch
from crawler.portals.model import Portal
from crawler.portals.plan import detail_for
from pipelines.bundle import Bundle, Part
from pipelines.decode import charset
from pipelines.detail import Detail
from pipelines.explain.explanation import explanation
from pipelines.explain.trace import Trace
from pipelines.extract import extract
from pipelines.page import Unreadable

MOST_BYTES = 64 * 1024 * 1024
"""A page larger than this is none."""

_EXCERPT = 200


@click.command(
    "extract",
    short_help="One saved page or one address to one record; no archive.",
    epilog="Example: gongkai extract page.html --url http://www.example.gov.cn/a.html --json",
)
@click.argument("source", metavar="FILE|URL")
@click.option(
    "--url", "address", metavar="URL", help="The address of a saved page, for its links and its date."
)
@click.option("--encoding", metavar="NAME", help="Read the page in this charset, whatever it declares.")
@click.option(
    "--portal", "portal_id", metavar="ID", help="Use this portal's layout (and its politeness for a URL)."
)
@click.option(
    "--allow-private-hosts", is_flag=True, help="Fetch the URL even from an address that is not public."
)
@click.option(
    "--explain", is_flag=True, help="Say where each field and the body came from, and what lost to them."
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole record as JSON.")
@data_option
def command(
    source: str,
    address: str | None,
    encoding: str | None,
    portal_id: str | None,
    allow_private_hosts: bool,
    explain: bool,
    as_json: bool,
    data: DataDirectory,
) -> None:
    """Extract one page: what FILE or URL says, as a record."""
    if encoding is not None and charset(encoding) is None:
        fail(f"{encoding!r} is not the name of a character encoding: try utf-8 or gb18030")
    portal = _portal(portal_id, data)
    part = (
        _fetched(source, portal, data, allow_private_hosts)
        if _is_address(source)
        else _saved(source, address)
    )
    detail = Detail() if portal is None else detail_for(portal, clock.day(), None)
    forced = encoding or (portal.http.encoding if portal is not None else None)
    bundle = Bundle(part, detail=detail, portal=portal.id if portal else None, encoding=forced)
    trace = Trace() if explain else None
    try:
        record = extract(bundle, trace)
    except Unreadable as error:
        fail(str(error).replace(part.url, source, 1))
    said = None if trace is None else explanation(trace)
    if as_json:
        echo_json(record.to_dict() if said is None else record.to_dict() | {"explain": said})
    else:
        click.echo("\n".join([*_summary(record), *([] if said is None else ["", *explaining.lines(said)])]))


def _is_address(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def _portal(portal_id: str | None, data: DataDirectory) -> Portal | None:
    return None if portal_id is None else named_portal(portal_id, data)


def _fetched(url: str, portal: Portal | None, data: DataDirectory, allow_private_hosts: bool) -> Part:
    try:
        return fetch(url, portal, data=data, allow_private_hosts=allow_private_hosts)
    except FetchError as error:
        fail(str(error), TROUBLE)


def _saved(source: str, address: str | None) -> Part:
    path = Path(source)
    if address is not None and not urlsplit(address).scheme:
        fail(f"--url {address!r} is no address: write it whole, with http://")
    try:
        if path.is_dir():
            fail(f"{source} is a directory: name one page in it")
        size = path.stat().st_size
        if size > MOST_BYTES:
            fail(f"{source} is {size >> 20} MiB large: a page has at most {MOST_BYTES >> 20}")
        body = path.read_bytes()
    except FileNotFoundError:
        fail(f"there is no file {source}")
    except (OSError, ValueError) as error:
        fail(f"{source} cannot be read: {getattr(error, 'strerror', None) or error}")
    return Part(address or path.resolve().as_uri(), body)


def _summary(record: Record) -> list[str]:
    """What a person wants to see first; each field with where it came from."""
    lines = []
    for name in ("title", *METADATA_FIELDS):
        value = getattr(record, name)
        if value and not (name == "index_number_raw" and value == record.index_number):
            lines.append(
                f"{column_label('documents', name)}: {value}  [{record.field_sources.get(name, '-')}]"
            )
    if record.keywords:
        lines.append(f"主题词: {'、'.join(record.keywords)}")
    lines += [f"{label}: {value}" for label, value in record.extra.items()]
    if record.signoff is not None:
        said = [f"{label} {getattr(record.signoff, name) or '-'}" for name, label in SIGNOFF_LABELS.items()]
        lines.append(f"签署: {', '.join(said)}")
    excerpt = " ".join(record.body_text.split())
    dots = "…" if len(excerpt) > _EXCERPT else ""
    lines += ["", f"正文 ({len(record.body_text)} 字): {excerpt[:_EXCERPT]}{dots}", ""]
    for table in record.tables:
        columns = len(table.rows[0]) if table.rows else 0
        lines.append(f"表格: {table.caption or '-'} ({len(table.rows)} × {columns})")
    lines += [f"附件: {attachment.name}  {attachment.url}" for attachment in record.attachments]
    lines += [f"提示: {finding.rule}: {finding.message}" for finding in record.findings]
    lines.append(f"编码: {record.encoding}; {record.extractor_version}; --json 输出全部")
    return lines
