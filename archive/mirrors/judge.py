"""Whether two documents are one instrument, republished: one pure function of the two (docs/identity.md)."""

from __future__ import annotations

from typing import Literal, NamedTuple

from archive.history.similarity import resemblance
from archive.mirrors.text import Text

NUMBERED = 0.8
"""Under one 文号 this part of the shorter body, counted in characters, stands in the longer one sentence by sentence: a
page that leaves out a table, an older state, a preface. 政办发〔2024〕3号 is the number of every county whose office is
called so, and each copies the model text: what they adapt stays below it."""

NEAR = 0.8
"""Without a common 文号 every sentence of the shorter body stands in the longer one, and both share this part of their
shingles. A republication adds and leaves out; a form that was filled in for somebody else puts other words in the same
places, and be it two characters of a name."""

_MOST_READ = 200_000_000
"""Characters that are looked through for sentences that do not stand alone in the other text: two long texts that were
made to differ in every line cost a second at the most."""

Rule = Literal["number", "body", "near"]
RULES: tuple[Rule, ...] = ("number", "body", "near")
"""The strongest first."""


class Verdict(NamedTuple):
    """By which rule two documents are one, and how much of their texts they share (Jaccard; None: too short)."""

    rule: Rule
    likeness: float | None


def judge(one: Text, other: Text) -> Verdict | None:
    """The verdict on two documents, the same in either order; None where they are two.

    Two different 文号 make two documents however alike: forms of decisions differ in little else. Without a common one
    the titles must be the same, every number of the shorter text must stand in the longer one (a report of another
    year, a notice for another firm), and within one portal also the day: a weekly notice repeats itself there.
    """
    if one.number is not None and other.number is not None:
        return _numbered(one, other) if one.number == other.number else None
    if one.body_key is None or other.body_key is None or one.title_key is None:
        return None
    if one.title_key != other.title_key:
        return None
    if one.portal == other.portal and one.published_on != other.published_on:
        return None
    if one.body_key == other.body_key:
        return Verdict("body", 1.0)
    likeness = _likeness(one, other)
    if likeness < NEAR:
        return None
    short, long = _by_length(one, other)
    if short.figures <= long.figures and held(short, long) == 1:
        return Verdict("near", likeness)
    return None


def held(short: Text, long: Text) -> float:
    """The part of a body, in characters, whose sentences stand in another one; 0 of an empty one."""
    sentences, whole = set(long.sentences), "".join(long.sentences)
    looks = _MOST_READ // max(len(whole), 1)
    there = total = 0
    for said in short.sentences:
        total += len(said)
        if said in sentences:
            there += len(said)
        elif looks > 0:
            looks -= 1
            there += len(said) if said in whole else 0
    return there / total if total else 0.0


def _numbered(one: Text, other: Text) -> Verdict | None:
    if one.body_key is None or other.body_key is None:
        same = one.title_key is not None and one.title_key == other.title_key
        return Verdict("number", None) if same else None
    if one.body_key == other.body_key:
        return Verdict("number", 1.0)
    if held(*_by_length(one, other)) < NUMBERED:
        return None
    return Verdict("number", _likeness(one, other))


def _likeness(one: Text, other: Text) -> float:
    return round(resemblance(one.shingles, other.shingles), 4)


def _by_length(one: Text, other: Text) -> tuple[Text, Text]:
    first, second = sorted((one, other), key=lambda text: (sum(map(len, text.sentences)), text.uid))
    return first, second
