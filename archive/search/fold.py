"""Folding: the form of a text in which search compares; never what is shown.

Traditional becomes simplified character by character: converting phrases would give a word another form
inside a longer text than alone, and then a part of a text would no longer be found in it. The characters
stand in ``simplified.tsv``, frozen: an index written with one table cannot be read or corrected with
another.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from itertools import product
from math import prod

# What a reader cannot see must not separate two characters: soft hyphen, zero-width characters, directional
# controls, variation selectors (which pages use for rare name characters), byte order marks.
_INVISIBLE = (
    0x00AD,
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    0xFEFF,
)

# SQLite ends a text at NUL and cannot store half a surrogate pair. (A set that reaches beyond the first plane is
# compared one by one, so what is beyond it stands apart here and below.)
_UNCLEAN = re.compile(f"[\\0{''.join(map(chr, _INVISIBLE))}\ud800-\udfff]|[\U000e0100-\U000e01ef]")
# Full-width signs stand in every Chinese text, and with them unicodedata takes all of it apart.
_FULL_WIDTH = re.compile("[\uff01-\uff5e\u3000]")


def _cleaned(found: re.Match[str]) -> str:
    character = found.group()
    return " " if character == "\0" else "\ufffd" if "\ud800" <= character <= "\udfff" else ""


def _half_width(found: re.Match[str]) -> str:
    character = found.group()
    return " " if character == "\u3000" else chr(ord(character) - 0xFEE0)


@cache
def _simplifying() -> tuple[re.Pattern[str], dict[str, str]]:
    lines = (files("archive.search") / "simplified.tsv").read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if not line.startswith("#"))
    simplified = dict(pairs)
    first_plane = "".join(filter(lambda character: character <= "\uffff", simplified))
    return re.compile(f"[{first_plane}]|[\U00010000-\U0010ffff]"), simplified


@cache
def _traditional() -> dict[str, str]:
    of: dict[str, str] = {}
    for traditional, simplified in _simplifying()[1].items():
        of[simplified] = of.get(simplified, simplified) + traditional
    return of


def traditional_spellings(word: str, most: int = 64) -> list[str]:
    """How a simplified word may be written with traditional characters, each character by itself, itself left out.

    A word of more than ``most`` spellings gets none: its characters stand for too many others.
    """
    choices = [_traditional().get(character, character) for character in word]
    if prod(map(len, choices)) > most:
        return []
    return ["".join(spelling) for spelling in product(*choices)][1:]


def _nfkc(text: str) -> str:
    # Line by line (nothing composes over a line feed): one ℃ makes the normalisation of all that it stands in slow.
    return "\n".join([unicodedata.normalize("NFKC", line) for line in text.split("\n")])


def fold(text: str) -> str:
    """``text`` without invisible characters, in NFKC, without case, in simplified characters.

    Words keep their spaces; two texts that a reader takes for the same are equal after it.
    """
    clean = _nfkc(_FULL_WIDTH.sub(_half_width, _UNCLEAN.sub(_cleaned, text)))
    # Folding case can take a text out of NFKC (Ω, ǰ …): normalise again.
    folded = _nfkc(clean.casefold())
    traditional, simplified = _simplifying()
    return traditional.sub(lambda found: simplified.get(found.group(), found.group()), folded)


@cache
def _fold_character(character: str) -> str:
    return fold(character)


def fold_with_origins(text: str) -> tuple[str, list[int]]:
    """``text`` folded character by character, and for each folded character the place it came from.

    Made to mark a hit in the text as it is shown. It differs from :func:`fold` only where characters compose
    with their neighbours (a letter and its accent), where the mark may then be missing.
    """
    folded: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        form = _fold_character(character)
        folded.append(form)
        origins.extend([place] * len(form))
    return "".join(folded), origins
