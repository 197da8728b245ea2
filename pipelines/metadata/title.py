"""The title of a page: what its headings, title classes and ``<title>`` say, and which of several forms is best."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml.etree import _Element

from pipelines.markup import collapse, inline_text
from pipelines.metadata.cells import BREAK, Cells
from pipelines.remember import remembered
from pipelines.select import matches

# What <title> is joined with; a hyphen only between Chinese characters, and not the dash of a title's own.
_PART = re.compile(r"(?:(?!(?<=[\u3400-\u9fff)）》”])\s?-\s?(?=[\u3400-\u9fff])|\s[-—–]|--|\s\s)[^_|｜])+")
LONGEST_COLUMN = 8
"""Characters of a column's name, as <title> has it before the site's."""
_SITE_NAME = re.compile(r"(?:网|网站|网站群|人民政府|平台|频道|欢迎您)[!！。]?$|门户网站")
_TITLE_CLASS = re.compile(r"title|biaoti|headline|(?:^|[-_])(?:tit|bt|h1|tt)(?:$|[-_\d])")
_NOT_TITLE_CLASS = re.compile(
    r"sub|small|site|nav|menu|head(?:er)?$|foot|column|channel|list|block|side|right|left|logo|fu|search|share|tab"
)
# Headings of the boxes around a document.
_BOXES = frozenset(
    [
        "友情链接",
        "相关链接",
        "相关文章",
        "相关阅读",
        "相关文件",
        "相关信息",
        "推荐阅读",
        "网站地图",
        "联系我们",
        "附件下载",
        "扫一扫",
    ]
)
_CRUMBS = re.compile("[/>»＞]")
_OTHER = re.compile(r"[^\w]+")
_HAN = re.compile("[\u3400-\u9fff]")
_LONGEST, _LONGEST_TITLE = 250, 1000
# What a heading loses that is a site's name, or a column's (which is the title of a page that is its column).
_SITE, _COLUMN = 4.0, 1.0
_RANKS = {"h1": 3.0, "h2": 2.0, "h3": 1.5, "h4": 0.5}
_ELLIPSES = ("…", "...", "．．．", "。。。")


@dataclass(frozen=True, slots=True)
class Heading:
    """A text on the page that may be its title: ``cell`` is where it begins, ``score`` how much speaks for it."""

    text: str
    cell: int
    score: float


@lru_cache(maxsize=4096)  # asked for the same short texts again and again, on a page and across a portal
def key(title: str) -> str:
    """What two spellings of one title share: letters, digits and Chinese characters, folded."""
    return _OTHER.sub("", unicodedata.normalize("NFKC", title)).casefold()


def same(one: str, other: str) -> bool:
    """Whether two titles are one: equal but for punctuation, or one is the beginning of the other, cut off."""
    first, second = key(one), key(other)
    if first == second:
        return True
    short, long = sorted((first, second), key=len)
    cut = one if key(one) == short else other
    return is_cut(cut) and long.startswith(short) and len(short) >= 4


def is_cut(title: str) -> bool:
    """Whether a title ends in an ellipsis."""
    return title.rstrip().endswith(_ELLIPSES)


def fullest(chosen: str, others: Iterable[str]) -> str:
    """``chosen``, or where it is cut off by an ellipsis the first of ``others`` that goes on."""
    if not is_cut(chosen):
        return chosen
    stem = key(chosen)
    for other in others:
        if not is_cut(other) and len(key(other)) > len(stem) and key(other).startswith(stem):
            return other
    return chosen


def page_title(root: _Element) -> str:
    """The text of ``<title>``; markup that was escaped into it is dropped."""
    for element in root.iter("title"):
        text = collapse(re.sub(r"<[^<>]{0,2000}>", "", element.text or ""))
        if text:
            return text[:_LONGEST_TITLE]
    return ""


def without_site(title: str, sites: Iterable[str]) -> str | None:
    """``<title>`` without the names of site and columns around it; None if nothing else is there.

    Parts that are a site's name go from both ends, and short ones (columns) beside them where a longer part stays.
    """
    names = {key(site) for site in sites if site}
    parts = [(match.start(), match.end()) for match in _PART.finditer(title)]
    parts = [(start, end) for start, end in parts if len(_HAN.findall(title[start:end])) >= 2]
    longest = max((len(key(title[start:end])) for start, end in parts), default=0)
    for end_of_list in (-1, 0):
        while parts:
            start, end = parts[end_of_list]
            part = key(title[start:end])
            is_column = len(parts) > 1 and len(part) <= LONGEST_COLUMN and len(part) < longest
            if not (is_column or part in names or _is_site_name(title[start:end].strip())):
                break
            parts.pop(end_of_list)
    return title[parts[0][0] : parts[-1][1]].strip(" -—–_·") if parts else None


def _is_site_name(part: str) -> bool:
    return bool(_SITE_NAME.search(part))


def selected(root: _Element, selectors: Sequence[str]) -> str | None:
    """The first text that the profile's ``title`` selectors find."""
    for element in matches(root, selectors):
        text = inline_text(element)
        if text:
            return text
    return None


