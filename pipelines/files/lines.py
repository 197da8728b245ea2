"""Lines as they were set on paper, made words again: Chinese breaks anywhere, and is often set letter by letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SPACED = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
_CLOSE = re.compile(f"(?<=[{_HAN}])(?=[{_HAN}])")
_INSIDE = f"{_HAN}，、；："
_ENDS_OPEN = re.compile(f"[{_INSIDE}]$")
_GOES_ON = re.compile(f"^[{_INSIDE}。”》）]")
FULL = 0.8
"""A line this much as long as the page's longest goes on in the next one."""


def unset(lines: Sequence[str]) -> list[str]:
    """The lines of one page, those that only the paper's edge parts joined, and no spaces between every two letters."""
    text = "\n".join(lines)
    if len(_SPACED.findall(text)) > len(_CLOSE.findall(text)):
        text = _SPACED.sub("", text)
    found: list[str] = []
    stripped = [line.strip() for line in text.split("\n")]
    longest = max(map(len, stripped), default=0)
    full = False  # whether the line before reached the edge
    for line in stripped:
        if full and found and _ENDS_OPEN.search(found[-1]) and _GOES_ON.match(line):
            found[-1] += line
        else:
            found.append(line)
        # A line in columns is a row of a table, whole in itself.
        full = len(line) >= FULL * longest and len(line) > 8 and _SPACED.search(line) is None
    return found
