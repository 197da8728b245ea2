"""Where the body is when no profile says: the block that best balances running text against everything else.

DESIGN §9 has the measurements behind the constants. Nothing here knows a site's or a system's names.
"""

from __future__ import annotations

import re
from itertools import accumulate

from pipelines.body.counters import is_counter
from pipelines.body.furniture import (
    is_breadcrumb,
    is_credit,
    is_footer,
    is_info_bar,
    is_mark,
    opens_comments,
    opens_related,
)
from pipelines.body.segments import Segments
from pipelines.remember import remembered

_PUNCTUATION = re.compile(r"[，。；：、？！“”《》（）]")
# At the foot of a page and at the end of a document alike: no evidence for either.
_CONTACT = re.compile(r"(?:通讯|联系|单位|办公)?(?:地\s?址|电话|邮编|邮箱)\s?[:：].{0,100}\Z")
_SHORTEST = 12  # characters of a line that can be running text
_LONGEST_CHROME = 300  # characters
_REPEATED = 20  # a line at least this long that stands twice is a copy for phones or elders
_SOIL = 20  # a block may add this many times as much clean text as furniture: the trim takes that out
_FLOOR = 20  # less running text than this on the whole page is none
_LISTED = 30  # entries of a list of files that are looked at
_COUNTED = re.compile(r"(?:附件\s?)?[（(]?(?:\d{1,2}|[一二三四五六七八九十])[)）.．、：:\s]")
_BETA = 0.49  # recall counts half as much as precision


def masses(lines: Segments) -> list[int]:
    """The weight of each line: its characters where it reads as running text, else 0."""
    found = []
    seen: set[str] = set()
    for text, chars, link in zip(lines.text, lines.chars, lines.link, strict=True):
        mass = 0
        if chars < _SHORTEST or link * 2 >= chars or not _PUNCTUATION.search(text):
            found.append(0)
            continue
        if not is_chrome(text) and not _CONTACT.match(text):
            mass = chars
            if chars >= _REPEATED:
                if text in seen:
                    mass = 0
                seen.add(text)
        found.append(mass)
    return found


def is_chrome(text: str) -> bool:
    """Whether a line is the page's and not the document's, as far as the line alone can say."""
    return len(text) <= _LONGEST_CHROME and _is_chrome(text)


@remembered
def _is_chrome(text: str) -> bool:
    return (
        is_footer(text)
        or is_mark(text)
        or is_info_bar(text)
        or is_breadcrumb(text)
        or opens_comments(text)
        or opens_related(text)
        or is_counter(text)
    )


def _weights(lines: Segments) -> list[int]:
    """What each line counts against a block that holds it: links count half, they are often trimmed later."""
    return [chars - link // 2 for chars, link in zip(lines.chars, lines.link, strict=True)]


def densest(lines: Segments, mass: list[int]) -> int | None:
    """The number of the node that holds the body, or None where the page has no running text."""
    found = scores(lines, mass)
    # Of equals the innermost.
    return _lifted(lines, mass, max(found)[1]) if found else None


def scores(lines: Segments, mass: list[int]) -> list[tuple[float, int]]:
    """The score of each node that holds running text, with its number; none where the page has hardly any."""
    weight = [0, *accumulate(mass)]
    chars = [0, *accumulate(_weights(lines))]
    total = weight[-1]
    if total < _FLOOR:
        return []
    floor = _BETA * total
    return [
        ((weight[stop] - weight[start]) / (chars[stop] - chars[start] + floor), number)
        for number, (start, stop) in enumerate(zip(lines.start, lines.stop, strict=True))
        if weight[stop] > weight[start]
    ]


def _lifted(lines: Segments, mass: list[int], pick: int) -> int:
    """The widest block around ``pick`` whose other lines are clean, or nearly: signatures, dates, tables."""
    held = set(lines.text[lines.start[pick] : lines.stop[pick]])
    while (parent := lines.parent[pick]) >= 0 and lines.nodes[parent].tag != "html":
        start, stop = lines.start[pick], lines.stop[pick]
        added = [*range(lines.start[parent], start), *range(stop, lines.stop[parent])]
        soiled = sum(lines.chars[number] for number in added if not _is_clean(lines, mass, number))
        if soiled * _SOIL > sum(lines.chars[number] for number in added):
            break
        if any(lines.chars[number] >= _REPEATED and lines.text[number] in held for number in added):
            break
        held.update(lines.text[number] for number in added)
        pick = parent
    return pick


def lists_file(lines: Segments, number: int) -> bool:
    """Whether a line leads to a file, or is a counted entry (4. 详情) in a list of which another one does."""
    if lines.has_file(number):
        return True
    for step in (-1, 1):
        at = number
        while 0 <= at < len(lines.text) and abs(at - number) < _LISTED and _COUNTED.match(lines.text[at]):
            if lines.has_file(at):
                return True
            at += step
    return False


def _is_clean(lines: Segments, mass: list[int], number: int) -> bool:
    text = lines.text[number]
    if mass[number]:
        return True
    if lines.link[number] * 2 >= lines.chars[number]:
        return lists_file(lines, number)
    return not is_chrome(text) and not is_credit(text)
