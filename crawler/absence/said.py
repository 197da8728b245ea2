"""What a page says, without what differs on every fetch: two answers are compared by it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.history.similarity import shingles
from pipelines.decode import decode, looks_binary

MAX_BYTES = 1 << 20
"""Of a larger page only the beginning is looked at: no error page is so long."""

_SILENT = frozenset(("script", "style"))
_ASCII = re.compile(r"[!-~]+")
_DIGITS = re.compile(r"\d+")
_FILE = re.compile(r"\.(?:s?html?|jspx?|aspx?|php|do|action|pdf|docx?|xlsx?)\b", re.I)
_NUMBER = re.compile(r"[0-9A-Z]{6,24}[/-][0-9]{4}[/-][0-9]{3,8}")
_FEW = 8


@dataclass(frozen=True, slots=True)
class Said:
    """``title`` is that of the head, ``text`` the shingles of what is visible, both without digits and addresses;
    ``numbers`` what looks like an index number.
    """

    title: frozenset[int]
    text: frozenset[int]
    numbers: frozenset[str]


def said(body: bytes, content_type: str | None, encoding: str | None) -> Said | None:
    """What the page says; None when it is no text. ``body`` has its Content-Encoding removed."""
    if looks_binary(body[:MAX_BYTES]) is not None:
        return None
    title, visible, scripts = _parts(decode(body[:MAX_BYTES], content_type, encoding).text)
    text = shingles(steady(visible))
    if len(text) < _FEW:  # a page that only runs something: what it runs is what it says
        text |= shingles(steady(scripts))
    return Said(shingles(steady(title)), text, frozenset(_NUMBER.findall(visible)))


def steady(text: str) -> str:
    """``text`` without what an error page echoes or counts: addresses and digits."""
    return _DIGITS.sub("", _ASCII.sub(_without_address, text))


def _without_address(match: re.Match[str]) -> str:
    run = match.group()
    return "" if "/" in run or _FILE.search(run) else run


def _parts(markup: str) -> tuple[str, str, str]:
    """The title, the visible text and the scripts; in one pass, since the markup is hostile."""
    title: list[str] = []
    visible: list[str] = []
    scripts: list[str] = []
    for inside, text in _texts(markup):
        (title if inside == "title" else scripts if inside in _SILENT else visible).append(text)
    return "".join(title), html.unescape(" ".join(visible)), " ".join(scripts)


def _texts(markup: str) -> Iterator[tuple[str, str]]:
    """Every text with the element that it is in, where that is one that matters here; comments are left out."""
    inside = ""
    first, *rest = markup.split("<")
    yield inside, first
    for piece in rest:
        if inside == "!--":
            _, closed, text = piece.partition("-->")
            if closed:
                inside = ""
                yield inside, text
            continue
        tag, _, text = piece.partition(">")
        name = tag[:8].lower().split(None, 1)[0] if tag[:1].strip() else ""
        if inside in _SILENT:
            if name != "/" + inside:
                yield inside, piece
                continue
            inside = ""
        elif piece.startswith("!--"):
            _, closed, text = piece.partition("-->")
            inside = "" if closed else "!--"
            if not closed:
                continue
        elif name in _SILENT or name in ("title", "/title"):
            inside = "" if name == "/title" else name
        yield inside, text
