"""Where a new listing keeps its rows, links, titles and dates: found by entries that are known."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lxml.etree import _Element

from archive.history.quarantine.pairs import Listed
from crawler.engines import links, markup
from crawler.engines.row_dates import row_date
from crawler.engines.row_values import field_value
from crawler.repair.listing_pages import Shown
from crawler.repair.listing_score import KnownListing
from crawler.repair.paths import own_names
from crawler.selectors import text_of
from pipelines.metadata.title import key

_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_LEVELS = 6
_MOST_ROWS = 60
_LONGEST = 500


class Row(NamedTuple):
    """A known entry on a listing page: the element around it alone, its link, and in which attribute that stands."""

    element: _Element
    link: _Element
    attribute: str
    known: Listed
    place: str


def find_rows(listing: KnownListing, pages: Sequence[Shown]) -> list[Row]:
    """The rows of known entries on the first page that has any, with the place in which its markup hides."""
    for page in pages:
        for place, root in _trees(page.text):
            if root is not None and (rows := _rows(listing, root, page.url, place)):
                return rows
    return []


def _trees(text: str) -> Iterator[tuple[str, _Element | None]]:
    """Markup in the text: the page, comments, what scripts write, records of a list service, strings of an answer."""
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start in ("{", "["):
        yield "page", markup.parse("\n".join(_strings(text)))
        return
    if inside := _CDATA.findall(text):
        yield "page", markup.parse("\n".join(inside))
    root = markup.parse(text)
    yield "page", root
    if root is not None:
        yield "comments", markup.in_comments(root)
        yield "scripts", markup.in_scripts(root)


def _strings(text: str) -> Iterator[str]:
    try:
        waiting = [json.loads(text.lstrip("\ufeff"))]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if "<" in value:
                yield value
        elif isinstance(value, dict | list):
            waiting += value.values() if isinstance(value, dict) else value


def _rows(listing: KnownListing, root: _Element, base: str, place: str) -> list[Row]:
    found: dict[str, tuple[_Element, str, Listed]] = {}
    for element in root.iter("*"):
        for attribute, value in element.items():
            url = links.from_script(value) if attribute == "onclick" else value
            known = listing.at(links.resolve(url, base) or "") if url and "/" in url else None
            known = known or _by_title(listing, element, str(attribute))
            if known is not None and len(found) < _MOST_ROWS:
                found.setdefault(known.url_key, (element, str(attribute), known))
    inside: dict[_Element, set[str]] = {}
    for url, (element, _, _) in found.items():
        for ancestor in (element, *element.iterancestors()):
            inside.setdefault(ancestor, set()).add(url)
    return [
        Row(_alone(element, inside, single=len(found) == 1), element, attribute, known, place)
        for element, attribute, known in found.values()
    ]


def _by_title(listing: KnownListing, element: _Element, attribute: str) -> Listed | None:
    """Where the portal gave its documents new addresses, links are known by what they say."""
    if element.tag != "a" or attribute != "href":
        return None
    return listing.by_title.get(key(element.get("title") or text_of(element)))


def _alone(link: _Element, inside: dict[_Element, set[str]], *, single: bool) -> _Element:
    """The largest element around a link that is about no other known entry."""
    element = link
    for ancestor in link.iterancestors():
        if len(inside.get(ancestor, ())) > 1 or ancestor.tag in ("body", "html"):
            break
        element = ancestor
        if single and ancestor.tag in ("li", "tr", "dl", "div"):
            break
    return element


def row_selectors(rows: Sequence[Row]) -> list[str]:
    """Selectors of the rows, those that match the most of them first; of equals, by name before by tag."""
    found: dict[str, int] = {}
    for row in rows:
        tag, parent = str(row.element.tag), row.element.getparent()
        names = [name for name in own_names(row.element) if not name.startswith("#")]
        above = own_names(parent) if parent is not None else []
        around = [f"{name} > {tag}" for name in above]
        for name in dict.fromkeys([*names, *around, tag]):
            found[name] = found.get(name, 0) + 1
    return sorted(found, key=lambda name: -found[name])


def link_selectors(rows: Sequence[Row]) -> list[str]:
    """Where the addresses stand in the rows, as selectors that end in ``::attr(name)``."""
    found: dict[str, int] = {}
    for row in rows:
        tag = "" if row.link is row.element else str(row.link.tag)
        for name in [
            f"{tag}::attr({row.attribute})",
            *(f"{name}::attr({row.attribute})" for name in own_names(row.link)),
        ]:
            if not name.startswith("::") or tag == "":
                found[name] = found.get(name, 0) + 1
    return sorted(found, key=lambda name: -found[name])


def value_selectors(rows: Sequence[Row], name: str) -> list[str]:
    """Where the rows show the title, the date (``published_on``) or another field that is known of their entries.

    Of places that do so equally often the one with the least text around the value.
    """
    counts: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for row in rows:
        value = getattr(row.known, name) if name in ("title", "published_on") else row.known.fields.get(name)
        for selector, size in dict(_showing(row, name, value) if value else ()).items():
            counts[selector] = counts.get(selector, 0) + 1
            sizes[selector] = max(size, sizes.get(selector, 0))
    good = [selector for selector, count in counts.items() if 2 * count >= len(rows)]
    return sorted(good, key=lambda selector: (-counts[selector], sizes[selector]))


def _showing(row: Row, name: str, value: str) -> Iterator[tuple[str, int]]:
    """Selectors of what shows the value, and how long that is."""
    for element in row.element.iter("*"):
        names = own_names(element) or [str(element.tag)]
        parent = element.getparent()
        siblings = [child for child in parent if child.tag == element.tag] if parent is not None else []
        if len(siblings) > 1:
            names = [*names, f"{element.tag}:nth-of-type({siblings.index(element) + 1})"]
        shown = text_of(element)
        if len(shown) < _LONGEST and _is(name, shown, value):
            yield from ((f"{one}::text", len(shown)) for one in names)
        elif name.endswith("_on") and 1 < len(element) < 4 and _over_month(element, value):
            yield from ((f"{one} > *::text", len(shown)) for one in names)
        for attribute, text in element.items():
            # An address holds the day of entry, which often is the date of publication and as often is not.
            if len(str(text)) < _LONGEST and "/" not in str(text) and _is(name, str(text), value):
                yield from ((f"{one}::attr({attribute})", len(str(text))) for one in names)


def _over_month(element: _Element, value: str) -> bool:
    """Whether the element's parts make the date together (a day over its month), and none of them alone."""
    parts = [text_of(child) for child in element]
    return row_date([parts]) == value and all(row_date([[part]]) is None for part in parts)


def _is(name: str, shown: str, value: str) -> bool:
    if name == "title":
        return key(shown) == key(value)
    if name.endswith("_on"):
        return row_date([[shown]]) == value
    return "".join((field_value(name, shown) or "").split()) == "".join(value.split())
