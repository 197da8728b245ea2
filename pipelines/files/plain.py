"""Texts and web pages, among them those that office programs save under other names (XLS that is a page, MHT)."""

from __future__ import annotations

from email import message_from_bytes

from pipelines.bundle import Part
from pipelines.decode import decode
from pipelines.files.model import NoText, Text
from pipelines.page import Page
from pipelines.text import paragraphs

MOST_GARBAGE = 0.02
"""Share of characters that no codec could read: with more it is no text."""
MOST_BYTES = 8 << 20
"""Of a text: more characters than are kept, in any encoding."""
_PARTS = ("text/html", "text/plain")


def read_text(body: bytes, media_type: str | None, text: Text) -> None:
    """A text in whatever encoding."""
    found = decode(body[:MOST_BYTES], media_type).text
    if found.count("\ufffd") > MOST_GARBAGE * len(found):
        raise NoText("unsupported", "the file is neither text nor of a kind that is read")
    for line in found.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        text.add(line.replace("\t", " | ") if media_type == "text/tab-separated-values" else line)
    if len(body) > MOST_BYTES:
        text.notes.append(f"only the first {MOST_BYTES:,} bytes were read")


def read_html(body: bytes, media_type: str | None, text: Text) -> None:
    """A page: paragraphs, and rows of tables as ``a | b``."""
    page = Page.of(Part("file:", body, media_type, "page", 0))
    for paragraph in paragraphs(page.root):
        text.add(paragraph.text)


def read_mht(body: bytes, text: Text) -> None:
    """A page saved by Word as one file: the first part that is a page."""
    for part in message_from_bytes(body).walk():
        payload = part.get_payload(decode=True)
        kind = part.get_content_type()
        if kind in _PARTS and isinstance(payload, bytes) and payload.strip():
            charset = part.get_content_charset()
            media_type = f"{kind}; charset={charset}" if charset else kind
            (read_html if kind == "text/html" else read_text)(payload, media_type, text)
            return
    raise NoText("failed", "there is no page in the saved page")
