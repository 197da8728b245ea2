"""From a listing's tree to entries: rows, links, titles, dates and the metadata that some families print in
the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from lxml import etree

from crawler.engines import links
from crawler.engines.base import Entry
from crawler.engines.cells import Columns
from crawler.engines.row_dates import row_date
from crawler.engines.row_links import RowLink, document_links
from crawler.engines.row_values import best_title, field_value
from crawler.platforms.model import Listing, Urls
from crawler.selectors import compile_selector, text_of


@dataclass(frozen=True, slots=True)
class Rows:
    """What a tree held: entries in the page's order, and how many links looked like none."""

    entries: tuple[Entry, ...]
    skipped: int

    @property
    def dated(self) -> bool:
        """Whether any entry has a date."""
        return any(entry.published_on is not None for entry in self.entries)


def read_rows(
    listing: Listing,
    urls: Urls,
    own_hosts: frozenset[str],
    trees: Iterable[etree._Element | None],
    base: str,
) -> Rows:
    """The entries of the first selector of ``listing.rows`` that has one with a date, else of the first
    with any.

    The trees are tried in order, the next one only where the one before gives no entry. ``base`` is what
    relative links are resolved against. Rows that hold other rows are left out, so that a layout table or a
    menu around the list is no entry.
    """
    best = Rows((), 0)
    for tree in trees:
        if tree is None:
            continue
        address = _base(tree, base)
        for selector in listing.rows:
            found = _innermost(compile_selector(selector).elements(tree))
            rows = read_elements(listing, urls, own_hosts, found, address)
            if rows.dated:
                return rows
            if not best.entries and (rows.entries or rows.skipped > best.skipped):
                best = rows
        if best.entries:
            return best
    return best


def read_elements(
    listing: Listing, urls: Urls, own_hosts: frozenset[str], found: Iterable[etree._Element], base: str
) -> Rows:
    """The entries of these rows; an address that stands in two rows is one entry, the first.

    Where some rows have a date, rows without one count only beside those (pinned ones), not in menus
    elsewhere.
    """
    columns = Columns(listing.columns)
    skipped = 0
    read: list[tuple[etree._Element | None, Entry]] = []
    for row in found:
        candidates, links_seen = document_links(listing, urls, own_hosts, row, base)
        rows = _entries(listing, columns, row, candidates)
        skipped += bool(links_seen and not rows)
        read += [(row.getparent(), entry) for entry in rows]
    lists = {parent for parent, entry in read if entry.published_on is not None}
    entries: dict[str, Entry] = {}
    for parent, entry in read:
        if lists and parent not in lists:
            skipped += 1
        else:
            entries.setdefault(entry.url, entry)
    return Rows(tuple(entries.values()), skipped)


def _entries(
    listing: Listing, columns: Columns, row: etree._Element, candidates: list[RowLink]
) -> list[Entry]:
    """One entry, or as many as the row has dates where each of its links has one (lists without row
    elements).
    """
    if len(candidates) > 1 and row.tag != "tr":
        for selector in map(compile_selector, listing.published_on):
            dates = (
                [date for text in selector.values(row) if (date := row_date([[text]]))]
                if selector.css
                else []
            )
            if len(dates) == len(candidates):
                pairs = zip(_in_order(candidates, row), dates, strict=True)
                return [_pair(link, date) for link, date in pairs]
    entry = _entry(listing, columns, row, candidates[0]) if candidates else None
    return [entry] if entry is not None else []


def _pair(link: RowLink, date: str) -> Entry:
    title, pinned = best_title([link.element.get("title") or "", text_of(link.element)])
    return Entry(link.url, title, date, pinned=pinned)


def _in_order(candidates: list[RowLink], row: etree._Element) -> list[RowLink]:
    """Links as they stand in the row."""
    by_element = {link.element: link for link in candidates}
    return [by_element[element] for element in row.iter() if element in by_element]


def _entry(listing: Listing, columns: Columns, row: etree._Element, link: RowLink) -> Entry | None:
    """The entry of a row; None where it has no date and needs one: links elsewhere always do, as menus have
    them.
    """
    cells = columns.of(row)
    date = row_date(chain([[cells.pop("published_on", "")]], _dates(listing.published_on, row, link)))
    if date is None and (listing.dated or link.offsite):
        return None
    shown = chain.from_iterable(_values(listing.title, row, link))
    title, marked = best_title([*shown, cells.pop("title", ""), text_of(link.element)])
    fields = {name: value for name, text in cells.items() if (value := field_value(name, text))}
    for name, selectors in listing.fields.items():
        texts = chain.from_iterable(_values(selectors, row, link))
        value = next(filter(None, (field_value(name, text) for text in texts)), None)
        if value is not None:
            fields[name] = value
    pinned = marked or any(compile_selector(selector).elements(row) for selector in listing.pinned)
    return Entry(link.url, title, date, fields, pinned)


def _values(selectors: Sequence[str], row: etree._Element, link: RowLink) -> Iterator[list[str]]:
    """The values of each selector; one that is written as the link's own reads the chosen link alone."""
    for selector in map(compile_selector, selectors):
        if selector.css and selector.css == link.css:
            value = selector.value(link.element)
            yield [value] if value else []
        elif not selector.css and selector.attribute is None:
            yield [_without(row, link.element)]
        else:
            yield selector.values(row)


def _dates(selectors: Sequence[str], row: etree._Element, link: RowLink) -> Iterator[list[str]]:
    """The values, and where the row's whole text counts its pieces too: a day may touch its month (28 in ``<b>``)."""
    yield from _values(selectors, row, link)
    if "::text" in selectors:
        yield list(_pieces(row, link.element))


def _pieces(row: etree._Element, part: etree._Element) -> Iterator[str]:
    """The text nodes of the row, those of the link left out."""
    inside = set(part.iter())
    for element in row.iter():
        if isinstance(element.tag, str) and element not in inside:
            yield element.text or ""
        if element is not row and (element is part or element not in inside):
            yield element.tail or ""


def _without(row: etree._Element, part: etree._Element) -> str:
    """The row's text without that of the link: titles hold dates of their own."""
    return text_of(row).replace(text_of(part), " ", 1) if part is not row else text_of(row)


def _innermost(elements: list[etree._Element]) -> list[etree._Element]:
    """The elements that hold no other of them."""
    chosen = set(elements)
    outer: set[etree._Element] = set()
    for element in elements:
        for ancestor in element.iterancestors():
            if ancestor in outer:
                break
            if ancestor in chosen:
                outer.add(ancestor)
    return [element for element in elements if element not in outer]


def _base(tree: etree._Element, url: str) -> str:
    """The address that the page's links are relative to."""
    for element in tree.iter("base"):
        return links.resolve(element.get("href") or "", url) or url
    return url
