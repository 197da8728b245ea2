"""Bodies without running text: a picture, an embedded PDF, a list of files, a bare table, one short line.

Density has nothing to weigh there. What remains is where bodies stand: in the containers that the CMS families
name (platforms.md §24), or under the page's title.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import accumulate, islice

from lxml.etree import _Element, iterwalk

from pipelines.attachments.filelinks import is_file_link
from pipelines.body.density import is_chrome
from pipelines.body.segments import Segments
from pipelines.body.titles import Titles
from pipelines.markup import class_text, inline_text
from pipelines.remember import remembered

_CONTAINERS = frozenset(
    [
        "zoom",
        "zoomcon",
        "ucap-content",
        "ucapcontent",
        "trs_ueditor",
        "trs_editor",
        "trs_editor_view",
        "j-fontcontent",
        "ivs_content",
        "article-content",
        "article_content",
        "articlecontent",
        "article-body",
        "pages_content",
        "ewb-article-content",
        "wzzw-article",
        "js_contentbox",
        "zw",
        "zwnr",
        "zhengwen",
        "maintext",
        "main-txt",
        "xl_content",
        "info_content",
        "news_content",
        "newscontent",
        "detail-content",
        "detail_content",
        "conttext",
        "content-text",
        "cmsarticlecontent",
        "easysitetext",
    ]
)
_VAGUE = frozenset(["content", "cont", "con", "view"])
_OBJECTS = frozenset(("img", "iframe", "embed", "object", "a"))
_TRIES = 30  # nodes of one name that are looked into: more are no containers
_VSB = "vsb_content"
_TITLES = 5  # lines that may be the title
_LEVELS = 5  # how far above its title a body may hang
_ICON_WIDTH = 60  # pixels


def known_container(lines: Segments, *, vague: bool = False) -> int | None:
    """The number of the first node named like a body that holds content; None if there is none.

    ``vague``: by names as common as ``content``, which stand elsewhere too.
    """
    content = content_prefix(lines)
    tries = 0
    is_named_so = _is_content if vague else _is_container
    for number, node in enumerate(lines.nodes):
        if not is_named_so(class_text(node)):
            continue
        tries += 1
        if tries > _TRIES:
            break
        if content[lines.stop[number]] - content[lines.start[number]] or holds_object(node):
            return number
    return None


@remembered
def _is_container(names: str) -> bool:
    tokens = names.split()
    return not _CONTAINERS.isdisjoint(tokens) or any(token.startswith(_VSB) for token in tokens)


@remembered
def _is_content(names: str) -> bool:
    tokens = names.split()
    return not _VAGUE.isdisjoint(tokens) or any(token.startswith(_VSB) for token in tokens)


def under_title(lines: Segments, titles: Titles) -> int | None:
    """The smallest node that holds the page's title and content beside it."""
    content = content_prefix(lines)
    marked = (number for number in range(len(lines.text)) if titles.marks(lines, number))
    for number in islice(marked, _TITLES):
        title = lines.chars[number]
        node = lines.owner[number]
        for _ in range(_LEVELS):
            if node < 0 or lines.nodes[node].tag in ("body", "html"):
                break
            held = content[lines.stop[node]] - content[lines.start[node]]
            if held - title >= 2 or holds_object(lines.nodes[node]):
                return node
            node = lines.parent[node]
    return None


def largest_table(lines: Segments) -> int | None:
    """The table with most text that is neither links nor the page's; for fragments that are nothing else."""
    content = content_prefix(lines)
    best, pick = 0, None
    for number, node in enumerate(lines.nodes):
        if node.tag == "table":
            held = content[lines.stop[number]] - content[lines.start[number]]
            if held > best:
                best, pick = held, number
    return pick


def content_prefix(lines: Segments) -> list[int]:
    """Running sums of the characters that may be content: not links to pages, not furniture; computed once."""
    if lines.content:
        return lines.content
    weights = (
        0 if is_chrome(text) or (2 * link > chars and not lines.has_file(number)) else chars
        for number, (text, chars, link) in enumerate(zip(lines.text, lines.chars, lines.link, strict=True))
    )
    lines.content = [0, *accumulate(weights)]
    return lines.content


def holds_object(node: _Element, outside: Collection[_Element] = ()) -> bool:
    """Whether a node holds, not within ``outside``, a picture that is no icon, an embedded document, or a file's link."""
    walker = iterwalk(node, events=("start",))
    for _, inner in walker:
        if outside and inner in outside:
            walker.skip_subtree()
        elif inner.tag not in _OBJECTS:
            continue
        elif inner.tag == "a":
            if is_file_link(inner.get("href") or "") and inline_text(inner):
                return True
        elif inner.tag == "img":
            if not is_icon(inner):
                return True
        elif is_file_link(inner.get("src") or inner.get("data") or ""):
            return True
    return False


def is_icon(image: _Element) -> bool:
    """Small pictures and pictures that the page's design names: never content."""
    source = (image.get("src") or "").lower()
    if not source or source.startswith("data:"):
        return True
    width = (image.get("width") or "").removesuffix("px")
    height = (image.get("height") or "").removesuffix("px")
    if any(value.isdigit() and int(value) <= _ICON_WIDTH for value in (width, height)):
        return True
    words = (
        "icon",
        "logo",
        "filetype",
        "ewm",
        "qrcode",
        "erweima",
        "share",
        "print",
        "/images/",
        "/img/",
        "blank.",
        "spacer",
    )
    return any(word in source for word in words)
