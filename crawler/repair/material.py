"""What the archive has to repair a portal with: pages of both layouts, and the listings of the crawls that saw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlite_utils import Database

from archive.captures.reader import DamagedCapture
from archive.history.quarantine.pairs import (
    HeldBack,
    held_back,
    last_accepted,
    last_total,
    listed_entries,
    listing_responses,
)
from archive.history.quarantine.troubled import Troubled, troubled
from archive.layout import DataDirectory
from crawler import clock
from crawler.portals.model import Portal
from crawler.portals.plan import plan
from crawler.reextraction import NoPage, archived_bundle, archived_record
from crawler.repair.listing_pages import Answers
from crawler.repair.listing_score import KnownListing
from crawler.repair.sample import Sample
from pipelines.page import Unreadable

SHOWN = 20
"""Pages of each layout by which a proposal is judged."""

_CANDIDATES = 200
_GOOD_CRAWLS = 5


@dataclass(frozen=True)
class Material:
    """``since``: the first day of the new layout. ``old`` and ``new`` pages, those that stand in both first;
    ``held`` is how many are held back. ``listings``: what is known of each directory that the newest bad crawl asked
    for, with that crawl's ``answers`` and those of good crawls (``earlier``)."""

    since: date
    old: list[Sample]
    new: list[Sample]
    held: int
    listings: list[KnownListing] = field(default_factory=list)
    answers: list[Answers] = field(default_factory=list)
    earlier: list[Answers] = field(default_factory=list)


def gather(db: Database, data: DataDirectory, portal: Portal) -> Material | None:
    """All of that; None where the portal's last crawls were well and nothing is held back since."""
    trouble = troubled(db, portal.id)
    if trouble.began is None:
        return None
    rows = [row for row in held_back(db, portal.id) if row.seen_at >= trouble.began]
    since = clock.day_of(min([row.seen_at for row in rows], default=trouble.began))
    new = _samples(db, data, portal, _spread(rows))
    pairs = [
        row._replace(revision_id=row.accepted_id) for row in _spread(rows) if row.accepted_id is not None
    ]
    others = _spread(last_accepted(db, portal.id, _CANDIDATES))
    old = _samples(db, data, portal, list({row.revision_id: row for row in [*pairs, *others]}.values()))
    return Material(since, old, new, len(rows), *_listings(db, data, portal, trouble, since))


def _spread(rows: Sequence[HeldBack]) -> list[HeldBack]:
    """In turns one of each directory, those with an accepted revision first: a template may be one directory's own."""
    turns: dict[tuple[bool, str], int] = {}
    placed: list[tuple[bool, int, int, HeldBack]] = []
    for row in rows[:5000]:
        key = (row.accepted_id is None, row.directory_key or "")
        turns[key] = turns.get(key, 0) + 1
        placed.append((key[0], turns[key], len(placed), row))
    return [row for *_, row in sorted(placed, key=lambda item: item[:3])]


def _samples(db: Database, data: DataDirectory, portal: Portal, rows: Sequence[HeldBack]) -> list[Sample]:
    found: list[Sample] = []
    for row in rows:
        if len(found) >= SHOWN:
            break
        try:
            bundle, is_file = archived_bundle(db, data, portal, row.revision_id)
            if is_file:
                continue
            known = (
                archived_record(db, data, portal, row.accepted_id) if row.accepted_id is not None else None
            )
        except (DamagedCapture, NoPage, Unreadable):
            continue  # `gongkai verify` names it
        found.append(Sample(bundle, known, clock.day_of(row.seen_at), row.directory_key))
    return found


def _listings(
    db: Database, data: DataDirectory, portal: Portal, trouble: Troubled, since: date
) -> tuple[list[KnownListing], list[Answers], list[Answers]]:
    """By directory; a directory whose entries nobody knows cannot be learnt from."""

    def answers(crawls: Sequence[str]) -> list[Answers]:
        held = [listing_responses(db, crawl) for crawl in crawls]
        return [Answers(data, responses, portal.http.encoding) for responses in held if responses]

    known = []
    for directory in portal.directories:
        entries = listed_entries(db, portal.id, directory.key)
        if entries and directory.expect == "entries":
            total = last_total(db, portal.id, directory.key, trouble.good) or len(entries)
            known.append(KnownListing.of(plan(portal, directory, since), entries, total))
    return known, answers(trouble.bad[:1]), answers(trouble.good[:_GOOD_CRAWLS])
