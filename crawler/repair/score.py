"""How well a profile reads pages whose content is known."""

from __future__ import annotations

from collections.abc import Sequence

from archive.record import Record, content_hash
from crawler.repair.sample import FIELDS, Sample, agrees, likeness, says
from pipelines.detail import Detail

BODY_WEIGHT = 4.0
"""A body counts as much as a few fields: it is what readers come for."""


def score(samples: Sequence[Sample], detail: Detail) -> float:
    """The sum over ``samples`` of what ``detail`` gives back of what is known of them; wrong values cost."""
    return sum(record_score(sample.read(detail), sample) for sample in samples)


def record_score(record: Record, sample: Sample) -> float:
    """What one page's reading is worth; of what is guessed only right values count, as it leaves much out."""
    known = sample.known
    if known is None:
        return 0.0
    if sample.guessed:
        right = [name for name in FIELDS if says(known, name) and says(record, name)]
        return sum(1.0 if agrees(record, known, name) else -0.5 for name in right)
    points = BODY_WEIGHT * likeness(record.body_text, known.body_text)
    for name in FIELDS:
        if name == "body_text":
            continue
        mine, other = says(record, name), says(known, name)
        if mine and other:
            points += 1.0 if agrees(record, known, name) else -0.5
        elif mine:
            points -= 0.25  # a value that the page never had is probably another one's
    # Equal contents are no edit: what is held back then goes without a trace.
    points -= 0.1 * len(set(record.extra.items()) ^ set(known.extra.items()))
    return points + (0.5 if content_hash(record) == content_hash(known) else 0.0)
