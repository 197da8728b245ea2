"""Bytes to text, whatever the headers claim: Chinese portals mislabel pages in every way (DESIGN §9)."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes


class Unreadable(ValueError):
    """The input holds no text that could be a page; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """``text`` without BOM; ``encoding`` is Python's name of the codec used (``utf-8``, ``gb18030`` …)."""

    text: str
    encoding: str


# gb2312 and gbk are subsets, and pages that declare them use characters of the larger sets.
_ALIASES = {
    **dict.fromkeys(("gb2312", "gb_2312-80", "gb_2312", "gb-2312", "x-gbk", "gbk", "cp936"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5", "cp950"), "big5hkscs"),
    **dict.fromkeys(("utf8", "utf-8", "utf_8", "utf-8-sig", "utf8mb4", "unicode"), "utf-8"),
    **dict.fromkeys(("ascii", "us-ascii", "latin1", "iso-8859-1", "iso8859-1"), "cp1252"),
}
# Only charsets a page can be in: codecs.lookup alone would accept "hex", "idna" or "unicode_escape".
_KNOWN = re.compile(
    r"(?:utf-(?:8|16|16-le|16-be)|gb18030|big5hkscs|cp\d{3,4}|iso8859-\d{1,2}|euc_(?:jp|kr)|shift_jis|koi8-[ru])\Z"
)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_META = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,500}?(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_.:-]{1,40})",
    re.IGNORECASE,
)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SNIFFED = 16_384
_FIRST_LINES = 2048
# One stray byte in this many characters beyond ASCII still means UTF-8: they hardly arise by chance.
_UTF8_TOLERANCE = 50

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"{\\rtf", "application/rtf"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"\x7fELF", "application/octet-stream"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"FLV\x01", "video/x-flv"),
)


_MAGIC_STARTS = tuple(magic for magic, _ in _MAGIC)
# What no text has: C0 without tab, line ends and escape (ISO-2022).
_CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32)])


def looks_binary(body: bytes) -> str | None:
    """The media type if ``body`` is a file rather than text (by magic bytes or control characters).

    NUL bytes around a text, and among markup, are no evidence: servers pad pages with them.
    """
    return magic_type(body) or _type_by_controls(body)


def magic_type(body: bytes) -> str | None:
    """The media type that the first bytes of ``body`` give away."""
    if body.startswith(_MAGIC_STARTS):
        return next(media_type for magic, media_type in _MAGIC if body.startswith(magic))
    if body[:4] == b"RIFF" and body[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        return "application/octet-stream"
    return "video/mp4" if body[4:8] == b"ftyp" else None


def _type_by_controls(body: bytes) -> str | None:
    head = body.strip(b"\0")[:_SNIFFED]
    if not head or utf16_without_bom(head) or head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    if head.lstrip().removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        head = head.translate(None, b"\0")
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return "application/octet-stream" if controls * 25 > len(head) else None


def utf16_without_bom(head: bytes) -> str | None:
    """``utf-16-le`` or ``utf-16-be`` if the markup in ``head`` is in two-byte units, whatever is declared."""
    if b"\0" not in head:
        return None
    zeros = (head[0::2].count(0), head[1::2].count(0))
    if 10 * sum(zeros) < len(head) or not sum(zeros) or max(zeros) < 9 * min(zeros):
        return None
    encoding = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    return encoding if "<".encode(encoding) in head else None


def charset(name: str | None) -> str | None:
    """Python's name of the charset that a header, page or user calls ``name``; None if it is none."""
    if not name:
        return None
    name = name.strip().lower().rstrip(".;:")
    name = _ALIASES.get(name, name)
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    found = _ALIASES.get(found, found)
    return found if _KNOWN.match(found) else None


def decode(body: bytes, content_type: str | None = None, forced: str | None = None) -> Decoded:
    """Decode a payload: BOM, then bytes that can only be UTF-16 or UTF-8, then what header and page declare.

    What is declared counts only if the bytes agree: when no strict decoding succeeds, the codec that leaves
    the fewest U+FFFD wins. ``forced`` overrides all. Raises :class:`Unreadable` if ``forced`` is no charset.
    """
    if forced is not None:
        encoding = charset(forced)
        if encoding is None:
            raise Unreadable(f"{forced!r} is not the name of a character encoding")
        return _replacing(body, encoding)
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return _replacing(body, encoding)
    sixteen = utf16_without_bom(body[:_SNIFFED])
    if sixteen:
        return _replacing(body, sixteen)
    if body.isascii():
        return Decoded(body.decode("ascii"), "utf-8")
    utf8 = _replacing(body, "utf-8")
    if "\ufffd" not in utf8.text:
        # Nearly every page is UTF-8 and says so in its first lines.
        first = _META.search(body, 0, _FIRST_LINES)
        if first is not None and charset(first.group(1).decode("ascii")) == "utf-8":
            return utf8
    return _eight_bit(body, utf8, _declared(body, content_type))


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """Charsets that the header and the page's own first tags name, the header first."""
    header = _HEADER_CHARSET.search(content_type or "")
    names = [header.group(1)] if header else []
    names += [match.group(1).decode("ascii") for match in _META.finditer(body[:_SNIFFED])]
    found = [encoding for encoding in map(charset, names) if encoding and not encoding.startswith("utf-16")]
    return list(dict.fromkeys(found))


def _eight_bit(body: bytes, utf8: Decoded, declared: list[str]) -> Decoded:
    if "utf-8" in declared and "\ufffd" not in utf8.text:
        return utf8
    broken = utf8.text.count("\ufffd")
    ascii_length = len(utf8.text.encode("ascii", "ignore"))
    beyond_ascii = len(utf8.text) - ascii_length - broken
    # Chinese takes three bytes in UTF-8. GBK can pass for UTF-8 too, but then as two-byte Greek or Arabic.
    surely = "utf-8" in declared or 2 * (len(body) - ascii_length) >= 5 * beyond_ascii
    if surely and broken * _UTF8_TOLERANCE <= beyond_ascii:
        return utf8
    # A Western charset decodes anything, so it says nothing: it is believed last.
    western = [name for name in declared if name.startswith(("cp125", "iso8859"))]
    candidates = dict.fromkeys([*(name for name in declared if name not in western), "gb18030"])
    best = utf8
    for encoding in candidates:
        decoded = utf8 if encoding == "utf-8" else _replacing(body, encoding)
        count = decoded.text.count("\ufffd")
        if count == 0:
            return decoded
        if count < broken or (best is utf8 and count == broken):
            best, broken = decoded, count
    if western and broken * 4 > beyond_ascii:
        return _replacing(body, western[0])
    return _detected(body, best, broken)


def _detected(body: bytes, best: Decoded, broken: int) -> Decoded:
    """The detector's opinion, asked only if the usual charsets leave over one bad byte in a hundred."""
    if broken * 100 <= len(body):
        return best
    guess = from_bytes(body[:_SNIFFED]).best()
    encoding = charset(guess.encoding) if guess else None
    if encoding is None:
        return best
    decoded = _replacing(body, encoding)
    return decoded if decoded.text.count("\ufffd") < broken else best


def _replacing(body: bytes, encoding: str) -> Decoded:
    text = body.decode(encoding, "replace")
    return Decoded(text.removeprefix("\ufeff"), encoding)
