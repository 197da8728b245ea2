"""What a file of the archive is called on a reader's disk: safe everywhere, with the suffix of what it is."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

_SUFFIXES = {
    "text/html": ("html", "htm", "shtml"),
    "application/xhtml+xml": ("xhtml", "html"),
    "application/json": ("json",),
    "text/xml": ("xml",),
    "application/xml": ("xml",),
    "text/plain": ("txt", "csv"),
    "text/csv": ("csv",),
    "application/pdf": ("pdf",),
    "application/msword": ("doc", "wps", "dot"),
    "application/vnd.ms-works": ("wps", "doc"),
    "application/vnd.ms-excel": ("xls", "et"),
    "application/vnd.ms-powerpoint": ("ppt", "dps"),
    "application/x-ole-storage": ("doc", "xls", "ppt", "wps", "et", "dps"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/zip": ("zip", "docx", "xlsx", "pptx", "ofd"),
    "application/x-zip-compressed": ("zip", "docx", "xlsx", "pptx", "ofd"),
    "application/ofd": ("ofd",),
    "application/x-rar-compressed": ("rar",),
    "application/vnd.rar": ("rar",),
    "application/x-7z-compressed": ("7z",),
    "application/rtf": ("rtf", "doc"),
    "text/rtf": ("rtf", "doc"),
    "application/gzip": ("gz",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/tiff": ("tif", "tiff"),
    "image/svg+xml": ("svg",),
    "video/mp4": ("mp4",),
    "audio/mpeg": ("mp3",),
}
"""Suffixes by media type: the first is given where the name has none of them."""

_KNOWN = frozenset(suffix for suffixes in _SUFFIXES.values() for suffix in suffixes)
_TELLS_NOTHING = (None, "application/octet-stream", "application/x-download", "application/force-download")

_LONGEST = 120
"""Bytes of a name before version and suffix; file systems allow 255 in all."""

# What no file system takes, what a shell or a terminal would read, and what turns a line around.
_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff/\\:*?\"<>|'`$]+"
)
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE | re.ASCII)


def file_name(name: str, media_type: str | None, *, url: str = "", version: str = "") -> str:
    """A file name from what a portal calls a file: ``名单-v2.pdf``.

    ``name``: hostile; no folder, no leading dot, no control or directional character of it is left. The suffix is
    that of ``media_type``, the name's own or the address's where they agree with it or it says nothing.
    """
    stem, own = _split(name)
    other = _split(_last_segment(url))[1]
    stem = _safe(stem) or _safe(_split(_last_segment(url))[0]) or "file"
    return f"{stem}{f'-{version}' if version else ''}.{_suffix(media_type, own, other)}"


def _suffix(media_type: str | None, *named: str) -> str:
    if media_type in _TELLS_NOTHING:
        return next((suffix for suffix in named if suffix), "bin")
    allowed = _SUFFIXES.get(str(media_type), ())
    found = next((suffix for suffix in named if suffix in allowed), None)
    return found or (allowed[0] if allowed else "bin")


def _split(name: str) -> tuple[str, str]:
    """Stem and suffix, the latter only where it is one that files of portals have."""
    stem, dot, suffix = name.strip().rpartition(".")
    suffix = suffix.strip().lower()
    return (stem, suffix) if dot and suffix in _KNOWN else (name, "")


def _last_segment(url: str) -> str:
    try:
        return PurePosixPath(unquote(urlsplit(url).path)).name
    except ValueError:
        return ""


def _safe(stem: str) -> str:
    whole = _UNSAFE.sub("_", unicodedata.normalize("NFC", stem.strip()))
    cut = whole.encode("utf-8")[:_LONGEST].decode("utf-8", "ignore").strip(" ._~-")
    return f"_{cut}" if _RESERVED.fullmatch(cut) else cut
