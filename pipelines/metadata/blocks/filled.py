"""Values that a script puts into the empty places of a block, read from its source without running it.

The block stands on the page with empty elements (``<td id="indexNo"></td>``), and an inline script names each of them
with a literal: ``{"indexNo": "…"}``, ``indexNo = "…"``, ``$("#indexNo").html("…")``, ``….getElementById("indexNo").innerHTML = "…"``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lxml.etree import _Element

from pipelines.metadata.blocks.beside import Pair, clean_value
from pipelines.metadata.cells import Cells
from pipelines.metadata.vocabulary import IGNORED

_NAME = re.compile(r"[A-Za-z_][\w-]{1,40}\Z", re.ASCII)
_LONGEST_SCRIPT = 200_000
_MOST_PAIRS, _MOST_NODES, _MOST_OCCURRENCES = 40, 20, 50
_WORD = re.compile(r"[\w-]")
_VALUE = r"(?P<value>\"(?:[^\"\\\n<>]|\\.){0,400}\"|'[^'\\\n<>]{0,400}')"
_CALL = r"(?:['\"]\s?\)\s?\.\s?(?:html|text|val)\s?\(\s?|['\"]\s?\)\s?\.\s?inner(?:HTML|Text)\s?=\s?|['\"]?\s?[:=]\s?)"
_GIVEN = re.compile(_CALL + _VALUE)


def fill(root: _Element, cells: Cells, pairs: Sequence[Pair]) -> None:
    """Give pairs with a known label and no value what an inline script writes into the element of its value."""
    empty = [pair for pair in pairs if pair.meaning and pair.meaning.field != IGNORED and not pair.value]
    source: str | None = None
    known: dict[str, str] = {}
    for pair in empty[:_MOST_PAIRS]:
        for name in _names(cells, pair):
            if source is None:
                source = _scripts(root)
            if name not in known:
                known[name] = _written(source, name)
            if known[name]:
                pair.value = known[name]
                break


def _written(source: str, name: str) -> str:
    """What the source gives to ``name``, empty if nothing: the first of its occurrences behind which a literal stands."""
    at = -1
    for _ in range(_MOST_OCCURRENCES):
        at = source.find(name, at + 1)
        if at < 0:
            break
        found = _GIVEN.match(source, at + len(name))
        if found is not None and not (at and _WORD.match(source[at - 1])):
            return clean_value(_literal(found["value"]))
    return ""


def _names(cells: Cells, pair: Pair) -> Iterator[str]:
    """The ids of the empty elements where the value of a label would stand."""
    owner = cells.items[pair.cell].owner
    place = owner.getnext() if owner.tag in ("td", "th", "dt") else owner
    if place is None:
        return
    for node in islice(place.iter(), _MOST_NODES):
        name = node.get("id") or ""
        if _NAME.match(name) and not (node.text or "").strip():
            yield name


def _scripts(root: _Element) -> str:
    """The source of the page's inline scripts, the longest ones (programs) left out."""
    sources = (script.text or "" for script in root.iter("script"))
    return "\n".join(source for source in sources if len(source) <= _LONGEST_SCRIPT)[:_LONGEST_SCRIPT]


def _literal(quoted: str) -> str:
    """The text of a string literal; escapes that JSON does not know stay as they are."""
    if quoted.startswith('"'):
        try:
            return str(json.loads(quoted))
        except ValueError:
            pass
    return quoted[1:-1]
