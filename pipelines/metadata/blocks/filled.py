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
_MOST_PAIRS, _MOST_NODES = 40, 20
_VALUE = r"(?P<value>\"(?:[^\"\\\n<>]|\\.){0,400}\"|'[^'\\\n<>]{0,400}')"
_CALL = r"(?:['\"]\s?\)\s?\.\s?(?:html|text|val)\s?\(\s?|['\"]\s?\)\s?\.\s?inner(?:HTML|Text)\s?=\s?|['\"]?\s?[:=]\s?)"


def fill(root: _Element, cells: Cells, pairs: Sequence[Pair]) -> None:
    """Give pairs with a known label and no value what an inline script writes into the element of its value."""
    empty = [pair for pair in pairs if pair.meaning and pair.meaning.field != IGNORED and not pair.value]
    source: str | None = None
    for pair in empty[:_MOST_PAIRS]:
        for name in _names(cells, pair):
            if source is None:
                source = _scripts(root)
            found = re.search(rf"(?<![\w-]){re.escape(name)}{_CALL}{_VALUE}", source)
            if found is not None:
                pair.value = clean_value(_literal(found["value"]))
                break


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
