"""Where a new layout keeps title, metadata, body and attachments: each guess is kept only where it gives back more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from crawler.repair.bodies import body_targets, surplus_targets
from crawler.repair.elements import attachment_targets, block_targets, field_target, title_targets
from crawler.repair.labels import LABELLED, learn_labels, likeness
from crawler.repair.parsed import Parsed
from crawler.repair.paths import Target, voted
from crawler.repair.sample import Sample
from crawler.repair.score import record_score, score
from pipelines.detail import Detail
from pipelines.metadata.vocabulary import IGNORED

TRAINING = 16
"""Pages that are learnt from: a field that most documents have stands on enough of them."""

TEMPLATES = 2
"""How often everything is gone through: what one template of the new layout does not have stands in another's places."""

GUESSES = 6
"""Selectors of one kind that are tried; each costs a reading of all pages."""

Guesses = Callable[[Sequence[Parsed], Detail], Iterator[Detail]]


def propose(samples: Sequence[Sample], detail: Detail) -> Detail:
    """``detail`` with the labels and selectors that make it read ``samples`` as they are known; itself where none does.

    New selectors come before what stood there: pages that the portal never made anew keep their old layout.
    """
    known = [sample for sample in samples if sample.known is not None][:TRAINING]
    if not known:
        return detail
    search = _Search(known, detail)
    singly: list[Guesses] = [partial(_field, name) for name in LABELLED]
    steps = [_labels, _titles, _blocks, _bodies, _surplus, _attachments, *singly, _strangers]
    for _ in range(TEMPLATES):
        if not search.go_through(steps):
            break
    search.drop_labels(set(detail.labels))
    return search.best


class _Search:
    """The best profile so far and what it is worth."""

    def __init__(self, samples: Sequence[Sample], detail: Detail):
        self._samples = samples
        self.best = detail
        self._points = score(samples, detail)
        self._most = sum(record_score(sample.known, sample) for sample in samples if sample.known)

    def go_through(self, steps: Sequence[Guesses]) -> bool:
        """Climb by each kind of guess; whether anything was won."""
        before = self._points
        for guesses in steps:
            self.climb(guesses)
        return self._points > before + 1e-6

    def climb(self, guesses: Guesses) -> None:
        """Try each guess on top of the best so far; the first of several equally good ones stays."""
        if self._points >= self._most - 1e-6:
            return
        pages = [Parsed.of(sample, self.best) for sample in self._samples]
        best = self.best
        for guess in guesses(pages, self.best):
            points = score(self._samples, guess)
            if points > self._points + 1e-6:
                best, self._points = guess, points
        self.best = best

    def drop_labels(self, kept: set[str]) -> None:
        """Take out what was learnt and gives nothing, the words first that are least like labels of their fields."""
        labels = self.best.labels
        for label in sorted(set(labels) - kept, key=lambda label: likeness(label, labels[label])):
            rest = {other: name for other, name in self.best.labels.items() if other != label}
            guess = _with(self.best, labels=rest)
            if (points := score(self._samples, guess)) >= self._points - 1e-6:
                self.best, self._points = guess, points


def _labels(pages: Sequence[Parsed], detail: Detail) -> Iterator[Detail]:
    """All labels together: a block is known by several."""
    learnt = learn_labels([(page.cells, page.known, page.read) for page in pages])
    if learnt:
        yield _with(detail, labels={**detail.labels, **learnt})


def _strangers(pages: Sequence[Parsed], detail: Detail) -> Iterator[Detail]:
    """Labels that no field knows and that the old layout did not show so: kept, every document would look edited."""
    counts = Counter(label for page in pages for label in page.read.extra if label not in page.known.extra)
    often = [label for label, count in counts.items() if 2 * count >= len(pages)]
    if often:
        yield _with(detail, labels={**detail.labels, **dict.fromkeys(often, IGNORED)})


def _titles(pages: Sequence[Parsed], detail: Detail) -> Iterator[Detail]:
    yield from _selected("title", map(title_targets, pages), detail)


def _blocks(pages: Sequence[Parsed], detail: Detail) -> Iterator[Detail]:
    yield from _selected("block", map(block_targets, pages), detail)


def _bodies(pages: Sequence[Parsed], detail: Detail) -> Iterator[Detail]:
    for height in range(3):
        yield from _selected("body", (body_targets(page, height) for page in pages), detail)


def _surplus(pages: Sequence[Parsed], detail: Detail) -> Iterator[Detail]:
    selectors = voted((surplus_targets(page, detail) for page in pages), GUESSES)
    for count in range(1, len(selectors) + 1):
        yield _with(detail, remove=[*selectors[:count], *detail.remove])


def _attachments(pages: Sequence[Parsed], detail: Detail) -> Iterator[Detail]:
    yield from _selected("attachments", map(attachment_targets, pages), detail)


def _field(name: str, pages: Sequence[Parsed], detail: Detail) -> Iterator[Detail]:
    """Values that stand without any label: by their place."""
    for selector in voted((field_target(page, name, detail) for page in pages), GUESSES):
        places = [selector, *detail.fields.get(name, [])]
        yield _with(detail, fields={**detail.fields, name: places})


def _selected(key: str, targets: Iterator[Target], detail: Detail) -> Iterator[Detail]:
    for selector in voted(targets, GUESSES):
        yield _with(detail, **{key: [selector, *getattr(detail, key)]})


def _with(detail: Detail, **values: object) -> Detail:
    return detail.model_copy(update=values)
