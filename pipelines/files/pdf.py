"""PDF by pypdf, page by page; a scan, which has no letters, is for OCR."""

from __future__ import annotations

import io
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from pipelines.files.lines import unset
from pipelines.files.model import NoText, Text
from pipelines.files.ocr import SECONDS, Recogniser

FEWEST_LETTERS = 20
"""Letters and figures a page, on average: with fewer, and a picture, the file is a scan (``needs_ocr``); stamps and page
numbers of scans give a handful."""
MOST_GARBAGE = 0.3
"""Share of characters that no font table names (private use, U+FFFD): with more, what stands there is not the text."""
BARE = 2
"""With fewer letters a page than this it is for OCR, whatever draws its pages."""
LOOKED_AT = 10
"""Pages that are looked through for pictures."""
MOST_PAGES = 3_000
MOST_PAGE_BYTES = 4_000_000
"""Of a page's drawing operations: maps and plans have more, and take minutes."""


def read_pdf(body: bytes, text: Text, recogniser: Recogniser | None) -> None:
    """The text of a PDF; raises :class:`NoText` for an encrypted, damaged or scanned one."""
    try:
        reader = PdfReader(io.BytesIO(body))
        if reader.is_encrypted and not reader.decrypt(""):
            raise NoText("failed", "the file is encrypted")
        pages = len(reader.pages)
    except PyPdfError as error:
        raise NoText("failed", f"the PDF is damaged ({error})") from error
    if not pages:
        raise NoText("failed", "the PDF has no pages")
    letters = garbage = unread = read = 0
    for number in range(min(pages, MOST_PAGES)):
        lines = _page(reader, number, text)
        if lines is None:
            unread += 1
            continue
        read += 1
        letters += sum(map(str.isalnum, "".join(lines)))
        garbage += sum(
            character == "\ufffd" or "\ue000" <= character <= "\uf8ff" for character in "".join(lines)
        )
        for line in unset(lines):
            text.add(line)
        text.add("")
    if not read:
        raise NoText("failed", "no page of the PDF can be read")
    if (
        letters < FEWEST_LETTERS * read and (letters < BARE * read or _has_pictures(reader, pages))
    ) or garbage > MOST_GARBAGE * (letters + garbage):
        _scan(reader, pages, text, recogniser)
    if unread:
        text.notes.append(f"{unread} of {pages} pages cannot be read")
    if pages > MOST_PAGES:
        text.notes.append(f"only {MOST_PAGES} of {pages} pages were read")


def _page(reader: PdfReader, number: int, text: Text) -> list[str] | None:
    """The lines of a page; None where it cannot be read, whatever pypdf makes of it."""

    def watch(*_: Any) -> None:  # each drawing operation
        text.look_at_the_clock()

    text.look_at_the_clock()
    try:
        page = reader.pages[number]
        contents = page.get_contents()
        if contents is None:
            return []
        if len(contents.get_data()) > MOST_PAGE_BYTES:
            return None
        return page.extract_text(visitor_operand_before=watch).split("\n")
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError,
            NotImplementedError, ZeroDivisionError, OverflowError, RecursionError):  # fmt: skip
        return None


def _has_pictures(reader: PdfReader, pages: int) -> bool:
    """Whether any of the first pages shows one, or cannot be looked at."""
    try:
        return any(reader.pages[number].images.keys() for number in range(min(pages, LOOKED_AT)))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return True


def _scan(reader: PdfReader, pages: int, text: Text, recogniser: Recogniser | None) -> None:
    if recogniser is None:
        raise NoText("needs_ocr", "the pages are pictures, or their letters have no names")
    text.restart(SECONDS)
    for number in range(pages):
        if number == recogniser.most_pages:
            text.notes.append(f"only {number} of {pages} scanned pages were read")
            break
        for image in _images(reader, number):
            for line in unset(recogniser.lines(image)):
                text.add(line)
        text.add("")
    if not str(text):
        raise NoText("needs_ocr", "nothing was recognised in the pictures")


def _images(reader: PdfReader, number: int) -> list[bytes]:
    """The pictures of a page, as PNG; those that are no scan (stamps, signs) left out."""
    found = []
    try:
        for image in reader.pages[number].images:
            if image.image is not None and min(image.image.size) >= 300:
                stream = io.BytesIO()
                image.image.convert("L").save(stream, "PNG")
                found.append(stream.getvalue())
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, OSError, NotImplementedError):
        return found
    return found
