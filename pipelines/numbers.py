"""Index numbers (索引号) and document numbers (文号), made comparable (DESIGN §3, platforms.md §29)."""

from __future__ import annotations

import re
import unicodedata

from pipelines.remember import remembered

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SPACE = re.compile(r"\s+")
_NOTHING = frozenset(
    ("无", "暂无", "空", "没有", "无文号", "无索引号", "暂无数据", "null", "NULL", "None", "undefined", "N/A")
)
_WORD = re.compile(r"[^\W_]")
_HAN = re.compile("[\u3400-\u9fff]")
_OPEN, _CLOSE = "〔[(【〈<{﹝「", "〕])】〉>}﹞」"
_YEAR = re.compile(rf"[{re.escape(_OPEN)}]\s{{0,3}}(\d{{4}})\s{{0,3}}年?[{re.escape(_CLOSE)}]")
_BLANK_NUMBER = re.compile(r"[^\w]*(?:\d{4})?[^\w]*第?[^\w]*号?[^\w]*")
_SEPARATOR = re.compile(r"[、,;|]|(?<=号)\s+(?=[^\s(〔\[【])")
_DOCUMENT_NUMBER = re.compile(r"[^\W\d_][^\d\s〔〕]{0,24}〔\d{4}〕第?\d{1,6}(?:-\d{1,4})?号?")
_ORDER = re.compile(r"[^\W\d_]{1,30}(?:第|\d{4}年第?)\d{1,6}号")

# Signs of index numbers; a zero alone counts nothing; a date is that of another cell.
_INDEX = re.compile(r"[A-Za-z0-9\u3400-\u9fff\-‐‑–—−/_.:·〔〕\[\]【】()〇○]+")
_COUNTS = re.compile("[1-9]")
_JOINT = re.compile(r"[-/_〔\[]")
_DAY = re.compile(
    r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|(?:19|20)\d\d[01]\d[0-3]\d)(?:T?\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d{1,6})?)?)?"
)
_BETWEEN = re.compile(r"[\s、,;]+")
_WHOLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-/_.]{0,60}(?:19|20)\d\d(?:\d{2}){0,2}-\d{2,12}")
_UNFINISHED = re.compile(r"[A-Za-z0-9\-/_.]*[-/_]")
_LONGEST = 300  # characters


def is_placeholder(text: str | None) -> bool:
    """Whether a value says that there is none: blank, 无, 暂无, dashes, slashes, a template left empty (〔〕号)."""
    return text is None or _is_nothing(text)


@remembered
def _is_nothing(text: str) -> bool:
    folded = _folded(text)
    return (
        folded in _NOTHING
        or not _WORD.search(folded)
        or bool(re.fullmatch(r"[〔\[(【][〕\])】]第?号", folded))
    )


def index_number(raw: str | None) -> str | None:
    """NFKC without inner spaces; the first of several numbers; None for what cannot be one.

    That are placeholders, a number without a serial (``/2019-``), a title, a date, zeros, and anything with signs
    that no numbering rule uses (platforms.md §29: letters, digits, Chinese, ``- / _ . : 〔〕 [] ()``).
    """
    if raw is None or is_placeholder(raw):
        return None
    several = _complete(raw)
    number = _folded(several[0] if len(several) > 1 else raw).strip(":,;。.、\"'“”")
    if not number or number[-1] in "-/_" or len(number) > 120:
        return None
    if not _INDEX.fullmatch(number) or not _COUNTS.search(number) or _DAY.fullmatch(number):
        return None
    if _HAN.match(number[-1]) and number[-1] != "号" and not _JOINT.search(number):
        return None  # 2019年度报告
    return None if looks_like_title(number) else number


def lacks_serial(raw: str) -> bool:
    """Whether a value is what systems print before a number is given: ``005452487/``, ``/2019-``."""
    return _UNFINISHED.fullmatch(_folded(raw[:_LONGEST])) is not None


def holds_several(raw: str) -> bool:
    """Whether a value is two or more whole index numbers, of which :func:`index_number` takes the first."""
    return len(_complete(raw)) > 1


def _complete(raw: str) -> list[str]:
    """The pieces of ``raw`` if each is a whole index number: two of them with a space between are not one."""
    pieces = [piece for piece in _BETWEEN.split(_nfkc(raw[:_LONGEST]).translate(_INVISIBLE).strip()) if piece]
    return pieces if len(pieces) > 1 and all(map(_WHOLE.fullmatch, pieces)) else []


def document_number(raw: str | None) -> str | None:
    """Brackets around the year as 〔〕, no spaces; several numbers joined by 、; None for a placeholder."""
    if raw is None or is_placeholder(raw):
        return None
    text = _nfkc(raw).translate(_INVISIBLE).strip()
    parts = [_one_document_number(part) for part in _SEPARATOR.split(text)]
    kept = [part for part in dict.fromkeys(parts) if part]
    return "、".join(kept) or None


def is_document_number(text: str) -> bool:
    """Whether ``text`` as a whole is a 文号 (国办发〔2019〕14号, 国务院令第711号), whatever its cell is called."""
    number = _one_document_number(text)
    return bool(number and (_DOCUMENT_NUMBER.fullmatch(number) or _ORDER.fullmatch(number)))


def looks_like_title(text: str) -> bool:
    """Whether a value in the cell of a number is prose: eight or more Chinese characters and no 文号."""
    return len(_HAN.findall(text)) >= 8 and not is_document_number(text)


def _folded(text: str) -> str:
    # Again after the spaces are gone: NFKC takes some accents apart into a space and a mark.
    return _nfkc(_SPACE.sub("", _nfkc(text).translate(_INVISIBLE)))


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _one_document_number(text: str) -> str | None:
    number = _YEAR.sub(r"〔\1〕", _folded(text)).strip(":,;。.\"'“”")
    return None if number in _NOTHING or _BLANK_NUMBER.fullmatch(number) else number
