"""Texts and queries as tokens for FTS5: overlapping pairs of characters, every character, punctuation too.

A run of characters without white space becomes its overlapping pairs and its last single character:
``信息，息公开`` → ``信息 息， ，息 息公 公开 开``. A term of two and more characters is then the phrase of
its pairs, a term of one character the prefix of its pairs, and FTS5 finds exactly what a search for the
substring finds: tokens that follow each other and overlap stand in one run. Nothing has to be looked at
again in the documents.

The tokenizer ``unicode61`` knows the Unicode of its SQLite (6.1 in 3.40), splits at everything else and
folds case in its own way. So only characters that it surely leaves alone stand for themselves; each other
one is written with two Hangul syllables, which it leaves alone too.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from operator import add

from archive.search.fold import fold

MAX_QUERY_LENGTH = 1000
"""Characters of a query; longer ones are mistakes."""

_PLAIN = re.compile(r"[0-9a-z\u3400-\u4db5\u4e00-\u9fa5]+")
_HIGH, _LOW = 0xAC00, 0xB400  # 1,088 and 1,024 Hangul syllables: the code point's upper bits, its lower ten


class EmptyQuery(ValueError):
    """The query names nothing to look for."""


class _Symbols(dict[str, str]):
    """Character → what stands for it in a token; no symbol is the beginning of another one."""

    def __missing__(self, character: str) -> str:
        if _PLAIN.fullmatch(character):
            symbol = character
        else:
            upper, lower = divmod(ord(character), 1024)
            symbol = chr(_HIGH + upper) + chr(_LOW + lower)
        self[character] = symbol
        return symbol


_SYMBOLS = _Symbols()


def _symbols(run: str) -> list[str]:
    return list(run) if _PLAIN.fullmatch(run) else list(map(_SYMBOLS.__getitem__, run))


def index_tokens(text: str) -> str:
    """The tokens of ``text`` (as a page says it, unfolded) with spaces between: what stands in the index."""
    tokens: list[str] = []
    for run in fold(text).split():
        symbols = _symbols(run)
        tokens += map(add, symbols, symbols[1:])
        tokens.append(symbols[-1])
    return " ".join(tokens)


def query_terms(query: str) -> list[str]:
    """The folded terms of a query, in order, each once; white space separates them, all else is literal.
    Raises: EmptyQuery: there is no term with a letter, digit or symbol, or the query is longer than
    MAX_QUERY_LENGTH.
    """
    if len(query) > MAX_QUERY_LENGTH:
        raise EmptyQuery(f"more than {MAX_QUERY_LENGTH} characters: search for a shorter phrase")
    terms = list(dict.fromkeys(fold(query).split()))
    if not any(unicodedata.category(character)[0] not in "PCZ" for term in terms for character in term):
        raise EmptyQuery("nothing to search for: give at least one character, word or number")
    return terms


def term_expression(term: str) -> str:
    """The FTS5 expression for one folded term."""
    symbols = _symbols(term)
    if len(symbols) == 1:
        return f'"{symbols[0]}"*'
    return '"' + " ".join([first + second for first, second in pairwise(symbols)]) + '"'


def match_expression(query: str) -> str:
    """The FTS5 expression that finds the documents in which every term of ``query`` stands in some column.
    Raises :class:`EmptyQuery` as :func:`query_terms` does. The operators of FTS5 are ordinary text in a
    query.
    """
    return " AND ".join(term_expression(term) for term in query_terms(query))
