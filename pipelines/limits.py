"""How much of a page is read, so that none, however it was made, holds up a crawl.

All bounds are far beyond real pages; what they leave out is told by a finding. Everything here is linear.
"""

from __future__ import annotations

import re

from lxml.etree import _Element, iterwalk

MOST_BYTES = 8_000_000
"""Of a page's markup in UTF-8, pictures inlined in it not counted."""
MOST_TAGS = 120_000
"""Tags (start and end) of a page that are read."""
MOST_TEXT = 2_000_000
"""Characters of a body's text that are kept."""
MOST_ATTRIBUTES = 256
"""Attributes of one element: libxml2 compares each with all before it."""

_HARMLESS = 32_768  # bytes of one tag cannot hold enough attributes to matter
_SHORT = 1024  # bytes of a tag before a long script or text
_SURE = 262_144  # up to so many bytes a < here and there is believed to end tags: beyond, each is looked at
_NAME = rb"[A-Za-z][^\s/>]*+"
_ATTRIBUTE = rb"[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"?+|'[^']*+'?+|[^\s>\"'][^\s>]*+)?+)?+"
# What stands between < and >, as the HTML standard reads it; a start tag's name is a group.
_MARKUP = re.compile(
    rb"<(?:!--(?:-?>|(?:(?!--!?>)[\s\S])*+(?:--!?>)?+)|[!?][^>]*+>?|/[^A-Za-z][^>]*+>?|/?(" + _NAME + rb")("
    rb"(?:"
    + _ATTRIBUTE
    + rb"){0,%d}+)(?:[\s/]*+(>)|(" % MOST_ATTRIBUTES
    + rb"(?:"
    + _ATTRIBUTE
    + rb")++)[\s/]*+>?)?+)"
)
_RAW = frozenset((b"script", b"style", b"title", b"textarea", b"xmp", b"iframe", b"noembed", b"noframes"))
_INLINED = re.compile(rb"(data:[a-z]{1,20}/[A-Za-z0-9.+-]{1,60};base64,)[A-Za-z0-9+/=]{200,}+")


def bounded(source: bytes) -> tuple[bytes, bool]:
    """``source`` (UTF-8 markup) with no more than a page may have; whether anything of it was left out.

    Pictures inlined in a large page lose their data: nothing reads them.
    """
    if len(source) > _SURE:
        source = _INLINED.sub(rb"\1", source)
    cut = len(source) > MOST_BYTES
    if cut:
        opened, closed = source.rfind(b"<", 0, MOST_BYTES), source.rfind(b">", 0, MOST_BYTES)
        source = source[: opened if opened > closed else MOST_BYTES]
    if len(source) > MOST_TAGS and source.count(b"<") > MOST_TAGS:
        cut = True
        source = b"<".join(source.split(b"<", MOST_TAGS)[:MOST_TAGS])
    return few_attributes(source), cut


def few_attributes(source: bytes) -> bytes:
    """``source`` without the attributes of an element beyond :data:`MOST_ATTRIBUTES`."""
    if len(source) <= _HARMLESS or (len(source) <= _SURE and not _may_hold_long_tag(source)):
        return source
    pieces: list[bytes] = []
    kept = at = 0
    while (found := _MARKUP.search(source, at)) is not None:
        at = found.end()
        if found.start(4) >= 0:
            pieces += (source[kept : found.start(4)], b">")
            kept = at
        name = found.group(1)
        if name is not None and name.lower() in _RAW and source[found.start() + 1] != 0x2F:
            at = _raw_end(source, name, at)
    return b"".join([*pieces, source[kept:]]) if pieces else source


def _may_hold_long_tag(source: bytes) -> bool:
    """Whether somewhere a tag is open for long without a sign that it has ended: cheap, and fooled by quoted signs."""
    step = _HARMLESS // 2
    for at in range(0, len(source), step):
        if source.find(b"<", at, at + step) < 0:
            opened = source.rfind(b"<", 0, at)
            if opened >= 0 and source.find(b">", opened, opened + _SHORT) < 0:
                return True
    return False


def _raw_end(source: bytes, name: bytes, start: int) -> int:
    """Where the text of an element that holds no markup ends; the end of ``source`` if it does not."""
    found = re.compile(rb"</" + name + rb"[\s/>]", re.IGNORECASE).search(source, start)
    return found.start() if found else len(source)


def shorten(element: _Element) -> bool:
    """Take the text of ``element`` beyond :data:`MOST_TEXT` characters out of it; whether there was any."""
    left = MOST_TEXT
    cut = False
    for event, node in iterwalk(element, events=("start", "end")):
        text = node.text if event == "start" else node.tail if node is not element else None
        if not text:
            continue
        if len(text) > left:
            cut = True
            if event == "start":
                node.text = text[:left]
            else:
                node.tail = text[:left]
        left = max(0, left - len(text))
    return cut
