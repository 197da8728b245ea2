"""The end of a probe: second pages are looked at, and where no family lists anything, the generic engine guesses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from crawler.discovery.outgoing import Link
from crawler.probing.asking import Asker, OutOfRequests
from crawler.probing.columns import GUESSES, Column, guessed
from crawler.probing.guess import common
from crawler.probing.page import Seen, Site
from crawler.probing.places import added, key_of, names_of, shown_name, without_digests
from crawler.probing.trial import second_page

CHECKED = 2
"""Columns of a family whose second page is looked at."""


async def pages_checked(asker: Asker, columns: Sequence[Column], site: Site) -> list[Column]:
    """The columns, after a look at the second page of a few of each family; what had to be learned for it holds for the
    others too.
    """
    checked: Counter[str] = Counter()
    learned: dict[str, Mapping[str, Any]] = {}
    done = list(columns)
    for at, column in enumerate(columns):
        family = column.way.family
        if column.trial is None or not column.trial_is_long:
            continue
        if family in learned:
            way = replace(column.way, listing={**column.way.listing, **learned[family]})
            done[at] = replace(column, way=way)
            continue
        checked[family] += 1
        if checked[family] > CHECKED:
            continue
        try:
            trial = await second_page(asker, column.trial, site)
        except OutOfRequests:
            return done
        done[at] = replace(column, trial=trial, way=trial.way)
        if trial.learned and family not in GUESSES:
            learned[family] = trial.learned
    return done


async def guesses(
    asker: Asker, opened: Sequence[tuple[tuple[Link, ...], Seen]], site: Site, home: str
) -> list[Column]:
    """What the generic engine guesses at the pages that were opened; the home page's newest only where nothing else is.

    ``opened``: pages with the links that led to them, their own last.
    """
    shared = common([seen for _, seen in opened])
    columns: list[Column] = []
    for trail, seen in sorted(opened, key=lambda page: key_of(page[1].url) == key_of(home)):
        if key_of(seen.url) == key_of(home) and columns:
            break
        try:
            trial = await guessed(asker, seen, site, shared)
        except OutOfRequests:
            break
        if trial is not None:
            name = shown_name(trail[-1].name, seen)
            columns = added(columns, Column(name, trial.way, trial, names_of(trail[:-1]), guessed=True))
    return without_digests(columns)
