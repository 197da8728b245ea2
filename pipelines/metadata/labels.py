"""Finding labels in the text of a cell: before a colon, in a text node of their own, set off by white space."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence

from pipelines.metadata.cells import LONGEST, Cell, run_starts
from pipelines.metadata.vocabulary import IGNORED, INVISIBLE, OPENERS, Label, Vocabulary, squeeze

_COLONS = ":：﹕∶】］]"
_CLOSERS = "】］]"
# What may stand before a label without a space: the end of a value or a separator of an info line.
_BREAKS = " \t\r\n\f\v\u00a0\u3000\u2002\u2003\u2009\u2028|｜;；,，。、/>》」)）]】[【(（·•\u200b"
# Characters before a colon in which its label is looked for; labels of one cell; characters of a label's node.
_REACH, _MOST, _LONGEST_NODE = 48, 200, 40
# A node that is longer, but has so many spaces, may be a label spread by them.
_SPACES = 20
# A label of so many characters is told from the end of a value without a space between.
_LONG = 4
# Texts whose labels are remembered: at most so long, at most so many.
_MEMO_TEXT, _MEMO_ENTRIES = 300, 4096
_WORD = re.compile(r"\S+")
_SET_OFF = re.compile(r"[\s|｜;；]")
_BREAK = re.compile(f"[{re.escape(_BREAKS)}]")
_BLANK = re.compile(rf"[\s{INVISIBLE}]")
_COLON = re.compile(f"[{re.escape(_COLONS)}]")
_HAN = re.compile("[\u3400-\u9fff]")
_STANDS_FOR_ITSELF = re.compile("[\u4e00-\u9fffA-Za-z0-9]")  # in a label, which is folded


def find_labels(cell: Cell, known: Vocabulary, *, spaced: bool = False) -> list[Label]:
    """The labels of a cell in their order: known or unknown ones before a colon, known ones in their own node.

    ``spaced`` also takes known labels that are only set off by white space (a block written as one paragraph).
    """
    text = cell.text
    if len(text) <= _MEMO_TEXT and not spaced:
        key = text if len(cell.runs) <= 1 else (text, cell.runs)
        remembered = known.memo.get(key)
        if remembered is None:
            if len(known.memo) >= _MEMO_ENTRIES:
                known.memo.clear()
            remembered = known.memo[key] = _find(cell, known)
        return remembered
    if len(text) > LONGEST:
        return []
    found = _find(cell, known)
    return _with(found, _set_off(text, known)) if spaced else found


def _find(cell: Cell, known: Vocabulary) -> list[Label]:
    """The labels before a colon and those in a text node of their own."""
    text = cell.text
    found: list[Label] = []
    previous = 0
    at = _COLON.search(text)
    if at is None and len(cell.runs) == 1 and len(text) > _LONGEST_NODE and text.count(" ") < _SPACES:
        return found  # a paragraph, as most long cells are
    for colon in _COLON.finditer(text, at.start()) if at is not None else ():
        label = _before(cell, previous, colon.start(), known)
        if label is not None:
            found.append(label)
            previous = colon.end()
            if len(found) >= _MOST:
                break
    # In the midst of prose a node that holds nothing but 来源 is a link or an emphasis.
    opening = len(text) - len(text.lstrip())
    opened = bool(found) and found[0].start <= opening
    return _with(found, _own_nodes(cell, known, None if opened else opening))


def _with(found: list[Label], others: list[Label]) -> list[Label]:
    """Both in order; of ``others`` those that overlap none of ``found``."""
    if not others:
        return found
    free = [
        other
        for other in others
        if all(label.end <= other.start or other.end <= label.start for label in found)
    ]
    return sorted([*found, *free], key=lambda label: label.start)


def opens_with_label(cell: Cell, known: Vocabulary) -> bool:
    """Whether the first word of a cell, set off by white space, is a known label."""
    words = cell.text[:60].split(maxsplit=1)
    return bool(words) and len(cell.text) <= LONGEST and squeeze(words[0]) in known


def _before(cell: Cell, floor: int, colon: int, known: Vocabulary) -> Label | None:
    """The label that ends at the colon: the longest known one, else what stands from the last break on."""
    text, bracket = cell.text, cell.text[colon] in _CLOSERS
    reach = max(floor, colon - _REACH)
    if reach < colon and _STANDS_FOR_ITSELF.match(text[colon - 1]) and text[colon - 1] not in known.lasts:
        return None if bracket or text[colon - 1].isdigit() else _unknown(cell, floor, colon)
    places: Sequence[int] = range(reach, colon)
    word = text[reach:colon]
    blanks = set(_BLANK.findall(word))
    if blanks:
        places = [at for at, sign in enumerate(word, reach) if sign not in blanks]
        word = "".join([text[at] for at in places])
    if not unicodedata.is_normalized("NFKC", word):
        folded = unicodedata.normalize("NFKC", word)
        word = folded if len(folded) == len(word) else word
    for begin in range(max(0, len(word) - known.longest - 1), len(word) - 1):
        if word[begin] not in known.firsts:
            continue
        start = places[begin]
        label = word[begin:].lstrip(OPENERS)
        meaning = known.get(label)
        if meaning is not None and (start == floor or _breaks_before(cell, start, floor, len(label))):
            if bracket and text[start] not in OPENERS and (start == 0 or text[start - 1] not in OPENERS):
                return None
            return Label(label, start, colon + 1, meaning, True)
    return None if bracket else _unknown(cell, floor, colon)


def _unknown(cell: Cell, floor: int, colon: int) -> Label | None:
    """An unknown label: two to ten Chinese characters before the colon, from the cell's beginning or a break on.

    White space inside (备　注) is a label's own only where it opens the cell. Behind another label (``floor``) it
    must be set off from a value: 标题：市档案局：扎实推进公开 has one label.
    """
    text = cell.text
    reach = max(floor, colon - _REACH)
    start, word = reach, squeeze(text[reach:colon])
    if reach or len(word) > 10:
        end = len(text[reach:colon].rstrip())
        breaks = [match.end() for match in (_SET_OFF if floor else _BREAK).finditer(text, reach, reach + end)]
        runs = [run for run in cell.runs[bisect_left(cell.runs, reach) :][:_REACH] if run < reach + end]
        start = max([*breaks, *runs, -1])
        if start < 0 or (floor and not text[floor:start].strip()):
            return None
        word = squeeze(text[start:colon])
    if 2 <= len(word) <= 10 and len(_HAN.findall(word)) >= 2 and not any(sign.isdigit() for sign in word):
        return Label(
            word, start + len(text[start:colon]) - len(text[start:colon].lstrip()), colon + 1, None, True
        )
    return None


def _breaks_before(cell: Cell, start: int, floor: int, length: int) -> bool:
    """Whether a known label may begin at ``start``: at a break, or behind another label's value (市档案局发布日期：)."""
    return (
        start == 0
        or cell.text[start - 1] in _BREAKS
        or cell.text[start] in OPENERS
        or (floor > 0 and length >= _LONG)
        or run_starts(cell, start)
    )


