"""From a listing's tree to entries: rows, links, titles, dates and the metadata that some families print in the list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from lxml import etree

from crawler.engines import links
from crawler.engines.base import Entry
from crawler.engines.cells import Columns
from crawler.engines.row_dates import row_date
from crawler.selectors import Selector, compile_selector, text_of
from crawler.platforms.model import Listing, Urls

_PINNED_MARK = re.compile(r"^\s?[\[【（(]\s?置\s?顶\s?[\])】）]\s?")
_BULLETS = "·•▪■◆●>»-— \u3000"
_LABEL = re.compile(r"^[\u4e00-\u9fff\s]{2,10}[：:]\s?")
_NOTHING = frozenset({"", "无", "暂无", "-", "--", "---", "----", "/", "空", "null"})
_MAX_VALUE = 500


@dataclass(frozen=True, slots=True)
class Rows:
    """What a tree held: entries in the page's order, and how many links looked like none."""

    entries: tuple[Entry, ...]
    skipped: int

    @property
    def dated(self) -> bool:
        """Whether any entry has a date."""
        return any(entry.published_on is not None for entry in self.entries)


@dataclass(frozen=True, slots=True)
class _Link:
    url: str
    element: etree._Element
    css: str
    offsite: bool


def read_rows(
    listing: Listing,
    urls: Urls,
    own_hosts: frozenset[str],
    trees: Iterable[etree._Element | None],
    base: str,
) -> Rows:
    """The entries of the first selector of ``listing.rows`` that has one with a date, else of the first with any.

    The trees are tried in order, the next one only where the one before gives no entry.
    ``base`` is what relative links are resolved against. Rows that hold other rows are left out, so that a layout
    table or a menu around the list is no entry.
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

    Where some rows have a date, rows without one count only beside those (pinned ones), not in menus elsewhere.
    """
    columns = Columns(listing.columns)
    skipped = 0
    read: list[tuple[etree._Element | None, Entry]] = []
    for row in found:
        link, links_seen = _link(listing, urls, own_hosts, row, base)
        entry = _entry(listing, columns, row, link) if link else None
        if entry is None:
            skipped += bool(links_seen)
        else:
            read.append((row.getparent(), entry))
    lists = {parent for parent, entry in read if entry.published_on is not None}
    entries: dict[str, Entry] = {}
    for parent, entry in read:
        if lists and parent not in lists:
            skipped += 1
        else:
            entries.setdefault(entry.url, entry)
    return Rows(tuple(entries.values()), skipped)


def _link(
    listing: Listing, urls: Urls, own_hosts: frozenset[str], row: etree._Element, base: str
) -> tuple[_Link | None, int]:
    """The row's document link (an address of the portal before one elsewhere), and how many links it had."""
    seen = 0
    own: _Link | None = None
    offsite: _Link | None = None
    for selector in map(compile_selector, listing.link):
        for element in selector.elements(row):
            raw = selector.value(element) if selector.attribute else element.get("href", "")
            if selector.attribute == "onclick":
                raw = links.from_script(raw) or ""
            url = links.resolve(raw, base)
            if url is None:
                continue
            seen += 1
            like = links.likeness(urls, own_hosts, url)
            link = _Link(url, element, selector.css, offsite=like == "offsite")
            if like in ("document", "file") and own is None:
                own = link
            elif like == "offsite" and offsite is None:
                offsite = link
            elif own is not None and url == own.url and not text_of(own.element):
                own = link  # <a href="x"><a href="x">title</a>: the first is empty
    return own or offsite, seen


def _entry(listing: Listing, columns: Columns, row: etree._Element, link: _Link) -> Entry | None:
    """The entry of a row; None where it has no date and needs one: links elsewhere always do, as menus have them."""
    cells = columns.of(row)
    date = row_date(chain(_values(listing.published_on, row, link), [[cells.get("published_on", "")]]))
    if date is None and (listing.dated or link.offsite):
        return None
    titles = [
        *chain.from_iterable(_values(listing.title, row, link)),
        cells.pop("title", ""),
        text_of(link.element),
    ]
    title, marked = _title(titles)
    cells.pop("published_on", None)
    fields = {name: value for name, text in cells.items() if (value := _plain(text))}
    for name, selectors in listing.fields.items():
        for text in chain.from_iterable(_values(selectors, row, link)):
            if value := _plain(text):
                fields[name] = value
                break
    pinned = marked or any(compile_selector(selector).elements(row) for selector in listing.pinned)
    return Entry(link.url, title, date, fields, pinned)


def _values(selectors: Sequence[str], row: etree._Element, link: _Link) -> list[list[str]]:
    """The values of each selector; one that is written as the link's own reads the chosen link alone."""
    return [_selected(compile_selector(selector), row, link) for selector in selectors]


def _selected(selector: Selector, row: etree._Element, link: _Link) -> list[str]:
    if selector.css and selector.css == link.css:
        value = selector.value(link.element)
        return [value] if value else []
    if not selector.css and selector.attribute is None:
        return [_without(row, link.element)]
    return selector.values(row)


def _without(row: etree._Element, part: etree._Element) -> str:
    """The row's text without that of the link: titles hold dates of their own."""
    return text_of(row).replace(text_of(part), " ", 1) if part is not row else text_of(row)


def _title(found: Sequence[str]) -> tuple[str | None, bool]:
    """The first title, or the longest of the others if that one is cut short; and whether it was marked as pinned."""
    titles = [title for title in (text.strip(_BULLETS)[:_MAX_VALUE] for text in found) if title]
    if not titles:
        return None, False
    best = titles[0]
    if _cut(best):
        start = best.rstrip(".…")[:6]
        fuller = [title for title in titles if not _cut(title) and title.startswith(start)]
        best = max([*fuller, best] if fuller else titles, key=lambda title: (not _cut(title), len(title)))
    bare = _PINNED_MARK.sub("", best)
    return bare or None, bare != best


def _cut(title: str) -> bool:
    return title.endswith(("…", "...", "。。。"))


def _plain(text: str) -> str | None:
    """A value without the label before it (`索引号：…`); None for placeholders."""
    value = _LABEL.sub("", text).strip()[:_MAX_VALUE]
    return None if value in _NOTHING else value


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
