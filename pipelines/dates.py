"""Dates as Chinese portals write them, to ``YYYY-MM-DD`` (forms: vocab/README.md)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from pipelines.remember import remembered

# Zero is written with half a dozen circles; NFKC has already made full-width forms plain.
_ZEROS = "〇○◯零Oo0ΟОо"
_NUMERALS = {
    **dict.fromkeys(_ZEROS, 0),
    **{sign: value for value, sign in enumerate("一二三四五六七八九", 1)},
}
_NUMERALS |= {"两": 2, "元": 1}
_DIGIT = f"[{_ZEROS}一二三四五六七八九]"
_SMALL = "[一二三四五六七八九十廿卅元〇○零]"

_DASH = "-‐‑–—−"
_NUMERIC = re.compile(
    rf"(?<![\d.])(\d{{4}})\s{{0,3}}[{_DASH}/.年]\s{{0,3}}(\d{{1,2}})\s{{0,3}}[{_DASH}/.月]\s{{0,3}}(\d{{1,2}})(?!\d)\s{{0,3}}[日号]?"
)
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)([01]\d)([0-3]\d)(?!\d)")
_CHINESE = re.compile(
    rf"(?<!{_DIGIT})({_DIGIT}{{4}}|\d{{4}})\s{{0,3}}年\s{{0,3}}({_SMALL}{{1,3}}|\d{{1,2}})\s{{0,3}}月"
    rf"\s{{0,3}}({_SMALL}{{1,3}}|\d{{1,2}})\s{{0,3}}[日号]?"
)
_TIME = re.compile(
    r"\d{1,2}[:时点](?:\d{1,2}(?:[:分]\d{0,2})?)?(?:\.\d{1,6})?[秒分时Z]?|[+]\d\d:?\d\d|星期[一二三四五六日天]|[上下]午"
)
_AROUND = " ()[]【】〔〕{}《》'\"“”:,，。;；T-\t\r\n\f\v"
_LONGEST = 100_000


def parse_date(text: str | None) -> str | None:
    """The date that ``text`` is, as ``YYYY-MM-DD``; a time of day, weekday or brackets may stand around it.

    None for anything else: no year, a year of two digits, a date that no calendar has, a span of dates, prose.
    """
    return _date_of(text[:200]) if text else None


@remembered  # one and the same value is asked for by several sources and rules
def _date_of(text: str) -> str | None:
    folded = _fold(text)
    found = _first(folded)
    if found is None:
        return None
    start, end, day = found
    rest = f"{folded[:start].strip(_AROUND)} {folded[end:].strip(_AROUND)}"
    return None if _TIME.sub("", rest).strip(_AROUND) else day


def first_date(text: str | None) -> str | None:
    """The first possible date that stands anywhere in ``text``, as ``YYYY-MM-DD``."""
    found = _first(_fold(text[:_LONGEST])) if text else None
    return found[2] if found else None


def all_dates(text: str) -> list[str]:
    """Every date in ``text``, in order, each as often as it stands there."""
    folded, found = _fold(text[:_LONGEST]), []
    while (match := _first(folded)) is not None:
        found.append(match[2])
        folded = folded[match[1] :]
    return found


def is_impossible(text: str) -> bool:
    """Whether ``text`` is written as a date and no calendar has it (2019-02-30), or no document's can (9999-12-31)."""
    folded = _fold(text[:200])
    return _first(folded) is None and any(pattern.search(folded) for pattern in (_NUMERIC, _CHINESE))


def is_possible(year: int, month: int, day: int) -> bool:
    """Whether the calendar has the day and a document of a modern administration can bear it."""
    if not 1900 <= year <= 2199:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _first(folded: str) -> tuple[int, int, str] | None:
    """Start, end and ISO form of the earliest possible date."""
    best: tuple[int, int, str] | None = None
    for pattern in (_NUMERIC, _COMPACT, _CHINESE):
        for match in pattern.finditer(folded):
            if best is not None and match.start() >= best[0]:
                break
            year, month, day = (_number(group) for group in match.groups())
            if is_possible(year, month, day):
                best = (match.start(), match.end(), f"{year:04d}-{month:02d}-{day:02d}")
                break
    return best


def _number(text: str) -> int:
    """A number in digits, in a row of numerals (二〇一九) or with tens (二十三, 廿三); 0 if it is none."""
    if text.isascii() and text.isdigit():
        return int(text)
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, units = text.partition("十")
    if ten:
        if len(tens) > 1 or len(units) > 1:
            return 0
        return _NUMERALS.get(tens, 0 if tens else 1) * 10 + (_NUMERALS.get(units, 0) if units else 0)
    value = 0
    for sign in text:
        value = value * 10 + (int(sign) if sign.isdigit() and sign.isascii() else _NUMERALS.get(sign, 0))
    return value
