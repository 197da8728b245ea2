"""Which way lists a page best, and what a probe keeps of a column."""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.discovery.node import Node
from crawler.platforms.loader import load_profile
from crawler.probing.asking import Asker, OutOfRequests
from crawler.probing.guess import NOTHING, Common, dated_rows, next_rule, query_page
from crawler.probing.page import Seen, Site
from crawler.probing.services import Way, of_a_column, services, variants
from crawler.probing.signs import Clue, clues
from crawler.probing.trial import Trial, tried

GENERIC, QUERY = "generic", "generic-query"
GUESSES = (GENERIC, QUERY)
"""The families of nobody."""
TRIED = 6
"""Ways of one page that are tried; most cost no request, the page is there already."""
FEW = 3
"""Entries below which a list beside a page's text is more likely a box of links."""


@dataclass(frozen=True, slots=True)
class Column:
    """A directory of the draft. ``trail``: the names of the pages that led to it, the section first."""

    name: str
    way: Way
    trial: Trial | None = None
    trail: tuple[str, ...] = ()
    total: int | None = None
    single: bool = False
    guessed: bool = False
    clues: tuple[Clue, ...] = field(default=())

    @property
    def count(self) -> int | None:
        """How many documents there are, as the tree or the list itself announces, or as a list of one page shows."""
        if self.total is not None or self.trial is None or self.trial.total is not None:
            return self.total if self.trial is None or self.total is not None else self.trial.total
        return None if self.trial_is_long else len(self.trial.entries)

    @property
    def trial_is_long(self) -> bool:
        """Whether the list has more pages than its first."""
        return self.trial is not None and (self.trial.more or (self.trial.pages or 1) > 1)


def of_node(node: Node) -> Way | None:
    """The way that a tree's node names; None where it is only a link."""
    return (
        Way(node.family, node.url, node.params, evidence="named by the portal's tree")
        if node.family
        else None
    )


async def best_way(asker: Asker, seen: Seen, site: Site, found: list[Clue]) -> Trial | None:
    """The way in which the page lists most surely; None where no family reads it.

    A list that lies in the page with a pager of its own goes before a service that the page calls; one without gives
    way to a service that has more of the same, or that is asked for a column.
    """
    tries: list[Way] = []
    for clue in found:
        if clue.family not in GUESSES:
            tries += [
                Way(clue.family, seen.url, listing=over, evidence=clue.evidence)
                for over in variants(clue.family, seen)
            ]
    inside: Trial | None = None
    for way in tries[: 2 * TRIED]:
        inside = await tried(asker, way, site)
        if inside is not None and (inside.dated or len(inside.entries) >= FEW):
            break
    if inside is not None and (inside.pages or 0) > 1:
        return inside
    best = inside
    for way in services(seen)[:TRIED]:
        called = await tried(asker, way, site)
        if called is not None and (best is None or _goes_on(best, called)):
            best = called
    return best


def _goes_on(listed: Trial, called: Trial) -> bool:
    """Whether a service has more of what a page lists by itself; what it lists beside may be a box of links."""
    if called.size <= listed.size:
        return False
    known = {entry.url for entry in listed.entries}
    return of_a_column(called.way) or any(entry.url in known for entry in called.entries)


async def unread_way(asker: Asker, seen: Seen, site: Site) -> Trial | None:
    """A page that answers no GET may be a service that is asked by POST, as its address says."""
    if seen.challenge is not None or not (seen.problem or "").startswith("HTTP "):
        return None
    for clue in clues(seen):
        if load_profile(clue.family).listing.request.method == "POST":
            trial = await tried(asker, Way(clue.family, seen.url, evidence=clue.evidence), site)
            if trial is not None:
                return trial
    return None


async def guessed(asker: Asker, seen: Seen, site: Site, shared: Common = NOTHING) -> Trial | None:
    """The generic engine's best guess at a page: its largest group of dated sibling links, its own next link.

    ``shared``: what the site's pages have in common. A list that has no pager yet is paged as the others are.
    """
    rows = dated_rows(seen, shared.furniture, shared.rows)
    if rows is None:
        return None
    listing: dict[str, object] = {"rows": [rows.rows]}
    said = f"{rows.count} sibling links with dates ({rows.rows})"
    following, counted = next_rule(seen), query_page(seen) or shared.page_param
    if following is not None:
        listing |= following[0]
        said += f"; {following[1]}"
    elif counted is not None:
        listing["request"] = {"page_param": counted}
        said += f"; pages by ?{counted}=2"
    family = QUERY if following is None and counted is not None else GENERIC
    return await tried(asker, Way(family, seen.url, listing=listing, evidence=said), site)


async def looked(asker: Asker, seen: Seen, site: Site) -> tuple[list[Clue], Trial | None]:
    """The page's clues, and the best way to list it."""
    found = clues(seen)
    try:
        return found, await best_way(asker, seen, site, found)
    except OutOfRequests:
        return found, None
