"""DOCX and PPTX: paragraphs as lines, rows of tables as ``a | b``."""

from __future__ import annotations

from collections.abc import Iterable

from lxml.etree import _Element

from pipelines.files.model import NoText, Text
from pipelines.files.xmls import attribute, children, events, forget, relations, root
from pipelines.files.zips import Zip
from pipelines.markup import collapse
from pipelines.text import CELL

_BREAKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_PICTURES = ("word/media/", "ppt/media/")


def read_docx(body: bytes, text: Text) -> None:
    """The text of a Word document and of its footnotes; what was deleted under "track changes" is not in it."""
    archive = Zip(body)
    for name in ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml"):
        if archive.has(name) or name == "word/document.xml":
            _part(archive, name, text)
    _only_pictures(archive, text)


def read_pptx(body: bytes, text: Text) -> None:
    """The text of the slides, in the order in which they are shown."""
    archive = Zip(body)
    targets = relations(archive, "ppt/presentation.xml")
    for node in children(root(archive, "ppt/presentation.xml"), "sldId"):
        name = next((targets[key] for key in _values(node) if key in targets), None)
        if name is not None:
            _part(archive, name, text)
            text.add("")
    _only_pictures(archive, text)


def _values(node: _Element) -> list[str]:
    """Its relation's id; the slide's own id has the same local name, hence all values."""
    return [str(value) for value in node.attrib.values()]


def _only_pictures(archive: Zip, text: Text) -> None:
    if not str(text) and any(name.startswith(_PICTURES) for name in archive.names):
        raise NoText("needs_ocr", "there are pictures in it and no text")


def _part(archive: Zip, name: str, text: Text) -> None:
    with archive.open(name) as stream:
        _blocks(events(stream, starts=True), text)


def _blocks(found: Iterable[tuple[str, str, _Element]], text: Text) -> None:
    line: list[str] = []
    outer: list[list[str]] = []  # the lines around the open cells
    rows: list[list[str]] = []  # the cells of the open rows, for tables in tables
    copies = 0  # depth in what is a copy for elder programs
    for event, name, element in found:
        if name == "Fallback":
            copies += 1 if event == "start" else -1
        elif copies:
            continue
        elif event == "start":
            if name == "tr":
                rows.append([])
            elif name == "tc":
                outer.append(line)
                line = []
        elif name == "t":
            line.append(element.text or "")
        elif name in _BREAKS:
            line.append(_BREAKS[name])
        elif name == "p":
            if outer:
                line.append(" ")
            else:
                text.add("".join(line))
                line = []
            forget(element)
        elif name == "tc" and outer and rows:
            if attribute(element, "hMerge") is None and attribute(element, "vMerge") is None:
                rows[-1].append(collapse("".join(line)))
            line = outer.pop()
        elif name == "tr" and rows:
            row = CELL.join(rows.pop()).rstrip(" |")
            if outer:
                line.append(f"{row} ")
            elif row:
                text.add(row)
            forget(element)
    if line:
        text.add("".join(line))
