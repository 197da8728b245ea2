"""Taking lines out of a body's tree, with the elements that hold nothing else."""

from __future__ import annotations

from collections.abc import Container
from itertools import accumulate

from lxml.etree import _Element

from pipelines.body.segments import Segments
from pipelines.markup import BLOCKS, drop

_TEXT_ENOUGH = 60  # characters; below it pictures may be the body


def remove_lines(root: _Element, lines: Segments, out: Container[int]) -> None:
    """Take lines out of the tree that ``segment(root, track=True)`` saw, with the elements that hold nothing else.

    Below the last kept line of a text go pictures too (share icons, QR codes): a body of pictures keeps them.
    """
    gone = [0, *accumulate(number in out for number in range(len(lines.text) + 1))]
    kept = [number for number in range(len(lines.text)) if number not in out]
    below = (
        kept[-1] + 1 if sum(lines.chars[number] for number in kept) >= _TEXT_ENOUGH else len(lines.text) + 1
    )
    first: dict[_Element, int] = {}
    doomed = []
    for node, is_tail, line in lines.pieces:
        if not is_tail:
            first[node] = line
            if line in out:
                node.text = None
            continue
        start = first.get(node, line)
        if start < line:
            if gone[line] - gone[start] == line - start:
                doomed.append(node)
        elif (line in out and _in_line(lines, node, line)) or (start > below and node.tag == "img"):
            doomed.append(node)
        if line in out:
            node.tail = None
    for node in doomed:
        if node is not root:
            drop(node)


def _in_line(lines: Segments, node: _Element, line: int) -> bool:
    """Whether an element that holds no whole line stands inside ``line``, not in a block of its own above it."""
    block = node
    while block is not None and block.tag not in BLOCKS:
        block = block.getparent()
    return block is not node and block is lines.nodes[lines.owner[line]]
