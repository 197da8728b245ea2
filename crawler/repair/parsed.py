"""A sample with its page parsed, and what is read on it today."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from archive.record import Record
from crawler.repair.sample import Sample
from pipelines.detail import Detail
from pipelines.metadata.cells import Cells, cells
from pipelines.page import Page, Unreadable

_NOTHING = b"<html><body></body></html>"


@dataclass(frozen=True)
class Parsed:
    """A page in parts: ``known`` is what it should say, ``read`` what the best profile so far reads."""

    page: Page
    cells: Cells
    known: Record
    read: Record

    @classmethod
    def of(cls, sample: Sample, detail: Detail) -> Parsed:
        """The sample, which must be one whose content is known; an unreadable page is an empty one."""
        assert sample.known is not None
        try:
            page = Page.parse(sample.bundle)
        except Unreadable:
            page = Page("", "utf-8", etree.fromstring(_NOTHING, etree.HTMLParser()), sample.url)
        return cls(page, cells(page.root), sample.known, sample.read(detail))
