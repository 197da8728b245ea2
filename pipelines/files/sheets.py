"""XLSX: cells as they are shown (``001``, ``1,234.50``), a line a row; and elder workbooks by calamine."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from lxml.etree import _Element
from python_calamine import CalamineWorkbook

from pipelines.files.formats import BUILT_IN, shown
from pipelines.files.model import Text
from pipelines.files.xmls import attribute, children, events, forget, relations, root
from pipelines.files.zips import Zip
from pipelines.markup import collapse
from pipelines.text import CELL

MOST_COLUMNS = 512
"""Empty cells before one further to the right are not written."""
_LETTERS = re.compile("[A-Z]{1,3}")
_WORKBOOK = "xl/workbook.xml"


def read_xlsx(body: bytes, text: Text) -> None:
    """Each sheet's name, then its rows; formulas by the value that was last computed."""
    archive = Zip(body)
    book = root(archive, _WORKBOOK)
    targets = relations(archive, _WORKBOOK)
    since_1904 = any(attribute(node, "date1904") in ("1", "true") for node in children(book, "workbookPr"))
    strings = list(_strings(archive))
    codes = _codes(archive)
    for sheet in children(book, "sheet"):
        part = targets.get(attribute(sheet, "id") or "")
        if part is None or not archive.has(part):
            continue
        text.add(sheet.get("name") or "")
        with archive.open(part) as stream:
            cells: list[str] = []
            for _, name, element in events(stream):
                if name == "c":
                    place = _column(element, len(cells))
                    cells += [""] * (min(place, MOST_COLUMNS) - len(cells))
                    cells.append(_cell(element, strings, codes, since_1904))
                elif name == "row":
                    _row(cells, text)
                    cells = []
                    forget(element)
        text.add("")


def read_sheets(body: bytes, text: Text) -> None:
    """XLS, XLSB, ODS. The library gives values, not how they are formatted: ``1,234.50`` comes as ``1234.5``."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    for name in book.sheet_names:
        text.add(name)
        for row in book.get_sheet_by_name(name).iter_rows():
            _row([_value(cell) for cell in row], text)
        text.add("")


def _row(cells: list[str], text: Text) -> None:
    line = CELL.join(cells).rstrip(" |")
    if line:
        text.add(line)


def _value(cell: Any) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return collapse(str(cell))


def _strings(archive: Zip) -> Iterator[str]:
    if not archive.has("xl/sharedStrings.xml"):
        return
    with archive.open("xl/sharedStrings.xml") as stream:
        for _, name, element in events(stream):
            if name == "si":
                yield _words(element)
                forget(element)


def _words(element: _Element) -> str:
    """The text of a string, how it is read aloud (``rPh``) left out."""
    pieces = []
    for node in children(element, "t"):
        parent = node.getparent()
        if parent is None or not str(parent.tag).endswith("}rPh"):
            pieces.append(node.text or "")
    return collapse("".join(pieces))


def _codes(archive: Zip) -> list[str]:
    """The number format of each style that cells name."""
    if not archive.has("xl/styles.xml"):
        return []
    styles = root(archive, "xl/styles.xml")
    own = {node.get("numFmtId"): node.get("formatCode") or "" for node in children(styles, "numFmt")}
    return [
        own.get(node.get("numFmtId")) or BUILT_IN.get(node.get("numFmtId") or "0", "")
        for formats in children(styles, "cellXfs")
        for node in children(formats, "xf")
    ]


def _column(element: _Element, default: int) -> int:
    letters = _LETTERS.match(element.get("r") or "")
    if letters is None:
        return default
    number = 0
    for letter in letters.group():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _cell(element: _Element, strings: list[str], codes: list[str], since_1904: bool) -> str:
    kind = element.get("t") or "n"
    if kind == "inlineStr":
        return _words(element)
    value = next((node.text or "" for node in children(element, "v")), "")
    if kind == "s":
        return strings[int(value)] if value.isdecimal() and int(value) < len(strings) else ""
    if kind == "b":
        return "TRUE" if value == "1" else "FALSE"
    style = element.get("s") or "0"
    code = codes[int(style)] if style.isdecimal() and int(style) < len(codes) else ""
    return shown(value, code, since_1904) if kind == "n" and value else collapse(value)
