"""A tree as flat arrays: lines of text with their weights, and which of them each element holds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass, field
from operator import itemgetter

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from pipelines.filelinks import is_file_link, names_file
from pipelines.markup import BLOCKS, SILENT


@dataclass(slots=True)
class Segments:
    """Lines in document order: ``text`` collapsed, ``chars`` without white space, ``link`` of them inside links.

    ``nodes[i]`` is a block element, whose lines are ``start[i]`` to ``stop[i]`` (exclusive); its parent block is
    ``parent[i]`` (-1: none). ``owner[s]`` is the innermost block around line ``s``. ``links`` are the ``a``
    elements with the line that each begins in. ``pieces`` (only on demand) is
    every element in document order with the number of the line that its text belongs to, and again with
    that of its tail.
    """

    text: list[str] = field(default_factory=list)
    chars: list[int] = field(default_factory=list)
    link: list[int] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    nodes: list[HtmlElement] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    stop: list[int] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    links: list[tuple[int, HtmlElement]] = field(default_factory=list)
    pieces: list[tuple[HtmlElement, bool, int]] = field(default_factory=list)

    def has_file(self, line: int) -> bool:
        """Whether ``line`` reads like a file's link, or a link in it leads to a file."""
        if names_file(self.text[line]):
            return True
        at = bisect_left(self.links, line, key=itemgetter(0))
        while at < len(self.links) and self.links[at][0] == line:
            if is_file_link((self.links[at][1].get("href") or "").strip()):
                return True
            at += 1
        return False


class _Walk:
    """The state of one walk: the line being gathered, the blocks that are open."""

    def __init__(self, track: bool) -> None:
        self.found = Segments()
        self.track = track
        self.parts: list[str] = []
        self.linked: list[str] = []
        self.open = [-1]
        self.in_links = 0

    def end_line(self) -> None:
        found = self.found
        text = " ".join("".join(self.parts).split())
        if text:
            found.text.append(text)
            found.chars.append(len(text) - text.count(" "))
            found.link.append(sum(map(len, "".join(self.linked).split())) if self.linked else 0)
            found.owner.append(self.open[-1])
        self.parts.clear()
        self.linked.clear()

    def start(self, node: HtmlElement, tag: str) -> None:
        if tag in BLOCKS:
            if self.parts:
                self.end_line()
            if tag != "br":
                found = self.found
                found.nodes.append(node)
                found.parent.append(self.open[-1])
                found.start.append(len(found.text))
                found.stop.append(0)
                self.open.append(len(found.nodes) - 1)
        elif tag == "a":
            self.in_links += 1
            self.found.links.append((len(self.found.text), node))
        if self.track:
            self.found.pieces.append((node, False, len(self.found.text)))
        if node.text:
            self.add(node.text)

    def end(self, tag: str) -> None:
        if tag in BLOCKS:
            if self.parts:
                self.end_line()
            if tag != "br":
                self.found.stop[self.open.pop()] = len(self.found.text)
        elif tag == "a":
            self.in_links -= 1

    def add(self, text: str) -> None:
        self.parts.append(text)
        if self.in_links:
            self.linked.append(text)


def segment(root: HtmlElement, avoid: Collection[HtmlElement] = (), *, track: bool = False) -> Segments:
    """The lines of ``root`` in one walk, linear in its size.

    Left out: what :data:`pipelines.markup.SILENT` names, and the elements in ``avoid`` (their tails stay).
    """
    walk = _Walk(track)
    walker = iterwalk(root, events=("start", "end"))
    silent = False
    for event, node in walker:
        tag = node.tag
        if event == "start":
            silent = tag in SILENT or (node in avoid if avoid else False)
            if silent:
                walker.skip_subtree()
            else:
                walk.start(node, tag)
            continue
        # skip_subtree: the end event of a skipped element follows its start at once.
        if silent:
            silent = False
        else:
            walk.end(tag)
        if node is root:
            break
        if track:
            walk.found.pieces.append((node, True, len(walk.found.text)))
        if node.tail:
            walk.add(node.tail)
    if walk.parts:
        walk.end_line()
    return walk.found
