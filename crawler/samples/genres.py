"""Texts of the common kinds of document, composed from ``data/genres.toml``: the same input, the same text.

A genre is a list of slots, a slot a list of alternatives; which one a document takes follows from its id.
Alternatives hold ``{title}``, ``{agency}``, ``{place}``, ``{date}`` (written out), the arguments of the
document's line, and ``{n:20-90}``, a number between these bounds that also follows from the id.
"""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files

_FIELD = re.compile(r"\{([^{}]*)\}")


@functools.cache
def _genres() -> dict[str, list[list[str]]]:
    text = (files("crawler.samples") / "data" / "genres.toml").read_text(encoding="utf-8")
    return {name: table["slots"] for name, table in tomllib.loads(text).items()}


def draw(below: int, *key: object) -> int:
    """A number from 0 to ``below`` - 1 that follows from ``key`` alone."""
    digest = hashlib.sha256("\x1f".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:8], "big") % below


def chinese_date(day: str) -> str:
    """``2026-03-05`` as ``2026年3月5日``."""
    year, month, date = day.split("-")
    return f"{int(year)}年{int(month)}月{int(date)}日"


def compose(genre: str, values: Mapping[str, str], arguments: str) -> str:
    """The marked-up text of a document; ``arguments`` is ``name=value`` separated by semicolons.

    Raises ``KeyError`` for an unknown genre or a field that neither line nor arguments give.
    """
    known = dict(values) | {"date": chinese_date(values["written_on"]), "year": values["written_on"][:4]}
    known |= dict(pair.split("=", 1) for pair in arguments.split(";") if pair)
    lines = []
    for number, slot in enumerate(_genres()[genre]):
        chosen = slot[draw(len(slot), values["id"], number)]
        lines.append(_fill(chosen, known, f"{values['id']}/{number}"))
    return "\n".join(lines)


def _fill(text: str, known: Mapping[str, str], key: str) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("n:"):
            low, high = map(int, name[2:].split("-"))
            return str(low + draw(high - low + 1, key, match.start()))
        return known[name]

    return _FIELD.sub(value, text)
