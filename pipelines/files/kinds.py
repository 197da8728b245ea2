"""What a file is, by its bytes: names and headers of government portals say anything."""

from __future__ import annotations

from typing import Literal

from pipelines.decode import looks_binary
from pipelines.files.zips import Zip

Kind = Literal[
    "pdf", "docx", "xlsx", "pptx", "sheets", "ofd", "zip", "doc", "ppt", "rtf", "html", "mht", "text", "image",
    "encrypted", "unknown",
]  # fmt: skip
"""``sheets``: XLS, XLSB, ODS, ET; ``doc`` and ``ppt`` are the binary formats, WPS's own included."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names in the directory of an OLE file, in its order of meaning: a workbook may be embedded in a text.
_STREAMS: tuple[tuple[str, Kind], ...] = (
    ("EncryptedPackage", "encrypted"), ("WordDocument", "doc"), ("WpsDocument", "doc"), ("PowerPoint Document", "ppt"),
    ("Workbook", "sheets"), ("Book", "sheets"),
)  # fmt: skip
_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/tiff"})
_MARKUP = (b"<html", b"<!doctype html", b"<table", b"<body", b"<head", b"<meta", b"<div", b"<p>", b"<?xml")
_HEAD = 4096


def kind_of(body: bytes) -> Kind:
    """The kind of a file; reads the directory of a ZIP, nothing else beyond its first bytes.

    Raises :class:`pipelines.files.model.NoText` where a ZIP cannot be opened.
    """
    if b"%PDF-" in body[:1024]:  # readers allow for bytes before it
        return "pdf"
    if body[:5] == b"{\\rtf":
        return "rtf"
    if body.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(Zip(body))
    if body.startswith(_OLE):
        return next((kind for name, kind in _STREAMS if _names(body, name)), "unknown")
    found = looks_binary(body)
    if found in _IMAGES or (body[:2] == b"BM" and found):
        return "image"
    if found:
        return "unknown"
    head = body[:_HEAD].replace(b"\0", b"").lower()
    if b"mime-version:" in head and b"boundary=" in head:
        return "mht"
    return "html" if any(mark in head for mark in _MARKUP) else "text"


def _names(body: bytes, name: str) -> bool:
    """Whether the directory of an OLE file has the stream: entries are UTF-16 and closed by NUL."""
    return (name + "\0").encode("utf-16-le") in body


def _zipped(archive: Zip) -> Kind:
    names = archive.names
    if "OFD.xml" in names:
        return "ofd"
    if "[Content_Types].xml" in names:
        if "xl/workbook.bin" in names:
            return "sheets"
        for part, kind in (("word/", "docx"), ("xl/workbook.xml", "xlsx"), ("ppt/", "pptx")):
            if any(name.startswith(part) for name in names):
                return kind  # type: ignore[return-value]  # the words of the pairs above
    if "mimetype" in names and "content.xml" in names:
        spreadsheet = b"spreadsheet" in archive.read("mimetype", 200)
        return "sheets" if spreadsheet else "unknown"
    return "zip"
