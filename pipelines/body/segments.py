"""A tree as flat arrays: lines of text with their weights, and which of them each element holds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass, field

from lxml.etree import _Element

from pipelines.attachments.filelinks import is_file_link, names_file
from pipelines.markup import BLOCKS, SILENT


@dataclass(slots=True)
class Segments:
    """Lines in document order: ``text`` collapsed, ``chars`` without white space, ``link`` of them inside links.

    ``nodes[i]`` is a block element, whose lines are ``start[i]`` to ``stop[i]`` (exclusive); its parent block is
    ``parent[i]`` (-1: none). ``owner[s]`` is the innermost block around line ``s``. ``links`` are the ``a``
    elements with the line that each begins in. ``pieces`` (only on demand) is
    every element in document order with the number of the line that its text belongs to, and again with
    that of its tail. ``content`` is for :func:`pipelines.body.sparse.content_prefix`.
    """

    text: list[str] = field(default_factory=list)
    chars: list[int] = field(default_factory=list)
    link: list[int] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    nodes: list[_Element] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    stop: list[int] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    links: list[tuple[int, _Element]] = field(default_factory=list)
    pieces: list[tuple[_Element, bool, int]] = field(default_factory=list)
    content: list[int] = field(default_factory=list)

    def has_file(self, line: int) -> bool:
        """Whether ``line`` reads like a file's link, or a link in it leads to a file."""
        if names_file(self.text[line]):
            return True
        at = bisect_left(self.links, (line,))
        while at < len(self.links) and self.links[at][0] == line:
            if is_file_link((self.links[at][1].get("href") or "").strip()):
                return True
            at += 1
        return False


_BLOCK, _BREAK, _LINK, _SILENT = 1, 2, 3, 4
_KINDS = dict.fromkeys(BLOCKS, _BLOCK) | {"br": _BREAK, "a": _LINK} | dict.fromkeys(SILENT, _SILENT)


def _end_line(found: Segments, parts: list[str], linked: list[str], owner: int) -> None:
    """Append the line gathered in ``parts`` (``linked``: those inside links), if it has any text, and empty both."""
    words = (parts[0] if len(parts) == 1 else "".join(parts)).split()
    if words:
        text = " ".join(words)
        chars = len(text) - len(words) + 1
        found.text.append(text)
        found.chars.append(chars)
        # Parts inside links are in both lists.
        all_linked = len(linked) == len(parts)
        found.link.append(chars if all_linked else sum(map(len, "".join(linked).split())) if linked else 0)
        found.owner.append(owner)
    parts.clear()
    linked.clear()


def _start_block(found: Segments, node: _Element, blocks: list[int]) -> None:
    found.nodes.append(node)
    found.parent.append(blocks[-1])
    found.start.append(len(found.text))
    found.stop.append(0)
    blocks.append(len(found.nodes) - 1)


# Much of the cost of a fallback extraction is this loop: it calls as little as it can, and tells the end of an
# element by its successor's parent, which costs half of what iterwalk's events cost.
def segment(root: _Element, avoid: Collection[_Element] = (), *, track: bool = False) -> Segments:
    """The lines of ``root`` in one walk, linear in its size.

    Left out: what :data:`pipelines.markup.SILENT` names, and the elements in ``avoid`` (their tails stay).
    """
    found = Segments()
    texts, pieces, kinds = found.text, found.pieces, _KINDS
    parts: list[str] = []
    linked: list[str] = []
    blocks, in_links = [-1], 0
    path: list[tuple[_Element, int]] = []  # the open elements and their kinds
    skipped: _Element | None = None  # the one of them that is left out
    for node in (*root.iter("*"), None):
        parent = None if node is None else node.getparent()
        while path and path[-1][0] is not parent:
            closed, kind = path.pop()
            if skipped is not None:
                if closed is not skipped:
                    continue
                skipped = None
            elif kind == _LINK:
                in_links -= 1
            elif kind:
                if parts:
                    _end_line(found, parts, linked, blocks[-1])
                if kind == _BLOCK:
                    found.stop[blocks.pop()] = len(texts)
            if closed is root:
                break
            if track:
                pieces.append((closed, True, len(texts)))
            if text := closed.tail:
                parts.append(text)
                if in_links:
                    linked.append(text)
        if node is None:
            break
        kind = kinds.get(node.tag, 0)
        path.append((node, kind))
        if skipped is None and (kind == _SILENT or (avoid and node in avoid)):
            skipped = node
        if skipped is not None:
            continue
        if kind == _LINK:
            in_links += 1
            found.links.append((len(texts), node))
        elif kind:
            if parts:
                _end_line(found, parts, linked, blocks[-1])
            if kind == _BLOCK:
                _start_block(found, node, blocks)
        if track:
            pieces.append((node, False, len(texts)))
        if text := node.text:
            parts.append(text)
            if in_links:
                linked.append(text)
    if parts:
        _end_line(found, parts, linked, blocks[-1])
    return found
