"""What makes a string of digits a personal number: shapes and check digits, nothing else. Pure."""

from __future__ import annotations

import re
from datetime import date

# The last six digits are zeros in amounts (15000000000), hardly ever in telephone numbers.
_MOBILE = re.compile(r"(0086|86|)(1[3-9][0-9]{9})")

PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
"""First two digits of a region code (GB/T 2260) in ID numbers; 83 is the residence permit for Taiwan."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def mobile(digits: str) -> int | None:
    """Where the eleven digits of a mainland mobile number begin (behind a country code); None when it is
    none."""
    match = _MOBILE.fullmatch(digits)
    return match.start(2) if match and not digits.endswith("000000") else None


def identity_number(text: str) -> bool:
    """Whether it is an 18-character ID number: region, a real birthday, check character (GB 11643)."""
    if len(text) != 18 or not text[:17].isdecimal() or not _is_region_and_birthday(text[:2], text[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return text[17] == _CHECK[total % 11]


def identity_number_15(text: str) -> bool:
    """Whether it may be an ID number of before 1999: region and a birthday in the 1900s; it has no check."""
    return len(text) == 15 and text.isdecimal() and _is_region_and_birthday(text[:2], f"19{text[6:12]}")


def bank_card(digits: str) -> bool:
    """Whether it is a card number: 16 to 19 digits, a first digit that cards have, the Luhn check (ISO 7812).

    Cards do not begin with 1 or 2 but for a foreign few, dates and time stamps do. A credit code may be all
    digits: it is an organisation's number and no card.
    """
    if (
        not 16 <= len(digits) <= 19
        or not digits.isdecimal()
        or digits[0] not in "34569"
        or credit_code(digits)
    ):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def credit_code(text: str) -> bool:
    """Whether it is a unified social credit code: 18 characters, check character (GB 32100)."""
    if len(text) != 18 or not all(char in _CREDIT for char in text):
        return False
    total = sum(pow(3, place, 31) * _CREDIT.index(char) for place, char in enumerate(text[:17]))
    return _CREDIT[-total % 31] == text[17]


def _is_region_and_birthday(province: str, day: str) -> bool:
    if province not in PROVINCES or not "1880" <= day[:4] <= "2099":
        return False
    try:
        date.fromisoformat(f"{day[:4]}-{day[4:6]}-{day[6:]}")
    except ValueError:
        return False
    return True
