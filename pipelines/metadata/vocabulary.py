"""What the labels of metadata blocks mean: the packaged vocabulary and a portal's own labels."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from archive.search.fold import traditional_spellings

IGNORED = "ignored"
"""The field of labels that are page furniture: they end a value and are never kept."""

OPENERS = "【［["
"""Brackets that may open a label."""

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
"""Characters that take no room: nothing in a label."""

_PORTALS = 8  # whose own vocabularies are kept
_SHORT = 48  # longer texts are no labels and not worth remembering


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a label stands for. ``line_only`` ones count only in the line under a title, not in a block.

    ``block_only`` ones (状态) are too common a word to make a block or to be read outside of one.
    """

    field: str
    line_only: bool = False
    block_only: bool = False

    @property
    def is_weak(self) -> bool:
        """Whether the label says nothing of what stands around it."""
        return self.line_only or self.block_only


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
    """Labels without spaces → meaning; ``firsts`` and ``lasts`` are the characters with which a label's text may begin and end."""

    def __init__(self, labels: Mapping[str, Meaning]) -> None:
        super().__init__(labels)
        self.firsts = frozenset(label[0] for label in labels if label) | frozenset(OPENERS)
        self.lasts = frozenset(label[-1] for label in labels if label)
        self.longest = max(map(len, labels), default=0)
        # Labels of cells (with where their text nodes begin): navigation and foot are the same on every page.
        self.extended: dict[tuple[tuple[str, str], ...], Vocabulary] = {}
        self.memo: dict[str | tuple[str, Sequence[int]], list[Label]] = {}

    def with_labels(self, labels: Mapping[str, str]) -> Vocabulary:
        """This vocabulary with a portal's own labels (``[detail] labels``: label → field) on top."""
        if not labels:
            return self
        key = tuple(labels.items())
        if key not in self.extended:
            if len(self.extended) >= _PORTALS:
                self.extended.clear()
            own = {squeeze(label): Meaning(field) for label, field in key}
            self.extended[key] = Vocabulary(
                {**self, **{label: known for label, known in own.items() if label}}
            )
        return self.extended[key]


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The packaged vocabulary (``vocabulary.tsv``) in simplified and traditional writing; a label's first meaning holds."""
    known: dict[str, Meaning] = {}
    for line in files("pipelines.metadata").joinpath("vocabulary.tsv").read_text("utf-8").splitlines():
        columns = line.split("\t")
        if line.startswith("#") or columns[0] == "field":
            continue
        for label in columns[2].split("|"):
            known.setdefault(squeeze(label), Meaning(columns[0], columns[3] == "line", columns[3] == "block"))
    for label, meaning in list(known.items()):
        for spelling in traditional_spellings(label):
            known.setdefault(spelling, meaning)
    return Vocabulary(known)


def squeeze(text: str) -> str:
    """A label without white space, invisible characters, colons and brackets around it."""
    return _squeezed_short(text) if len(text) <= _SHORT else _squeezed(text)


def _squeezed(text: str) -> str:
    folded = "".join(unicodedata.normalize("NFKC", text).split()).strip(INVISIBLE)
    return folded.strip(":∶()[]【】*·•").strip(INVISIBLE)


_squeezed_short = lru_cache(maxsize=8192)(_squeezed)
