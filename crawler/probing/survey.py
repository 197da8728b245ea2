"""A probe's walk: from one address to the disclosure section and its columns, the most promising page first."""

from __future__ import annotations

import heapq
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from crawler.discovery.node import Node
from crawler.discovery.outgoing import Link
from crawler.probing.asking import Asker, OutOfRequests
from crawler.probing.columns import Column, looked, of_node, unread_way
from crawler.probing.conclusion import guesses, pages_checked
from crawler.probing.guess import dated_links, dated_rows
from crawler.probing.names import by_path, is_single, known_names, never, promise
from crawler.probing.obstacles import shell
from crawler.probing.page import Seen, Site
from crawler.probing.places import (
    added,
    is_organ,
    key_of,
    listable,
    name_of,
    names_of,
    page_way,
    section_of,
    shown_name,
    site_of,
    with_host,
    without_digests,
)
from crawler.probing.signs import Clue, clues
from crawler.probing.trees import trees
from crawler.probing.trial import Trial, tried

logger = logging.getLogger(__name__)
DEPTH = 6
INSIDE = 20
"""What a link without a promise is worth that stands in the section and not on the home page."""
UNNAMED = 5
"""What a home page's links are worth where none promises anything; so many of them are opened."""
UNNAMED_MOST = 12
TREE_TRIED = 3
"""Columns of a tree that are tried; where they can be listed, so can the rest."""


@dataclass(order=True)
class Waiting:
    """A page to be opened; ``inside``: it belongs to a disclosure section."""

    rank: tuple[int, int]
    link: Link = field(compare=False)
    score: int = field(compare=False)
    inside: bool = field(compare=False)
    trail: tuple[Link, ...] = field(compare=False, default=())


@dataclass
class Findings:
    """What a probe found. ``opened``: pages by address; ``unread``: pages at which the probe itself failed;
    ``unopened``: how many promising ones no request was left for."""

    first: Seen
    home: Seen
    site: Site
    columns: list[Column] = field(default_factory=list)
    clues: dict[str, list[str]] = field(default_factory=dict)
    shells: dict[str, str] = field(default_factory=dict)
    challenges: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    section: Link | None = None
    unopened: int = 0


