"""Addresses that lead to files: by extension or by the download paths of the families (platforms.md §26)."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

from pipelines.remember import remembered

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "wps": "application/vnd.ms-works",
    "et": "application/vnd.ms-excel",
    "dps": "application/vnd.ms-powerpoint",
    "ofd": "application/ofd",
    "ceb": "application/x-ceb",
    "rtf": "application/rtf",
    "txt": "text/plain",
    "csv": "text/csv",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
}
"""Extension to media type, of every kind of file that portals attach."""

DOCUMENTS = frozenset(
    [
        "pdf",
        "doc",
        "docx",
        "xls",
        "xlsx",
        "ppt",
        "pptx",
        "wps",
        "et",
        "dps",
        "ofd",
        "ceb",
        "rtf",
        "csv",
        "zip",
        "rar",
        "7z",
    ]
)
PICTURES = frozenset(("jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff"))

# Paths that answer with a file though they do not end like one.
_DOWNLOADER = re.compile(
    r"/(?:downfile|download|downloadfile|filedownload|attachdownload|attach_?download|showfile|downloadattach)(?:\.|/|\?|$)|"
    r"/attachments?/\d+/|/attach/\d+/|/group\d+/M\d\d/|/download/[0-9a-f]{6,}|/__local/|/P0\d{6,}|"
    r"/file\.do\?|[?&]wbfileid=|download\.jsp\?|/ueditor/[a-z]+/upload/file/",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"\.([A-Za-z0-9]{2,4})\Z")
# Editors' upload folders: a file unless it ends like a page.
_UPLOADED = re.compile(r"/uploads?/", re.IGNORECASE)
_PAGE_ENDING = re.compile(r"(?:/|\.(?:s?html?|jsp|jspx|aspx?|php|do|action|js|css))\Z", re.IGNORECASE)
# Query parameters in which downloaders and viewers carry the file's name or address.
_VIEWER_PARAMETERS = ("file", "url", "src", "pdf", "path", "fileurl", "pdfurl")
_NAME_PARAMETERS = (
    "showname",
    "filename",
    "file_name",
    "fname",
    "name",
    "file",
    "filepath",
    "path",
    "url",
    "src",
)


def text_of_percent(value: str) -> str:
    """Percent-encoding undone: UTF-8, or GBK where it is not UTF-8."""
    raw = unquote_to_bytes(value)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def query_of(url: str) -> list[tuple[str, str]]:
    """The query as pairs, percent-encoding undone in either charset; names in lower case. Never raises."""
    try:
        query = urlsplit(url).query
        # Latin-1 keeps each byte as one character through parse_qsl, whatever the charset is.
        pairs = parse_qsl(
            query, keep_blank_values=True, encoding="latin-1", errors="replace", max_num_fields=100
        )
    except ValueError:
        return []
    return [(name.lower(), _bytes_to_text(value)) for name, value in pairs]


def _bytes_to_text(value: str) -> str:
    try:
        raw = value.encode("latin-1")
    except UnicodeEncodeError:
        return value
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def file_name_in(url: str) -> str | None:
    """The file name an address carries, in its path or in a parameter; None where it carries none."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    for wanted in _NAME_PARAMETERS:
        for name, value in query_of(url):
            last = value.replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
            if name == wanted and _EXTENSION.search(last) and extension_of(last) in MEDIA_TYPES:
                return last
    last = text_of_percent(path.rpartition("/")[2]).strip()
    return last if extension_of(last) in MEDIA_TYPES else None


def extension_of(name: str) -> str:
    """The extension of a file name in lower case, empty where there is none."""
    found = _EXTENSION.search(name)
    return found.group(1).lower() if found else ""


@remembered
def is_file_link(url: str) -> bool:
    """Whether an address leads to a file: by its extension, a file name in its query, or a downloader's path."""
    if not url or url.startswith(("#", "javascript:", "mailto:", "data:", "tel:")):
        return False
    if len(url) > 4096:
        return False
    head = url.partition("#")[0].partition("?")[0]
    if extension_of(head) in MEDIA_TYPES:
        return True
    if _DOWNLOADER.search(url) or (_UPLOADED.search(head) and not _PAGE_ENDING.search(head)):
        return True
    return "?" in url and file_name_in(url) is not None


def names_file(text: str) -> bool:
    """Whether a line reads like the link to a file: it begins with 附件 or ends like a file's name."""
    return text.startswith("附件") or ("." in text and extension_of(text.rstrip(" 】]）)；;。")) in DOCUMENTS)


def viewed_file(url: str) -> str | None:
    """The file that an embedding viewer shows (``viewer.html?file=…pdf``), as the address gives it."""
    for name, value in query_of(url):
        if name in _VIEWER_PARAMETERS and extension_of(value.partition("?")[0]) in MEDIA_TYPES:
            return value
    return None


def media_type_of(url: str, name: str = "") -> str | None:
    """The media type that the file name in an address, or else ``name``, stands for."""
    return MEDIA_TYPES.get(extension_of(file_name_in(url) or "")) or MEDIA_TYPES.get(extension_of(name))