def headings(page: Cells, title: str, site: str = "", column: str = "") -> list[Heading]:
    """Texts in heading elements or title classes, best first; ``title`` is what ``<title>`` says.

    A ``site``'s name counts little (many pages set their logo as h1), a ``column``'s name less than other texts.
    """
    sites, other = {key(site)} - {""}, key(column)
    found: list[Heading] = []
    whole, seen = key(title), set()
    for element, (first, last) in page.extent.items():
        if not 0 < last - first <= 4:
            continue
        names, own_id = element.get("class"), element.get("id")
        if names is None and own_id is None and element.tag not in _RANKS:
            continue
        rank = _rank(f"{element.tag} {names or ''} {own_id or ''}")
        if rank <= 0:
            continue
        text = collapse(page.text_of(element).replace("\n", "").replace(BREAK, ""))
        folded = key(text)
        if (
            not 4 <= len(text) <= _LONGEST
            or len(_HAN.findall(text)) < 2
            or (folded, first) in seen
            or folded in _BOXES
            or len(_CRUMBS.findall(text)) > 1
        ):
            continue
        seen.add((folded, first))
        inside = 2.0 if folded and folded in whole else 0.0
        opens = 1.0 if inside and whole.startswith(folded) else 0.0
        if folded in sites or _is_site_name(text):
            rank -= _SITE
        elif folded == other:
            rank -= _COLUMN
        found.append(Heading(text, first, rank + inside + opens + min(len(folded), 24) / 24))
    return sorted(found, key=lambda heading: (-heading.score, heading.cell))


@remembered
def _rank(names: str) -> float:
    """How much an element's tag, classes and id speak for a title: h1 3, h2 2, h3 1.5, a title class 1.5."""
    tag, _, classes = names.partition(" ")
    tokens = classes.lower().split()
    rank = _RANKS.get(tag, 0.0)
    if any(_TITLE_CLASS.search(token) and not _NOT_TITLE_CLASS.search(token) for token in tokens):
        rank += 1.5
    elif rank and tokens and any(_NOT_TITLE_CLASS.search(token) for token in tokens):
        rank -= 1.0
    return rank


def title_cells(page: Cells, known: Iterable[str]) -> list[int]:
    """Numbers of the cells, ascending, where one of the ``known`` titles stands alone or a heading begins."""
    keys = {key(title) for title in known if title}
    found = {page.extent[element][0] for element in page.headings}
    firsts = {title[0] for title in keys if title}
    for number, cell in enumerate(page.items):
        text = cell.text
        # A Chinese character stands for itself in a key, so most of a navigation is told apart by its first one.
        if "\u4e00" <= text[:1] <= "\u9fff" and text[0] not in firsts:
            continue
        if 4 <= len(text) <= 2 * _LONGEST and key(text) in keys:
            found.add(number)
    return sorted(found)