def _own_nodes(cell: Cell, known: Vocabulary, opening: int | None) -> list[Label]:
    """Known labels that fill a text node of their own, or the whole cell, without a colon.

    With an ``opening`` (where the text begins) there are none unless one stands there.
    """
    text = cell.text
    found: list[Label] = []
    pieces = [(0, len(text))]
    if 1 < len(cell.runs) <= _MOST:
        pieces += zip(cell.runs, (*cell.runs[1:], len(text)), strict=True)
    for start, stop in pieces:
        if opening is not None and start > opening and not found:
            break
        if stop - start < 2 or (text[start] not in known.firsts and not text[start].isspace()):
            continue
        if stop - start > _LONGEST_NODE and text.count(" ", start, stop) < _SPACES:
            continue
        piece = text[start:stop].strip()
        if len(piece) <= _LONGEST_NODE and piece[:1] in known.firsts:
            word = squeeze(piece)
            meaning = known.get(word)
            if meaning is not None:
                found.append(Label(word, start, stop, meaning, False))
                if stop - start == len(text):
                    break
    return found


def _set_off(text: str, known: Vocabulary) -> list[Label]:
    found = []
    for match in _WORD.finditer(text):
        if match.group()[0] not in known.firsts:
            continue
        word = squeeze(match.group())
        meaning = known.get(word)
        if meaning is not None and meaning.field != IGNORED:
            found.append(Label(word, match.start(), match.end(), meaning, False))
    return found
