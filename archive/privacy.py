"""Personal data masked in what the archive shows: mobile numbers, ID numbers, bank cards (DESIGN §3).

Shapes are kept, so that a reader sees what stood there: ``138****5678``, ``411402************`` (the region
stays), ``622202*********7890`` (bank and last four). Separators stay; masked text masks to itself.
Landlines and office addresses are not personal. Raw text exists only in the captures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from archive.personal_numbers import bank_card, identity_number, identity_number_15, mobile

UNMASKED = frozenset(
    {
        "url", "images", "portal", "index_number", "index_number_raw", "document_number", "field_sources",
        "encoding", "extractor_version", "media_type",
    }
)  # fmt: skip
"""Keys of a record that hold numbers and addresses of documents, never of people."""

_NUMBERS = ("index_number", "index_number_raw", "document_number")

_DIGIT = "[0-9０-９]"
_SEPARATOR = "(?:[ \u00a0\u3000\\-－–—]|&nbsp;)"
_WORD = "A-Za-z_0-9０-９"
# Digits with single separators between them, whole: what is glued to letters is a name or a code.
# The look behind comes second: an expression that begins with a set of characters is searched for faster.
_RUN = re.compile(f"{_DIGIT}(?<![{_WORD}]{_DIGIT})(?:{_SEPARATOR}?{_DIGIT}){{10,}}[XxＸｘ]?(?![{_WORD}])")
_GROUP = re.compile(f"{_DIGIT}+[XxＸｘ]?")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'，。；、）】》]+", re.IGNORECASE)
_LINK_ATTRIBUTE = re.compile(
    r"""\b(?:href|src|cite|srcset)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE
)
_CREDIT_CODE = re.compile(r"信用代码[^0-9A-Za-z]{0,12}[0-9A-Za-z]{18}")
# Behind a number: decimals, a file name, a unit that makes it an amount.
_AMOUNT = re.compile(r"\.[0-9A-Za-z]|[ ]?(?:元|万|亿|美元|平方|㎡|立方|吨|公里|千瓦|%|％)")
_PLAIN = str.maketrans("０１２３４５６７８９Ｘｘx", "0123456789XXX")


def mask_record(record: dict[str, Any]) -> dict[str, Any]:
    """A copy of a record's dict (DESIGN §3) with personal data masked in every text.

    Document numbers, addresses and versions stay (``UNMASKED``), also where the text quotes this record's own
    index or document number.
    """
    keep = [value for name in _NUMBERS if isinstance(value := record.get(name), str) and len(value) >= 11]
    return {name: value if name in UNMASKED else _mask(value, keep) for name, value in record.items()}


def _mask(value: Any, keep: Sequence[str]) -> Any:
    if isinstance(value, str):
        return mask_text(value, keep=keep)
    if isinstance(value, list):
        return [_mask(item, keep) for item in value]
    if isinstance(value, dict):
        return {
            mask_text(name, keep=keep): item if name in UNMASKED else _mask(item, keep)
            for name, item in value.items()
        }
    return value


def mask_text(text: str, *, keep: Sequence[str] = ()) -> str:
    """``text`` (plain or HTML) with personal data masked, except inside addresses, links and ``keep``."""
    runs = list(_RUN.finditer(text))
    if not runs:
        return text
    parts: list[str] = []
    end = 0
    kept = iter(_kept_spans(text, keep))
    start, stop = next(kept, (len(text), len(text)))
    for run in runs:
        while stop <= run.start() < len(text) and start < len(text):
            start, stop = next(kept, (len(text), len(text)))
        if start < run.end():
            continue
        before, after = text[max(0, run.start() - 2) : run.start()], text[run.end() : run.end() + 8]
        parts += (text[end : run.start()], _mask_run(run.group(), before, after))
        end = run.end()
    return "".join([*parts, text[end:]])


def _kept_spans(text: str, keep: Iterable[str]) -> list[tuple[int, int]]:
    """Where the text may not be touched: disjoint, ascending."""
    found = [
        match.span() for pattern in (_URL, _LINK_ATTRIBUTE, _CREDIT_CODE) for match in pattern.finditer(text)
    ]
    for literal in keep:
        found += [match.span() for match in re.finditer(re.escape(literal), text)]
    spans: list[tuple[int, int]] = []
    for start, stop in sorted(found):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(stop, spans[-1][1]))
        else:
            spans.append((start, stop))
    return spans


def _mask_run(run: str, before: str, after: str) -> str:
    """One run of digit groups, its personal numbers starred in place."""
    groups = [found.span() for found in _GROUP.finditer(run)]
    texts = [run[start:stop].translate(_PLAIN) for start, stop in groups]
    # A fraction's digits, decimals, an amount: the outer groups are no numbers of people.
    usable = [True] * len(texts)
    usable[0] = not re.fullmatch(r"[0-9]\.", before)
    usable[-1] = usable[-1] and not _AMOUNT.match(after)
    glued = before[-1:] in ("/", ".") or after[:1] == "/"
    phones = _only_phones(texts)
    stars: set[int] = set()
    number = 0
    while number < len(texts):
        size, hidden = _personal(texts, number, glued=glued, phones=phones)
        if size and all(usable[number : number + size]):
            digits = [at for start, stop in groups[number : number + size] for at in range(start, stop)]
            stars.update(digits[hidden])
        number += size or 1
    return "".join("*" if at in stars else char for at, char in enumerate(run))


def _personal(texts: Sequence[str], at: int, *, glued: bool, phones: bool) -> tuple[int, slice]:
    """How many groups from ``at`` on are one personal number (0: none), and which of its digits to hide.

    Inside a longer run or beside a slash only a check digit or the shape of a mobile number is believed.
    """
    alone = len(texts) == 1 and not glued
    group, three = texts[at], texts[at : at + 3]
    if (start := mobile(group)) is not None:
        return 1, slice(start + 3, start + 7)
    if identity_number(group):
        return 1, slice(6, None)
    if alone and (identity_number_15(group) or bank_card(group)):
        return 1, slice(6, None if len(group) == 15 else -4)
    if phones and [len(text) for text in three] == [3, 4, 4] and mobile("".join(three)) == 0:
        return 3, slice(3, 7)
    if [len(text) for text in three] == [6, 8, 4] and identity_number("".join(three)):
        return 3, slice(6, None)
    fours = at == 0 and not glued and len(texts) in (4, 5) and {len(text) for text in texts[:4]} == {4}
    if fours and bank_card("".join(texts)):
        return len(texts), slice(6, -4)
    return 0, slice(0)


def _only_phones(texts: Sequence[str]) -> bool:
    """Whether a run holds nothing but 3-4-4 groups and country codes.

    Else ``150 2345 6789 1011`` in a row of figures would count as a mobile number.
    """
    lengths = [len(text) for text in texts if text not in ("86", "0086")]
    return lengths == [3, 4, 4] * (len(lengths) // 3)
