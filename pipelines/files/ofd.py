"""OFD (GB/T 33190): the text of its pages in their order, what stands on one line joined."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from pipelines.files.lines import unset
from pipelines.files.model import NoText, Text
from pipelines.files.xmls import children, events, forget, resolve, root
from pipelines.files.zips import Zip

SAME_LINE = 0.5
"""Share of its height by which a piece may stand higher or lower than the one before it on the same line."""
MOST_PAGES = 3_000


def read_ofd(body: bytes, text: Text) -> None:
    """The text of each document in the file; raises :class:`NoText` (``needs_ocr``) where the pages are pictures."""
    archive = Zip(body)
    pictures = False
    for node in children(root(archive, "OFD.xml"), "DocRoot"):
        part = resolve("", (node.text or "").strip())
        if not archive.has(part):
            continue
        for pages in _pages(archive, part):
            lines: list[str] = []
            for page in pages:
                pictures |= _page(archive, page, lines, text)
            for line in unset(lines):
                text.add(line)
            text.add("")
    if not str(text) and pictures:
        raise NoText("needs_ocr", "the pages are pictures")


def _pages(archive: Zip, part: str) -> Iterator[list[str]]:
    """For each page its parts: the templates under it, then its own."""
    folder = part.rpartition("/")[0]
    document = root(archive, part)
    templates = {node.get("ID"): node.get("BaseLoc") or "" for node in children(document, "TemplatePage")}
    for node in children(document, "Page")[:MOST_PAGES]:
        own = resolve(folder, node.get("BaseLoc") or "")
        if not archive.has(own):
            continue
        used = [templates[key] for key in _templates(archive, own) if key in templates]
        yield [name for name in (resolve(folder, path) for path in used) if archive.has(name)] + [own]


def _templates(archive: Zip, page: str) -> list[str | None]:
    with archive.open(page) as stream:
        return [node.get("TemplateID") for _, name, node in events(stream) if name == "Template"]


def _page(archive: Zip, name: str, lines: list[str], text: Text) -> bool:
    """Add the lines of a part; whether there are pictures in it."""
    pictures = False
    top: float | None = None
    with archive.open(name) as stream:
        for _, kind, element in events(stream):
            if kind == "ImageObject":
                pictures = True
            elif kind == "TextObject":
                text.look_at_the_clock()
                words = "".join(node.text or "" for node in children(element, "TextCode"))
                place = _place(element)
                same = top is not None and place is not None and abs(place[0] - top) < SAME_LINE * place[1]
                if same and lines:
                    lines[-1] += words
                else:
                    lines.append(words)
                top = place[0] if place else None
                forget(element)
    return pictures


def _place(element: _Element) -> tuple[float, float] | None:
    """Top and height of a piece, in millimetres."""
    try:
        _, top, _, height = map(float, (element.get("Boundary") or "").split())
    except ValueError:
        return None
    return top, height
