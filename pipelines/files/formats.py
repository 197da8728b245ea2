"""Number formats of worksheets: a stored number as the cell shows it, for the formats that tables of figures use."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_DATE = "yyyy/m/d"
_CHINESE_DATE = 'yyyy"年"m"月"d"日"'
BUILT_IN = {
    "1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00", "9": "0%", "10": "0.00%", "14": _DATE, "15": "d-mmm-yy",
    "16": "d-mmm", "17": "mmm-yy", "20": "h:mm", "21": "h:mm:ss", "22": "yyyy/m/d h:mm", "27": 'yyyy"年"m"月"',
    "28": 'm"月"d"日"', "29": 'm"月"d"日"', "30": "m-d-yy", "31": _CHINESE_DATE, "32": 'h"时"mm"分"',
    "33": 'h"时"mm"分"ss"秒"', "36": 'yyyy"年"m"月"', "37": "#,##0", "38": "#,##0", "39": "#,##0.00", "40": "#,##0.00",
    "41": "#,##0", "42": "#,##0", "43": "#,##0.00", "44": "#,##0.00", "45": "mm:ss", "46": "h:mm:ss", "47": "mm:ss",
    "49": "@", "50": 'yyyy"年"m"月"', "57": 'yyyy"年"m"月"', "58": 'm"月"d"日"',
}  # fmt: skip
"""The formats that a workbook names by number only (ECMA-376 §18.8.30, those of Chinese versions)."""

_LONGEST = 200  # characters of a format that is looked at
_MOST_DIGITS = 30
_ASIDE = re.compile(r"\[[^\]]*\]|_.|\*.")  # colours and conditions, room for a sign, fill
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_PLACES = re.compile(r"[#0?][#0?,]*(?:\.[#0?]*)?")
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|(y+|m+|d+|h+|s+(?:\.0+)?|AM/PM)|(.)', re.IGNORECASE)


def shown(value: str, code: str, since_1904: bool = False) -> str:
    """The number ``value`` (as stored, ``0.05``) under the format ``code``; as it is under one that is not known."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        return value
    section = _section(code[:_LONGEST], number)
    bare = _LITERAL.sub("", section)
    if re.search("[ymdhs]", bare, re.IGNORECASE) and not _PLACES.search(re.sub(r"s\.0+", "s", bare)):
        return _moment(number, section, since_1904) or _plain(value, number)
    places = _PLACES.search(bare)
    if places is None or "E" in bare or "/" in bare or "General" in bare:
        return _plain(value, number)
    return _figures(number, section, places.group())


def _section(code: str, number: Decimal) -> str:
    """The part of a format that is for this number: positive; negative; zero."""
    sections = _ASIDE.sub("", code).split(";")
    if number < 0 and len(sections) > 1 and sections[1]:
        return sections[0]  # the second one's brackets or colour say no more than the sign
    return sections[2] if number == 0 and len(sections) > 2 and _PLACES.search(sections[2]) else sections[0]


def _plain(value: str, number: Decimal) -> str:
    """As "General" shows it: 0.1 where the file has 0.10000000000000001."""
    if re.fullmatch(r"-?\d{1,15}", value):
        return value
    short = f"{float(number):.15g}"
    return value if "e" in short else short


def _figures(number: Decimal, section: str, places: str) -> str:
    whole, _, fraction = places.partition(".")
    text = _LITERAL.sub(lambda found: found.group(1) or found.group(2) or "", section)
    if "%" in text:
        number *= 100
    thousands = "," in whole.rstrip(",")
    for _ in range(len(whole) - len(whole.rstrip(","))):
        number /= 1000
    decimals = min(len(fraction), _MOST_DIGITS)
    rounded = abs(number).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    digits, _, rest = f"{rounded:f}".partition(".")
    digits = digits.zfill(min(whole.count("0"), _MOST_DIGITS))
    if digits == "0" and "0" not in whole:
        digits = ""
    if thousands:
        digits = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", digits)
    optional = len(fraction) - len(fraction.rstrip("#?"))
    kept = rest[: len(rest) - optional] + rest[len(rest) - optional :].rstrip("0") if optional else rest
    sign = "-" if number < 0 and rounded else ""
    before, found, after = text.partition(places)
    return (
        f"{before if found else ''}{sign}{digits}{'.' if kept else ''}{kept}{after if found else ''}".strip()
    )


def _moment(number: Decimal, section: str, since_1904: bool) -> str | None:
    """A date or time; days since the end of 1899 (the year 1900 counted as a leap year), or since 1904."""
    begin = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
    try:
        at = begin + timedelta(seconds=round(float(number) * 86400))
    except OverflowError:
        return None
    out, hours = [], False
    for found in _TOKEN.finditer(section):
        token = (found.group(3) or "").lower()
        if not token:
            out.append(found.group(1) or found.group(2) or found.group(4) or "")
            continue
        minute = token[0] == "m" and (
            hours or re.match(r"[^ymdh]{0,4}s", section[found.end() :], re.IGNORECASE) is not None
        )
        out.append(_piece(at, token, minute))
        hours = token[0] == "h" or (hours and token[0] not in "ms")
    return "".join(out)


def _piece(at: datetime, token: str, minute: bool) -> str:
    letter, wide = token[0], len(token) > 1
    if letter == "y":
        return f"{at.year:04d}" if len(token) > 2 else f"{at.year % 100:02d}"
    if letter == "a":
        return "AM" if at.hour < 12 else "PM"
    if letter == "m" and not minute:
        return at.strftime("%b") if len(token) == 3 else f"{at.month:02d}" if wide else str(at.month)
    value = {"d": at.day, "h": at.hour, "m": at.minute, "s": at.second}[letter]
    return f"{value:02d}" if wide else str(value)
