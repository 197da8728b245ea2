"""Bringing signatures, pairs and groups up to what the documents say now; resumable, in short transactions."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeVar

from sqlite_utils import Database

from archive.batches import in_batches
from archive.mirrors import store
from archive.mirrors.candidates import candidates
from archive.mirrors.grouping import Member, group
from archive.mirrors.judge import judge
from archive.mirrors.text import Text
from archive.transaction import transaction

Item = TypeVar("Item")

Progress = Callable[[str, int, int | None], None]
"""Told what is being done, how much of it, of how many."""

_TEXTS_KEPT = 256
"""Texts in memory while pairs are judged: those of one bucket stand near each other."""


@dataclass(frozen=True, slots=True)
class Updated:
    """What was done (``read`` texts, ``compared`` pairs) and what there is now."""

    read: int
    compared: int
    groups: int
    documents: int


def update_mirrors(
    db: Database, *, again: bool = False, progress: Progress = lambda what, done, total: None
) -> Updated:
    """Find republications among all documents; what was compared before is not read again.

    The outcome is a function of what documents show, whatever was done before and whoever was killed meanwhile.
    ``again``: forget everything first. Raises ``sqlite3.OperationalError`` when the archive cannot be written.
    """
    if again or store.is_older(db):
        in_batches(db, lambda: store.forget_some(db))
    for_each(db, store.gone(db), lambda document: store.forget(db, document))
    waiting = store.waiting(db)
    for_each(db, waiting, partial(_sign, db), partial(progress, "texts"))
    compared = 0
    if not store.is_current(db):
        compared = _compare(db, progress)
        _group(db)
        with transaction(db):
            store.say_current(db)
    known = store.groups(db)
    return Updated(len(waiting), compared, len({member.group_uid for member in known.values()}), len(known))


def for_each(
    db: Database,
    items: Iterable[Item],
    work: Callable[[Item], None],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """``work`` on each of the items, in transactions of bounded length."""
    left = deque(items)
    total = len(left)

    def step() -> bool:
        work(left.popleft())
        progress(total - len(left), total)
        return bool(left)

    if left:
        in_batches(db, step)


def _sign(db: Database, document: int) -> None:
    found = store.read_text(db, document)
    if found is not None:  # nobody has hidden it meanwhile
        store.save_signature(db, *found)


def _compare(db: Database, progress: Progress) -> int:
    """Judge the pairs that were not judged; how many there were."""
    wanted = candidates(store.signatures(db), partial(store.uids_of, db))
    known = store.judged(db)
    for_each(db, known - wanted, lambda pair: store.drop_pair(db, *pair))

    @lru_cache(maxsize=_TEXTS_KEPT)
    def text(document: int) -> Text | None:
        found = store.read_text(db, document)
        return found[0] if found is not None else None

    def work(pair: tuple[int, int]) -> None:
        one, other = map(text, pair)
        if one is not None and other is not None:
            store.save_verdict(db, *pair, judge(one, other))

    missing = sorted(wanted - known)
    for_each(db, missing, work, partial(progress, "pairs"))
    return len(missing)


def _group(db: Database) -> None:
    wanted, before = wanted_groups(db), store.groups(db)
    changed = [
        document for document in wanted.keys() | before.keys() if wanted.get(document) != before.get(document)
    ]
    for_each(db, changed, lambda document: store.save_member(db, document, wanted.get(document)))


def wanted_groups(db: Database) -> dict[int, Member]:
    """The groups that the stored pairs make."""
    pairs = store.found_pairs(db)
    documents = sorted({document for pair in pairs for document in pair[:2]})
    return group(pairs, store.uids_of(db, documents), store.numbers_of(db, documents))