class Survey:
    """One probe. The queue holds links, the best first; what is found goes into ``found``."""

    def __init__(self, asker: Asker, first: Seen, home: Seen):
        self.asker = asker
        self.found = Findings(first, home, site_of(first, home))
        self._queue: list[Waiting] = []
        self._known: set[str] = set()
        self._furniture = {key_of(link.url) for link in home.links}
        self._guesses: list[tuple[Waiting, Seen]] = []
        self._trees: Counter[str] = Counter()
        self._opened: list[tuple[Link, Seen]] = []

    async def run(self) -> Findings:
        """Open pages until nothing promising or no request is left."""
        first, home = self.found.first, self.found.home
        at_home = key_of(first.url) == key_of(home.url)
        here = Link(name_of(first), first.url)
        if not at_home:
            self._push(here, 100, inside=by_path(first.url) >= known_names().section)
            self._push_links(first, promising=True)
        await self._drain()
        if home.ok and not is_organ(first, home):
            self._push_links(home, promising=True)
            await self._drain()
            if not self.found.columns and not any(dated_rows(seen) for _, seen in self._guesses):
                self._push_unnamed(home)
                await self._drain()
        if not self.found.columns:
            self._push(Link(name_of(home), home.url), 1, inside=False)
            await self._drain()
        await self._conclude()
        return self.found

    async def _drain(self) -> None:
        while self._queue:
            waiting = heapq.heappop(self._queue)
            try:
                await self._open(waiting)
            except OutOfRequests:
                self.found.unopened = 1 + sum(left.score >= INSIDE for left in self._queue)
                self._queue.clear()
            except Exception as error:  # one hostile page ends no probe
                logger.exception("%s", waiting.link.url)
                self.found.unread[waiting.link.url] = f"{type(error).__name__}: {error}"

    # --- one page -----------------------------------------------------------------------------------------

    async def _open(self, waiting: Waiting) -> None:
        seen = await self.asker.page(waiting.link.url)
        if seen.challenge:
            self.found.challenges[seen.url] = seen.challenge
        if not seen.ok:
            trial = await unread_way(self.asker, seen, self.found.site)
            if trial is not None:
                self._keep(waiting, seen, clues(seen), trial)
            return
        self._opened.append((waiting.link, seen))
        self.found.site = with_host(self.found.site, seen.url)
        trail = (*waiting.trail, waiting.link)
        nodes = await trees(self.asker, seen)
        grown = await self._grow(nodes, trail)
        self._push_nodes(nodes, trail)
        signs, trial = await looked(self.asker, seen, self.found.site)
        self._note(signs)
        if trial is not None and not grown:
            self._keep(waiting, seen, signs, trial)
        elif waiting.inside and is_single(waiting.link.name):
            self._single(waiting, seen)
        elif not grown:
            if (hollow := shell(seen)) is not None and not nodes:
                self.found.shells[seen.url] = hollow
            self._guesses.append((waiting, seen))
        if waiting.inside or waiting.score >= known_names().section:
            self._push_links(seen, promising=False, trail=trail)

    def _keep(self, waiting: Waiting, seen: Seen, signs: list[Clue], trial: Trial) -> None:
        name = waiting.link.name
        if is_single(name) and len(trial.entries) < 10 and (trial.pages or 1) < 2:
            self._single(waiting, seen)
            return
        if key_of(seen.url) == key_of(self.found.home.url) and waiting.score > 1:
            return
        for entry in trial.entries:
            self.found.site = with_host(self.found.site, entry.url)
        column = Column(shown_name(name, seen), trial.way, trial, names_of(waiting.trail), clues=tuple(signs))
        self._add(column)

    def _single(self, waiting: Waiting, seen: Seen) -> None:
        self._add(
            Column(
                shown_name(waiting.link.name, seen),
                page_way(seen),
                None,
                names_of(waiting.trail),
                single=True,
            )
        )

    def _add(self, column: Column) -> None:
        self.found.columns = added(self.found.columns, column)
        if column.trial is not None:
            self._known.update(key_of(entry.url) for entry in column.trial.entries)

    async def _grow(self, nodes: list[Node], trail: tuple[Link, ...]) -> bool:
        """Columns that a tree names outright: a few are tried, and where one lists the others are believed."""
        own = [(node, way) for node in nodes if (way := of_node(node)) is not None]
        grown = False
        for node, way in own:
            trial = None
            if self._trees[way.family] < TREE_TRIED:
                trial = await tried(self.asker, way, self.found.site)
                self._trees[way.family] += trial is not None
            if trial is None and not self._trees[way.family]:
                continue
            grown = True
            above = (*names_of(trail), *((node.parent,) if node.parent else ()))
            self._add(Column(node.name, way, trial, above, total=node.count))
        return grown

    def _note(self, signs: Iterable[Clue]) -> None:
        for clue in signs:
            said = self.found.clues.setdefault(clue.family, [])
            if clue.strong and len(said) < 4 and clue.evidence not in said:
                said.append(clue.evidence)

    # --- the queue ----------------------------------------------------------------------------------------

    def _push(self, link: Link, score: int, *, inside: bool, trail: tuple[Link, ...] = ()) -> None:
        if (
            score <= 0
            or len(trail) > DEPTH
            or not listable(link, self.found.site, score)
            or key_of(link.url) in self._known
        ):
            return
        self._known.add(key_of(link.url))
        heapq.heappush(self._queue, Waiting((-score, len(self._known)), link, score, inside, trail))

    def _push_links(self, seen: Seen, *, promising: bool, trail: tuple[Link, ...] = ()) -> None:
        """The links of a page; ``promising``: only those whose name or path promises something."""
        section = known_names().section
        dated = dated_links(seen)
        for link in seen.links:
            if link.url in dated:
                continue  # a document
            score = promise(link)
            if link.frame and not promising:
                named = replace(link, name=trail[-1].name if trail else link.name)
                self._push(named, max(score, section), inside=True, trail=trail[:-1])
            elif promising:
                self._push(link, score, inside=score >= section, trail=trail)
            elif not never(link) and (score or key_of(link.url) not in self._furniture):
                self._push(link, max(score, INSIDE), inside=True, trail=trail)

    def _push_nodes(self, nodes: list[Node], trail: tuple[Link, ...]) -> None:
        for node in nodes:
            if node.family is None and node.url is not None:
                link = Link(node.name, node.url)
                self._push(link, max(promise(link), known_names().section), inside=True, trail=trail)

    def _push_unnamed(self, home: Seen) -> None:
        """A home page whose links promise nothing: a few of them, as they stand."""
        dated = dated_links(home)
        for link in [link for link in home.links if not never(link) and link.url not in dated][:UNNAMED_MOST]:
            self._push(link, UNNAMED, inside=False)

    # --- the end ------------------------------------------------------------------------------------------

    async def _conclude(self) -> None:
        found = self.found
        found.columns = without_digests(found.columns)
        if all(column.single for column in found.columns):
            opened = [((*waiting.trail, waiting.link), seen) for waiting, seen in self._guesses]
            for column in await guesses(self.asker, opened, found.site, found.home.url):
                self._add(column)
        found.columns = await pages_checked(self.asker, found.columns, found.site)
        found.section = section_of(found.columns, self._opened)
