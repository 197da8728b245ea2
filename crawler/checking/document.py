"""One document of a directory: fetched with its parts, extracted as a crawl would, judged in words."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from scrapy import Request

from archive.record import Record
from archive.urls import host_of
from crawler.absence.elsewhere import Elsewhere
from crawler.asking import Ask
from crawler.checking.answers import fetch
from crawler.checking.found import FIELDS, DirectoryCheck, DocumentFound, Trouble
from crawler.engines.base import Entry
from crawler.engines.links import is_file
from crawler.portals.plan import DirectoryPlan
from pipelines.bundle import Bundle, ListingFacts, Part, wanted
from pipelines.decode import looks_binary
from pipelines.extract import extract, file_record
from pipelines.page import Unreadable


def chosen(plan: DirectoryPlan, entries: Sequence[Entry], seen: Container[str]) -> Entry | None:
    """The entry to look at: a page of the portal's own before a file, one that was not looked at before one that was
    (an address in ``seen``), one that is not pinned before one that is.
    """
    own = [entry for entry in entries if host_of(entry.url) in plan.portal.own_hosts]
    return min(
        own, key=lambda entry: (is_file(plan.urls, entry.url), entry.url in seen, entry.pinned), default=None
    )


async def check_document(ask: Ask, plan: DirectoryPlan, entry: Entry, check: DirectoryCheck) -> bool:
    """Fill ``check.document`` and its troubles; whether nothing more should be asked for."""
    answer = await fetch(ask, Request(entry.url, dont_filter=True, meta={"role": "document"}))
    if answer.trouble is not None or answer.part is None:
        trouble = answer.trouble
        if trouble is not None:
            check.troubles.append(Trouble(f"document-{trouble.code}", trouble.text))
        return answer.final
    page = answer.part
    if page.url != entry.url and Elsewhere(plan.portal).leads_away(entry.url, page.url):
        text = f"{entry.url} leads to {page.url}, which is no document: the listing names what is gone, or urls.document takes in what is none"
        check.troubles.append(Trouble("document-elsewhere", text))
        return False
    parts, final = [], False
    for want in wanted(page, plan.detail):
        part = await fetch(ask, Request(want.url, dont_filter=True, meta={"role": "part"}))
        if part.trouble is not None or part.part is None:
            check.troubles.append(
                Trouble("part-missing", part.trouble.text if part.trouble else want.url, "note")
            )
            final = final or part.final
            continue
        parts.append(Part(want.url, part.part.body, part.part.content_type, want.kind, want.ordinal))
    try:
        record = _record(plan, entry, page, parts)
    except Unreadable as error:
        check.troubles.append(Trouble("document-unreadable", f"{error}: look at {entry.url} in a browser"))
        return final
    check.document = _found(record)
    check.troubles += _troubles(record, is_page=not _is_file(plan, entry, page))
    return final


def _is_file(plan: DirectoryPlan, entry: Entry, page: Part) -> bool:
    return is_file(plan.urls, entry.url) or looks_binary(page.body) is not None


def _record(plan: DirectoryPlan, entry: Entry, page: Part, parts: Sequence[Part]) -> Record:
    bundle = Bundle(
        page=page,
        detail=plan.detail,
        parts=tuple(parts),
        listing=ListingFacts(entry.title, entry.published_on, entry.fields),
        portal=plan.portal.id,
        encoding=plan.portal.http.encoding,
    )
    return file_record(bundle) if _is_file(plan, entry, page) else extract(bundle)


def _found(record: Record) -> DocumentFound:
    values: dict[str, Any] = {name: getattr(record, name) for name in FIELDS}
    fields = {name: value for name, value in values.items() if value}
    return DocumentFound(
        url=record.url,
        title=record.title,
        fields=fields,
        sources={name: record.field_sources[name] for name in fields if name in record.field_sources},
        body_characters=len(record.body_text),
        attachments=len(record.attachments),
        tables=len(record.tables),
        images=len(record.images),
        findings=[f"{finding.rule}: {finding.message}" for finding in record.findings],
    )


def _troubles(record: Record, *, is_page: bool) -> list[Trouble]:
    troubles = []
    if not record.title:
        text = f"{record.url} gives no title: name it with detail.title"
        troubles.append(Trouble("no-title", text))
    if is_page and not record.body_text:
        shown = bool(record.attachments or record.images)
        text = (
            f"{record.url} has no text, only attachments or images: look whether that is so"
            if shown
            else f"{record.url} gives no text: name its element with detail.body (gongkai extract --explain says what was weighed)"
        )
        troubles.append(Trouble("no-body", text, "note" if shown else "error"))
    if not record.index_number:
        text = "no index number (索引号): where a browser shows one, name its block with detail.block or its label with detail.labels"
        troubles.append(Trouble("no-index-number", text, "note"))
    if not record.published_on:
        text = "no date of publication, neither on the page nor in the listing: name it with listing.published_on or detail.labels"
        troubles.append(Trouble("no-date", text, "note"))
    for finding in record.findings:
        if finding.severity != "info" and finding.rule != "body-empty":
            troubles.append(Trouble(finding.rule, finding.message, "note"))
    return troubles
