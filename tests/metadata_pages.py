"""A page around a block of metadata, and what it says."""

from __future__ import annotations

from archive.record import Record
from pipelines.bundle import Bundle, ListingFacts, Part
from pipelines.detail import Detail
from pipelines.extract import extract

BODY = (
    "<div id='content'>"
    + "<p>根据有关规定，现将本年度工作情况报告如下，请各单位认真研究，抓好落实。</p>" * 4
    + "</div>"
)
URL = "http://www.example.gov.cn/zwgk/a.html"


def read(
    block: str,
    *,
    head: str = "",
    url: str = URL,
    listing: ListingFacts | None = None,
    detail: Detail | None = None,
    parts: tuple[Part, ...] = (),
) -> Record:
    html = f"<html><head>{head}</head><body>{block}{BODY}</body></html>"
    page = Part(url, html.encode())
    return extract(Bundle(page, detail=detail or Detail(), listing=listing, parts=parts))
