"""A list on a page of an unknown kind: repeated sibling links with dates, and where the next page is (platforms.md §21 test 16, §22)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lxml import etree

from archive.urls import host_of
from crawler.discovery.outgoing import outgoing
from crawler.engines import links
from crawler.engines.base import ListingError
from crawler.engines.paging import page_address
from crawler.engines.row_dates import row_date
from crawler.probing.page import Seen
from crawler.selectors import BadSelector, compile_selector

OFTEN = 4
FEWEST = 3
"""Rows that make a list; two dated links stand in many a footer."""
_NEXT = re.compile(r"^(?:下一?页|下页|后一?页|next|>|>>|›|»)$", re.I)
_ROWS = ("li", "tr", "dl", "dd", "p", "div", "article", "a")
_SAFE = re.compile(r"[A-Za-z_][\w-]{0,60}\Z")


@dataclass(frozen=True, slots=True)
class Guess:
    """``rows``: a selector; ``count``: how many dated links stand in them."""

    rows: str
    count: int


@dataclass(frozen=True, slots=True)
class Common:
    """``furniture``: links that stand on four pages or more (boxes beside the lists); ``rows``: the rows of most pages;
    ``page_param``: by which their pagers count.
    """

    furniture: frozenset[str] = frozenset()
    rows: str | None = None
    page_param: str | None = None


NOTHING = Common()


def dated_links(seen: Seen) -> frozenset[str]:
    """The links that have a date beside them: documents, by all that a page tells."""
    if seen.root is None:
        return frozenset()
    single = (element for tag in ("li", "tr", "dl", "dd") for element in seen.root.iter(tag))
    found = {target for row in single for target in _targets(row, seen.url)}
    groups = _groups(seen.root, seen.url, ()).values()
    found.update(target for rows in groups if len(rows) >= FEWEST for row in rows for target in row)
    return frozenset(found)


def _groups(
    root: etree._Element, base: str, furniture: Collection[str]
) -> dict[tuple[etree._Element, str], list[set[str]]]:
    """Parents and the kind of their children that are rows, with what these lead to."""
    groups: dict[tuple[etree._Element, str], list[set[str]]] = defaultdict(list)
    for tag in _ROWS:
        for element in root.iter(tag):
            parent, targets = element.getparent(), _targets(element, base)
            if parent is not None and targets and not targets & set(furniture):
                groups[parent, tag].append(targets)
    return groups


def common(pages: Sequence[Seen]) -> Common:
    """What pages of a site share."""
    shown = Counter(url for seen in pages for url in {link.url for link in seen.links})
    furniture = frozenset(url for url, count in shown.items() if count >= OFTEN)
    rows = Counter(found.rows for seen in pages if (found := dated_rows(seen, furniture)) is not None)
    usual, count = rows.most_common(1)[0] if rows else (None, 0)
    paged = Counter(
        name for seen in pages if next_rule(seen) is None and (name := query_page(seen)) is not None
    )
    return Common(furniture, usual if count > 1 else None, next(iter(paged), None))


def dated_rows(seen: Seen, furniture: Collection[str] = (), usual: str | None = None) -> Guess | None:
    """The largest group of siblings that each have a link and a date, ``furniture`` not counted; None where there are
    fewer than three. The ``usual`` rows go before, however few there are.
    """
    if seen.root is None:
        return None
    if usual is not None and seen.root is not None:
        rows = [row for row in compile_selector(usual).elements(seen.root) if _targets(row, seen.url)]
        if rows:
            return Guess(usual, len(rows))
    counted = [(group, len(rows)) for group, rows in _groups(seen.root, seen.url, furniture).items()]
    ranked = sorted(counted, key=lambda group: -group[1])
    for (parent, tag), count in ranked[:5]:
        selector = _selector(parent, tag, seen.root)
        if count >= FEWEST and selector is not None:
            return Guess(selector, count)
    return None


def _targets(element: etree._Element, base: str) -> set[str]:
    """Where a row leads that has one link, of the site's own, and a date, in a text that is no whole list itself; else
    nothing.
    """
    texts = [text for text in (" ".join(piece.split()) for piece in element.itertext()) if text]
    if not texts or sum(map(len, texts)) > 600 or row_date([texts, [" ".join(texts)]]) is None:
        return set()
    found = [element] if element.tag == "a" else list(element.iter("a"))
    targets = {url for link in found if (url := links.resolve(link.get("href") or "", base)) is not None}
    return targets if len(targets) == 1 and all(_same(target, base) for target in targets) else set()


def _same(url: str, base: str) -> bool:
    try:
        return host_of(url) == host_of(base)
    except ValueError:
        return False


def _selector(parent: etree._Element, tag: str, root: etree._Element) -> str | None:
    """A selector of the parent's rows, as short as tells them from the rest of the page."""
    wanted = {element for element in parent if element.tag == tag}
    path: list[str] = []
    element: etree._Element | None = parent
    best: str | None = None
    while element is not None and len(path) < 4 and isinstance(element.tag, str):
        path.insert(0, _step(element))
        selector = f"{' > '.join(path)} > {tag}"
        try:
            found = set(compile_selector(selector).elements(root))
        except BadSelector:
            return best
        best = selector if wanted <= found else best
        if found == wanted or element.get("id"):
            break
        element = element.getparent()
    return best


def _step(element: etree._Element) -> str:
    identity = element.get("id") or ""
    if _SAFE.match(identity) and not re.search(r"\d{4}", identity):
        return f"{element.tag}#{identity}"
    named = [name for name in (element.get("class") or "").split() if _SAFE.match(name)]
    return str(element.tag) + "".join(f".{name}" for name in named[:2])


def next_rule(seen: Seen) -> tuple[dict[str, Any], str] | None:
    """How the page's own pager counts: overrides of ``listing`` and what was seen; None where it has no links.

    Pager links are those shown as 下一页 or as 2.
    """
    pager = [link for link in outgoing(seen.root, seen.url) if _same(link.url, seen.url)]
    second = next((link for link in pager if link.name == "2"), None)
    following = next((link for link in pager if _NEXT.match(link.name)), None)
    for link in filter(None, (second, following)):
        rule = _suffix(seen.url, link.url)
        if rule is not None:
            return {"paging": {"suffix": rule}}, f"page 2 is {link.url[:160]}"
    if following is not None:
        word = following.name if following.name not in (">", ">>") else "下一页"
        return {"paging": {"next": f"a:contains('{word}')::attr(href)"}}, f"a link {following.name}"
    return None


def _suffix(first: str, second: str) -> str | None:
    for rule in ("zero", "one", "bare", "segment"):
        extension = urlsplit(second).path.rpartition(".")[2] if "." in second.rpartition("/")[2] else "html"
        try:
            if page_address(rule, first, 2, default_ext=extension) == second:
                return rule
        except ListingError:
            continue
    return None


def query_page(seen: Seen) -> str | None:
    """The query parameter that the pager's links count up, as ``page`` of ``?page=2``; None where there is none."""
    own = dict(parse_qsl(urlsplit(seen.url).query))
    for link in outgoing(seen.root, seen.url):
        if link.name not in ("2", "3") and not _NEXT.match(link.name):
            continue
        if urlsplit(link.url).path != urlsplit(seen.url).path:
            continue
        changed = [
            name
            for name, value in parse_qsl(urlsplit(link.url).query)
            if value.isdecimal() and own.get(name) != value
        ]
        if len(changed) == 1:
            return changed[0]
    return None
