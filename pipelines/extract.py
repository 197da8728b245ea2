"""A bundle in, a record out: the one way from captured bytes to what the archive keeps (DESIGN §1, §3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from urllib.parse import unquote, urlsplit

from lxml.etree import _Element

from archive.record import METADATA_FIELDS, Attachment, Finding, Record
from pipelines.attachments.find import find_attachments
from pipelines.body.find import Body, find_body, join_bodies
from pipelines.bundle import Bundle
from pipelines.decode import looks_binary
from pipelines.explain.trace import Trace
from pipelines.limits import MOST_BYTES, MOST_TAGS, MOST_TEXT
from pipelines.metadata.cells import cells
from pipelines.metadata.read import Metadata, read_listing, read_metadata
from pipelines.page import Page, Unreadable
from pipelines.signoff import find_signoff
from pipelines.tables import data_tables
from pipelines.version import extractor_version

__all__ = ["extract", "file_record"]

# Characters on a page without a body that make it worth a look.
_SOME_TEXT = 100


def extract(bundle: Bundle, trace: Trace | None = None) -> Record:
    """The record of a document page.

    Raises :class:`pipelines.page.Unreadable` (one sentence) when the page is binary or empty, and nothing else on
    any bytes. A further part that cannot be read becomes a finding. ``report`` stays None. A ``trace`` is told what
    was considered on the way.
    """
    page = Page.parse(bundle)
    record = _record(bundle, page.encoding)
    frames = list(_parts(bundle, "iframe", record))
    own = cells(page.root)
    metadata = read_metadata(
        page, own, bundle.detail, bundle.listing, [cells(frame.root) for frame in frames]
    )
    _describe(record, metadata)
    record.signoff = find_signoff(own)
    if trace is not None:
        trace.metadata = metadata
    body = _body(bundle, page, frames, metadata, record, trace)
    record.body_text, record.body_html = body.text, body.html
    record.outline, record.images = body.outline, body.images
    if body.element is not None:
        record.tables = data_tables(body.element)
    record.attachments = find_attachments(page, body, bundle.detail, metadata.avoid)
    if not record.body_text and sum(len(cell.text.strip()) for cell in own.items) >= _SOME_TEXT:
        shown = bool(record.attachments or record.images)
        message = "No body was found on a page that holds text: name it in the profile ([detail] body)"
        record.findings.append(Finding("body-empty", "info" if shown else "warning", message))
    if body.is_cut:
        message = f"The body is longer than {MOST_TEXT:,} characters: its end was not kept"
        record.findings.append(Finding("body-too-long", "warning", message))
    if page.too_deep:
        message = "The page is nested more than 2,048 levels deep: what lies deeper was not read"
        record.findings.append(Finding("page-too-deep", "warning", message))
    if page.too_large:
        message = f"The page is larger than {MOST_BYTES:,} bytes or {MOST_TAGS:,} tags: its end was not read"
        record.findings.append(Finding("page-too-large", "warning", message))
    return record


def file_record(bundle: Bundle) -> Record:
    """The record of an entry that is itself a file: title and date from the listing, one attachment, itself.

    That is called as its address calls it: what a listing says is no part of what the document says.
    """
    record = _record(bundle, None)
    _describe(record, read_listing(bundle.page.url, bundle.listing))
    name = unquote(urlsplit(bundle.page.url).path.rpartition("/")[2], errors="replace")
    media_type = looks_binary(bundle.page.body) or (bundle.page.content_type or "").partition(";")[0].strip()
    record.attachments = [Attachment(bundle.page.url, name or bundle.page.url, media_type or None)]
    return record


def _record(bundle: Bundle, encoding: str | None) -> Record:
    version = extractor_version(bundle.detail, bundle.encoding)
    return Record(bundle.page.url, portal=bundle.portal, encoding=encoding, extractor_version=version)


def _describe(record: Record, metadata: Metadata) -> None:
    for name in ("title", *METADATA_FIELDS):
        if name in metadata.values:
            setattr(record, name, metadata.values[name])
    record.index_number_raw = metadata.index_number_raw
    record.keywords = metadata.keywords
    record.extra = metadata.extra
    record.field_sources = metadata.sources
    record.findings += metadata.findings


def _body(
    bundle: Bundle,
    page: Page,
    frames: list[Page],
    metadata: Metadata,
    record: Record,
    trace: Trace | None,
) -> Body:
    """The body with its continuation pages; where the page itself has none, a frame's."""

    def found_on(part: Page, avoid: Collection[_Element] = (), lines: Collection[str] = ()) -> Body:
        listening = None if trace is None else trace.new_body(part.url)
        return find_body(part, bundle.detail, avoid, lines, listening)

    body = found_on(page, metadata.avoid, metadata.lines)
    for frame in frames:
        if body.element is None:
            body = found_on(frame)
    further = [found_on(part) for part in _parts(bundle, "continuation", record)]
    return join_bodies(body, further) if further else body


def _parts(bundle: Bundle, kind: str, record: Record) -> Iterator[Page]:
    for part in sorted(bundle.parts, key=lambda part: part.ordinal):
        if part.kind != kind:
            continue
        try:
            yield Page.of(part, bundle.encoding)
        except Unreadable as error:
            record.findings.append(Finding("part-unreadable", "warning", str(error), part.url))
