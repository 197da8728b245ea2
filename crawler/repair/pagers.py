"""How a new listing says how long it is and where it goes on: found by the total that is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crawler.engines import links
from crawler.engines.base import ListingError
from crawler.engines.calls import called
from crawler.engines.markup import parse
from crawler.engines.paging import page_address
from crawler.repair.listing_pages import Shown
from crawler.repair.paths import own_names
from crawler.selectors import text_of

_NEXT = re.compile(r"(?:下一?页|下一頁|后一?页|后页|[>›»＞]{1,2}|next)\s?[>›»＞]{0,2}", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_NUMBER = re.compile(r"(?<![\d.])\d{1,8}(?![\d.])")
_BEFORE = re.compile("[\u3400-\u9fff]{0,4}[共总计](?:有|数|条数|页数)?[：:]?\\s?$")
_BEHIND = re.compile("^\\s?(?:条记录|条|篇|则|个记录|页)")
_VARIABLE = (
    r"(?<![\w$.])([A-Za-z_$][\w$]{{0,40}}(?:\.[A-Za-z_$][\w$]{{0,40}})?)\s{{0,9}}[=:]\s{{0,9}}['\"]?{}\b"
)
_CALL = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$]{2,40})\s{0,9}\([^()]{3,400}\)")
_SUFFIXES = ("zero", "one", "bare", "segment")
_GROWTH = 20
"""Entries that a listing may have won since its total was last read."""


def paging_guesses(page: Shown, total: int | None, per_page: int) -> Iterator[dict[str, Any]]:
    """Values for ``listing.paging`` that may fit the page: next links, suffixes, places of ``total`` if one was told."""
    yield from ({"next": selector} for selector in _next_links(page))
    yield from ({"suffix": suffix} for suffix in _suffixes(page))
    if not total:
        return
    records = set(range(total, total + _GROWTH))
    pages = {-(-number // max(1, per_page)) for number in records} - {1}
    for rule in _calls(page.text, pages, records):
        yield {"total": [rule]}
    for meaning, numbers in (("records", records), ("pages", pages)):
        for rule in _places(page.text, numbers, meaning):
            yield {"total": [rule]}


def _next_links(page: Shown) -> Iterator[str]:
    root = parse(page.text)
    for element in root.iter("a") if root is not None else ():
        shown = text_of(element)
        url = links.resolve(element.get("href") or "", page.url)
        if url is None or url == page.url or not _NEXT.fullmatch(shown):
            continue
        if "页" in shown:
            yield f"a:contains('{_NEXT.match(shown)[0].strip(' >›»＞')}')::attr(href)"  # type: ignore[index]
        yield from (f"{name}::attr(href)" for name in own_names(element))


def _suffixes(page: Shown) -> Iterator[str]:
    """Rules by which the address of page 2 is one that the page links to."""
    root = parse(page.text)
    linked = (
        {links.resolve(element.get("href") or "", page.url) for element in root.iter("a")}
        if root is not None
        else set()
    )
    for suffix in _SUFFIXES:
        try:
            if page_address(suffix, page.url, 2) in linked:
                yield suffix
        except ListingError:
            continue


def _calls(text: str, pages: set[int], records: set[int]) -> Iterator[dict[str, Any]]:
    """Calls of a pager's script, by what their arguments can mean."""
    for name in dict.fromkeys(match.group(1) for match in _CALL.finditer(text)):
        for arguments in called(text, name):
            meanings = [_meaning(value, pages, records) for value in arguments]
            while meanings and meanings[-1] == "_":
                meanings.pop()
            if {"pages", "records"} & set(meanings) and len(set(meanings) - {"_"}) == len(
                [meaning for meaning in meanings if meaning != "_"]
            ):
                yield {"call": name, "args": meanings}


def _meaning(value: int | str | None, pages: set[int], records: set[int]) -> str:
    if isinstance(value, int):
        if value in records:
            return "records"
        return "pages" if value in pages else {0: "current0", 1: "current1"}.get(value, "_")
    if isinstance(value, str) and re.fullmatch(r"\.?s?html?|\.?jhtml|\.?aspx?|\.?jsp", value):
        return "ext"
    return "stem" if isinstance(value, str) and re.fullmatch(r"index|list|default", value) else "_"


def _places(text: str, numbers: set[int], meaning: str) -> Iterator[dict[str, Any]]:
    """Variables and phrases that hold one of the numbers."""
    for number in sorted(numbers):
        if str(number) not in text:
            continue
        for match in re.finditer(_VARIABLE.format(number), text):
            yield {"var": match.group(1), "is": meaning}
    plain = " ".join(_TAG.sub(" ", text).split())
    for match in _NUMBER.finditer(plain):
        if int(match.group()) not in numbers:
            continue
        before = _BEFORE.search(plain[max(0, match.start() - 8) : match.start()])
        behind = _BEHIND.search(plain[match.end() : match.end() + 5])
        if before or behind:
            left = re.escape(before.group().strip()) + r"\s?" if before else ""
            right = r"\s?" + re.escape(behind.group().strip()) if behind else ""
            yield {"regex": rf"{left}(\d{{1,8}}){right}", "is": meaning}
