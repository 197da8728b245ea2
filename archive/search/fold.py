"""Folding: the form of a text in which search compares; never what is shown.

Traditional becomes simplified character by character: converting phrases would give a word another form
inside a longer text than alone, and then a part of a text would no longer be found in it. The characters
stand in ``simplified.tsv``, frozen: an index written with one table cannot be read or corrected with
another.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

# What a reader cannot see must not separate two characters: soft hyphen, zero-width characters, directional
# controls, variation selectors (which pages use for rare name characters), byte order marks.
_INVISIBLE = (
    0x00AD,
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    0xFEFF,
    *range(0xE0100, 0xE01F0),
)


@cache
def _cleaning() -> dict[int, str | None]:
    table: dict[int, str | None] = dict.fromkeys(_INVISIBLE)
    # SQLite ends a text at NUL and cannot store half a surrogate pair.
    table[0] = " "
    table.update(dict.fromkeys(range(0xD800, 0xE000), "\ufffd"))
    return table


@cache
def _simplifying() -> dict[int, str]:
    lines = (files("archive.search") / "simplified.tsv").read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if not line.startswith("#"))
    return {ord(traditional): simplified for traditional, simplified in pairs}


def fold(text: str) -> str:
    """``text`` without invisible characters, in NFKC, without case, in simplified characters.

    Words keep their spaces; two texts that a reader takes for the same are equal after it.
    """
    clean = unicodedata.normalize("NFKC", text.translate(_cleaning()))
    # Folding case can take a text out of NFKC (Ω, ǰ …): normalise again.
    return unicodedata.normalize("NFKC", clean.casefold()).translate(_simplifying())


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
