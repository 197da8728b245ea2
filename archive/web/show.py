"""How values look on people's pages; everything comes out escaped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from archive.search import EmptyQuery
from archive.search.snippet import Snippet, make_snippet, mark_all
from archive.search.tokens import query_terms
from archive.web.labels import field_label, reason, value_label
from archive.web.sentences import crawl_reason, error_sentence
from archive.web.times import beijing

_URL_WIDTH = 60
_NONE = Markup('<span class="none">—</span>')

# The names that the queries at hand give to columns whose values are named in Chinese.
_QUERY_COLUMNS = {
    "改动的字段": ("revisions", "changed"),
    "原因": ("revisions", "quarantine_reason"),
    "状态": ("sightings", "state"),
    "最近错误": ("sightings", "last_error"),
    "程度": ("findings", "severity"),
    "规则": ("findings", "rule"),
    "依据": ("mirrors", "rule"),
}

_SENTENCES: dict[tuple[str | None, str], Callable[[str], str]] = {
    ("sightings", "last_error"): error_sentence,
    ("walks", "reason"): crawl_reason,
}

# Columns whose text is JSON.
JSON_COLUMNS = frozenset(
    {
        "record",
        "config",
        "data",
        "extra",
        "stats",
        "reasons",
        "options",
        "changed",
        "fields",
        "keywords",
        "cursor",
    }
)


def is_link(value: object) -> bool:
    """Only absolute http and https addresses become links."""
    if not isinstance(value, str) or re.search(r"[\s\x00-\x1f]", value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def link(url: str, width: int = _URL_WIDTH) -> Markup:
    """A link to a page elsewhere that tells it nothing about the reader."""
    text = url if len(url) <= width else url[: width - 1] + "…"
    return Markup('<a href="{}" rel="noopener noreferrer nofollow" title="{}">{}</a>').format(url, url, text)


def revision_link(revisions: str, revision_id: int) -> Markup:
    """A link to the page of a revision, under the address of their table."""
    return Markup('<a href="{}/{}">看改动</a>').format(revisions, revision_id)


def local_time(value: str) -> Markup:
    """A UTC time as China's clock shows it; the UTC time stands in the title."""
    local = beijing(value)
    if local is None:
        return Markup.escape(value)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value, value, local)


def _from_json(column: str, value: str) -> Markup | None:
    try:
        data = json.loads(value)
    except (ValueError, RecursionError):
        return None
    if data in ([], {}, None):
        return Markup("&nbsp;")
    if isinstance(data, list) and all(isinstance(item, str) for item in data):
        if column == "reasons":
            return Markup.escape("；".join(map(crawl_reason, data)))
        return Markup.escape("、".join(map(field_label, data) if column == "changed" else data))
    return None


def cell(table: str | None, column: str, value: object) -> Markup | None:
    """What a value looks like in a list; None: as Datasette shows it (escaped, cut)."""
    if not isinstance(value, str) or not value:
        return None
    if table is None:
        table, column = _QUERY_COLUMNS.get(column, (None, column))
    if beijing(value) is not None:
        return local_time(value)
    if is_link(value):
        return link(value)
    if column in ("uid", "group_uid") and re.fullmatch(r"[a-z0-9]{16}", value):
        return Markup('<a href="/-/document/{}">{}</a>').format(value, value)
    if column == "quarantine_reason":
        return Markup.escape(reason(value))
    if (table, column) in _SENTENCES:
        return Markup.escape(_SENTENCES[table, column](value))
    if column in JSON_COLUMNS:
        return _from_json(column, value)
    label = value_label(table, column, value)
    return Markup.escape(label) if label != value else None


def full(table: str, column: str, value: object) -> Markup:
    """What a value looks like on the page of its row, nothing left out."""
    if value is None or value == "" or (column in JSON_COLUMNS and value in ("[]", "{}")):
        return _NONE
    short = cell(table, column, value)
    if column in JSON_COLUMNS and short is None:
        return pretty_json(str(value))
    if short:
        return short
    if isinstance(value, str) and ("\n" in value or len(value) > 300):
        return paragraphs(value)
    return Markup.escape(value)


def pretty_json(value: str) -> Markup:
    """JSON indented, Chinese unescaped; what is no JSON as it is."""
    with suppress(ValueError, RecursionError):
        value = json.dumps(json.loads(value), ensure_ascii=False, indent=2)
    return Markup('<pre class="json">{}</pre>').format(value)


def paragraphs(text: str) -> Markup:
    """A body as paragraphs; blank lines part them, single line feeds stay (rows of a table)."""
    paragraphs = []
    for part in re.split(r"\n{2,}", text):
        lines = [Markup.escape(line) for line in part.split("\n") if line.strip()]
        if lines:
            kind = Markup('<p class="rows">{}</p>') if len(lines) > 1 else Markup("<p>{}</p>")
            paragraphs.append(kind.format(Markup("<br>").join(lines)))
    return Markup("").join(paragraphs)


def _terms(query: object) -> Sequence[str]:
    try:
        return query_terms(str(query))
    except EmptyQuery:
        return ()


def marked(text: object, query: object) -> Markup:
    """The whole of a short ``text`` with what ``query`` looks for in ``<mark>``."""
    return with_marks(mark_all(str(text), _terms(query)))


def snippet(text: Any, query: Any) -> Markup:
    """A line of ``text`` around what ``query`` looks for, the hits in ``<mark>``; empty when it is not in
    it."""
    found = make_snippet(str(text or ""), _terms(query))
    return with_marks(found) if found.hits else Markup("")


def with_marks(found: Snippet) -> Markup:
    """A line with its hits in ``<mark>``."""
    pieces, done = [], 0
    for start, end in found.hits:
        pieces += [
            Markup.escape(found.text[done:start]),
            Markup("<mark>{}</mark>").format(found.text[start:end]),
        ]
        done = end
    return Markup("").join([*pieces, Markup.escape(found.text[done:])])
