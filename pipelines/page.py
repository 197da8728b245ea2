"""A page, decoded and parsed once; every later stage walks this one tree."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urljoin

from lxml import etree
from lxml.etree import _Element

from pipelines.bundle import Bundle, Part
from pipelines.decode import Unreadable, decode, looks_binary, magic_type
from pipelines.limits import bounded
from pipelines.select import matches

__all__ = ["SILENT", "Page", "Unreadable"]

SILENT = frozenset(("script", "style", "template", "noscript"))
"""Elements whose text is never shown, or only where scripts do not run."""
# libxml2 mangles a text at these; no page means anything by them.
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_SERVER_TAG = re.compile(r"%(?<=<%)")  # for <%: a search for the rarer sign is three times as fast
_SOMETHING = re.compile(r"[^\s\0]")
_INLINE = frozenset((b"font", b"span", b"b", b"strong", b"i", b"em", b"u", b"o:p", b"big", b"small", b"a"))
_TAG_NAME = re.compile(rb"/?([A-Za-z:][A-Za-z0-9:]*)")


@dataclass(frozen=True)
class Page:
    """One parsed response.

    ``text`` is the decoded source as it came, comments and scripts included: for what must be read from them.
    ``root`` is the ``html`` element. Comments and processing instructions are not in the tree, so nothing in
    them is ever content; ``script``, ``style``, ``template`` and ``noscript`` elements are, and whoever reads
    text skips them (:data:`SILENT`). ``too_deep``: the parser gave up on its nesting (2,048 levels) and
    what lies deeper is lost. ``is_plain``: a text without any markup, each line of which became a block.
    """

    text: str
    encoding: str
    root: _Element
    url: str
    too_deep: bool = False
    too_large: bool = False
    is_plain: bool = False
    held: list[_Element] = field(default_factory=list, repr=False)
    selected: dict[str, list[_Element]] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, bundle: Bundle) -> Page:
        """The bundle's page; raises :class:`Unreadable` if it is binary, empty or JSON."""
        return cls.of(bundle.page, bundle.encoding)

    @classmethod
    def of(cls, part: Part, encoding: str | None = None) -> Page:
        """Any part that is HTML; ``encoding`` overrides what it declares. Raises :class:`Unreadable`."""
        source = part.body.translate(None, _CONTROLS)
        has_controls = len(source) < len(part.body)  # without any, only its first bytes can give a file away
        media_type = looks_binary(part.body) if has_controls else magic_type(part.body)
        if media_type:
            raise Unreadable(f"{part.url} is not a page but a binary file ({media_type})")
        decoded = decode(part.body, part.content_type, encoding)
        text = _server_tags_out(decoded.text)
        if not _SOMETHING.search(text):
            raise Unreadable(f"{part.url} is empty: there is no text in it")
        is_plain = "<" not in text
        if is_plain and part.kind != "api" and _is_json(text):
            raise Unreadable(f"{part.url} is not a page but data (JSON)")
        if is_plain:
            text = _lines(text)
        if decoded.encoding == "utf-8" and text is decoded.text and "\ufffd" not in text:
            source = source.removeprefix(BOM_UTF8)  # what encoding it again would give
        else:
            source = text.encode("utf-8", "replace").translate(None, _CONTROLS)
        source, too_large = bounded(source)
        root, too_deep = _tree(source, part.url)
        # lxml makes an element's Python object anew in every walk unless somebody holds it.
        held = list(root.iter())
        return cls(decoded.text, decoded.encoding, root, part.url, too_deep, too_large, is_plain, held)

    def select(self, selectors: Iterable[str]) -> Iterator[_Element]:
        """What each selector finds, looked for once a page: selectors in their order, elements in the document's."""
        for selector in selectors:
            if selector not in self.selected:
                self.selected[selector] = list(matches(self.root, [selector]))
            yield from self.selected[selector]

    @cached_property
    def base_url(self) -> str:
        """What relative links are relative to: ``<base href>`` if the page has one, else its own address."""
        for element in self.root.iter("base"):
            href = element.get("href")
            if href:
                return self.absolute(href.strip(), self.url)
        return self.url

    def absolute(self, link: str, base: str | None = None) -> str:
        """``link`` made absolute; a link that cannot be parsed is returned as it stands."""
        try:
            return urljoin(self.base_url if base is None else base, link)
        except ValueError:
            return link


def _tree(source: bytes, url: str) -> tuple[_Element, bool]:
    root, too_deep = _parsed(source)
    if too_deep:
        # Runs of unclosed <font> and <span> are the innocent way to such depth.
        root, too_deep = _parsed(_without_inline(source))
    if root is None:
        raise Unreadable(f"{url} is empty: there is no text in it")
    return root, too_deep


def _parsed(source: bytes) -> tuple[_Element | None, bool]:
    # Not lxml.html's parser: an element of a Python class of its own costs five times as much to make.
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, collect_ids=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(source, parser)
    except etree.LxmlError:
        return None, False
    if root is None:
        return None, False
    too_deep = any("depth" in entry.message for entry in parser.error_log.filter_from_fatals())
    return root, too_deep


def _without_inline(source: bytes) -> bytes:
    pieces = source.split(b"<")
    kept = [pieces[0]]
    for piece in pieces[1:]:
        name = _TAG_NAME.match(piece)
        inline = name is not None and name.group(1).lower() in _INLINE
        kept.append(piece.partition(b">")[2] if inline else b"<" + piece)
    return b"".join(kept)


def _is_json(text: str) -> bool:
    """Whether a text without markup is a JSON object or array, as services answer with."""
    if text.lstrip("\ufeff\0 \t\r\n")[:1] not in ("{", "["):
        return False
    try:
        return isinstance(json.loads(text.strip("\ufeff\0 \t\r\n")), dict | list)
    except RecursionError:
        return True
    except ValueError:
        return False


def _lines(text: str) -> str:
    """Text without tags as markup, a block a line; entities in it mean what they mean on a page."""
    return "".join(f"<div>{line}</div>\n" for line in text.splitlines())


def _server_tags_out(text: str) -> str:
    """``text`` without the JSP and ASP directives that some pages leak (``<%@ page … %>``)."""
    if not _SERVER_TAG.search(text):
        return text
    pieces: list[str] = []
    start = 0
    while (opened := text.find("<%", start)) >= 0:
        closed = text.find("%>", opened)
        if closed < 0:
            break
        pieces.append(text[start:opened])
        start = closed + 2
    return "".join([*pieces, text[start:]]) if pieces else text
