"""The elements of a new page that hold what is known of it and is no longer read: title, block, files, single values."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename
from urllib.parse import unquote, urlsplit

from lxml.etree import _Element

from crawler.repair.labels import LABELLED, value_pattern
from crawler.repair.parsed import Parsed
from crawler.repair.paths import Target
from crawler.repair.sample import agrees, says
from pipelines.body.find import find_body
from pipelines.detail import Detail
from pipelines.markup import SILENT, collapse
from pipelines.metadata.title import key

_MOST = 12
"""Elements of one page: what stands on it more often is furniture."""


def lost(page: Parsed, name: str) -> bool:
    """Whether the page should say the field and is not read so."""
    known = says(page.known, name)
    return known and not (says(page.read, name) and agrees(page.read, page.known, name))


def title_targets(page: Parsed) -> Target:
    """The innermost elements whose text is the title."""
    root = page.page.root
    if not lost(page, "title"):
        return Target(root, [])
    wanted = key(page.known.title or "")
    found = [element for element in _visible(root) if wanted and key(text_of(element)) == wanted]
    inner = [element for element in found if not any(child in found for child in element.iterdescendants())]
    return Target(root, inner[:_MOST])


def block_targets(page: Parsed) -> Target:
    """The smallest block that holds the values of all fields that the page should show, where one is not read."""
    root = page.page.root
    names = [name for name in LABELLED if says(page.known, name)]
    if not any(lost(page, name) for name in names):
        return Target(root, [])
    best: tuple[int, int] | None = None
    chosen: list[_Element] = []
    for element, (first, last) in page.cells.extent.items():
        text = "\n".join(cell.text for cell in page.cells.items[first:last] if len(cell.text) <= 400)
        held = sum(bool(value_pattern(name, getattr(page.known, name)).search(text)) for name in names)
        rank = (held, first - last)
        if held >= 2 and element.tag not in ("html", "body") and (best is None or rank >= best):
            chosen = [*chosen, element] if rank == best else [element]
            best = rank
    return Target(root, chosen[:_MOST])


def attachment_targets(page: Parsed) -> Target:
    """Links to files that the page had and is not read to have: by address, file name or text."""
    root = page.page.root
    if not lost(page, "attachments"):
        return Target(root, [])
    known = page.known.attachments
    read = {item.url for item in page.read.attachments}
    missing = [item for item in known if item.url not in read]
    names = {_file(item.url) for item in missing} | {item.name for item in missing}
    links = [
        element
        for element in root.iter("a")
        if _file(page.page.absolute(element.get("href") or "")) in names
        or collapse(text_of(element)) in names
    ]
    return Target(root, links[:_MOST])


def field_target(page: Parsed, name: str, detail: Detail) -> Target:
    """The innermost elements whose whole text is the value of a field that is not read.

    A line of the body, such as its signature, is none: it stands elsewhere in the next document.
    """
    root = page.page.root
    if not lost(page, name):
        return Target(root, [])
    origin = find_body(page.page, detail).origin
    lines = {collapse(line) for line in page.known.body_text.splitlines()}
    pattern = value_pattern(name, getattr(page.known, name))
    found = [
        element
        for element in _visible(root)
        if len(element) == 0
        and element.text
        and pattern.fullmatch(element.text.strip())
        and not (
            collapse(element.text) in lines and any(above is origin for above in element.iterancestors())
        )
    ]
    return Target(root, found[:_MOST])


def _visible(root: _Element) -> Iterator[_Element]:
    for element in root.iter("*"):
        if element.tag not in SILENT and element.tag not in ("title", "html", "head", "meta"):
            yield element


def text_of(element: _Element) -> str:
    """All text below the element, scripts left out."""
    parts = (
        [text for text in element.itertext() if len(text) < 100_000] if len(element) else [element.text or ""]
    )
    return "".join(parts)


def _file(url: str) -> str:
    return unquote(basename(urlsplit(url).path))
