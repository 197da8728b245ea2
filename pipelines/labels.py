"""The labels of metadata blocks and what they mean: the vocabulary, and finding labels in the text of a cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pipelines.cells import LONGEST, Cell, run_starts

IGNORED = "ignored"
"""The field of labels that are page furniture: they end a value and are never kept."""

_COLONS = ":：﹕∶】］]"
_OPENERS = "【［["
# What may stand before a label without a space: the end of a value or a separator of an info line.
_BREAKS = " \t\r\n\f\v\u00a0\u3000\u2002\u2003\u2009|｜;；,，。、/>》」)）]】[【(（·•\u200b"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_LONGEST_LABEL = 12
_BREAK = re.compile(f"[{re.escape(_BREAKS)}]")
_COLON = re.compile(f"[{re.escape(_COLONS)}]")
_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a label stands for. ``line_only`` ones count only in the line under a title, not in a block."""

    field: str
    line_only: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A label met in a cell: its text without spaces and colon, where it stands, None as meaning if unknown.

    ``start`` is the label's first character, ``end`` the first one behind its colon; ``has_colon`` says if
    there was one.
    """

    text: str
    start: int
    end: int
    meaning: Meaning | None
    has_colon: bool


class Vocabulary(dict[str, Meaning]):
    """Labels without spaces → meaning."""

    def with_labels(self, labels: Mapping[str, str]) -> Vocabulary:
        """This vocabulary with a portal's own labels (``[detail] labels``: label → field) on top."""
        if not labels:
            return self
        return Vocabulary({**self, **{squeeze(label): Meaning(field) for label, field in labels.items()}})


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The packaged vocabulary (``vocabulary.tsv``); the first meaning of a label holds."""
    known = Vocabulary()
    for line in files("pipelines").joinpath("vocabulary.tsv").read_text("utf-8").splitlines():
        columns = line.split("\t")
        if line.startswith("#") or columns[0] == "field":
            continue
        for label in columns[2].split("|"):
            known.setdefault(squeeze(label), Meaning(columns[0], columns[3] == "line"))
    return known


def squeeze(text: str) -> str:
    """A label without white space, invisible characters, colons and brackets around it."""
    folded = "".join(unicodedata.normalize("NFKC", text).split()).strip(_INVISIBLE)
    return folded.strip(":∶()[]【】*·•").strip(_INVISIBLE)


def find_labels(cell: Cell, known: Mapping[str, Meaning], *, spaced: bool = False) -> list[Label]:
    """The labels of a cell in their order: known or unknown ones before a colon, known ones in their own node.

    ``spaced`` also takes known labels that are only set off by white space (a block written as one paragraph).
    """
    text = cell.text
    if len(text) > LONGEST:
        return []
    found: dict[int, Label] = {}
    previous = 0
    for colon in _COLON.finditer(text):
        label = _before(cell, previous, colon.start(), known)
        if label is not None:
            found[label.start] = label
            previous = colon.end()
    for label in _own_nodes(cell, known):
        if not any(other.start < label.end and label.start < other.end for other in found.values()):
            found[label.start] = label
    if spaced:
        for label in _set_off(text, known):
            if not any(other.start < label.end and label.start < other.end for other in found.values()):
                found[label.start] = label
    return [found[start] for start in sorted(found)]


def opens_with_label(cell: Cell, known: Mapping[str, Meaning]) -> bool:
    """Whether the first word of a cell, set off by white space, is a known label."""
    words = cell.text[:60].split(maxsplit=1)
    return bool(words) and len(cell.text) <= LONGEST and squeeze(words[0]) in known


def _before(cell: Cell, floor: int, colon: int, known: Mapping[str, Meaning]) -> Label | None:
    """The label that ends at the colon: the longest known one, else what stands from the last break on."""
    text, bracket = cell.text, cell.text[colon] in "】］]"
    signs: list[int] = []
    at = colon - 1
    while at >= floor and len(signs) < _LONGEST_LABEL:
        if not text[at].isspace() and text[at] not in _INVISIBLE:
            signs.append(at)
        at -= 1
    for count in range(len(signs), 1, -1):
        start = signs[count - 1]
        word = "".join(text[signs[index]] for index in range(count - 1, -1, -1))
        meaning = known.get(squeeze(word))
        if meaning is not None and (start == floor or _breaks_before(cell, start)):
            if bracket and text[start] not in _OPENERS and (start == 0 or text[start - 1] not in _OPENERS):
                return None
            return Label(squeeze(word), start, colon + 1, meaning, True)
    return None if bracket else _unknown(cell, floor, colon)


def _unknown(cell: Cell, floor: int, colon: int) -> Label | None:
    """An unknown label: two to ten Chinese characters before the colon, from the cell's beginning or a break on.

    White space inside (备　注) is a label's own only where it opens the cell; else it ends the value before.
    """
    text = cell.text[floor:colon]
    word = squeeze(text)
    if floor or len(word) > 10:
        tokens = _BREAK.split(text)
        text = tokens[-1] or (tokens[-2] if len(tokens) > 1 and text[-1:].isspace() else "")
        word = squeeze(text)
    if 2 <= len(word) <= 10 and len(_HAN.findall(word)) >= 2 and not any(sign.isdigit() for sign in word):
        start = cell.text.rindex(text, floor, colon) if text else colon
        return Label(word, start + len(text) - len(text.lstrip()), colon + 1, None, True)
    return None


def _breaks_before(cell: Cell, start: int) -> bool:
    return (
        start == 0
        or cell.text[start - 1] in _BREAKS
        or cell.text[start] in _OPENERS
        or run_starts(cell, start)
    )


def _own_nodes(cell: Cell, known: Mapping[str, Meaning]) -> list[Label]:
    """Known labels that fill a text node of their own, or the whole cell, without a colon."""
    text = cell.text
    if len(text) <= 40:
        meaning = known.get(squeeze(text))
        if meaning is not None:
            return [Label(squeeze(text), 0, len(text), meaning, False)]
    found = []
    for start, stop in zip(cell.runs, [*cell.runs[1:], len(text)], strict=True):
        if 2 <= stop - start <= 40 and len(cell.runs) > 1:
            word = squeeze(text[start:stop])
            meaning = known.get(word)
            if meaning is not None:
                found.append(Label(word, start, stop, meaning, False))
    return found


def _set_off(text: str, known: Mapping[str, Meaning]) -> list[Label]:
    found = []
    for match in re.finditer(r"\S+", text):
        word = squeeze(match.group())
        meaning = known.get(word)
        if meaning is not None and meaning.field != IGNORED:
            found.append(Label(word, match.start(), match.end(), meaning, False))
    return found
