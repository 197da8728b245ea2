"""Search: from a query to documents, the newest first, or the best first when there are few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.search.fold import fold
from archive.search.index import require_current, texts_of
from archive.search.snippet import Snippet, make_snippet, mark_all, part_with, printable
from archive.search.tokens import EmptyQuery, match_expression, query_terms, term_expression

COUNT_CAP = 1000
"""Hits are counted up to here; more are told as "more than"."""

RANK_CAP = 200
"""Up to this many hits the best stand first; bm25 over a word in 600,000 documents takes a second."""

RANK_READS = 20_000
"""Documents that each term of a ranked query may stand in."""

FILES_SHOWN = 2
"""Files of one document that a hit shows a line of."""

_MATCHING = "(SELECT rowid FROM documents_fts WHERE documents_fts MATCH :match)"

# title, body, numbers, agency, attachments (names and texts): a word of the title says more than one of many in a text
_RANK = "bm25(documents_fts, 10.0, 1.0, 8.0, 4.0, 1.0)"
_COLUMNS = (
    "uid", "portal", "title", "index_number", "document_number", "published_on", "agency", "url", "withdrawn_at",
)  # fmt: skip
_SAID = ("title", "index_number", "document_number", "agency")
_FIELDS = ", ".join(f"d.{name}" for name in ("id", "body_text", *_COLUMNS))
_ATTACHMENTS = "SELECT name FROM attachments WHERE document_id = ? ORDER BY ordinal, id"


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found; ``snippet`` is a line of its body with the hits' places.

    ``matches``: the name and text of each other field that has a hit (title, index_number, document_number,
    agency, attachment: one for each name; attachment_text: file name and a line of its text, where a term stands
    nowhere else).
    """

    uid: str
    portal: str
    title: str | None
    index_number: str | None
    published_on: str | None
    agency: str | None
    url: str
    snippet: Snippet
    document_number: str | None = None
    withdrawn_at: str | None = None
    matches: tuple[tuple[str, Snippet], ...] = ()


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of hits; ``total`` is exact unless ``capped``: then there are more than ``total``."""

    total: int
    capped: bool
    ranked: bool
    hits: list[Hit]


def _count(db: Database, expression: str, portal: str | None = None, cap: int | None = None) -> int:
    """How many documents match, counted up to one more than ``cap``."""
    source = "documents_fts WHERE documents_fts MATCH :match"
    if portal is not None:
        source = (
            f"documents INDEXED BY documents_portal_published WHERE portal = :portal AND id IN {_MATCHING}"
        )
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {source} LIMIT :most)"
    values = {"match": expression, "portal": portal, "most": (COUNT_CAP if cap is None else cap) + 1}
    return int(db.execute(sql, values).fetchone()[0])


def _rankable(db: Database, terms: Sequence[str]) -> bool:
    """bm25 reads every place of every term in the whole index, also of a common one beside a rare one."""
    return all(_count(db, term_expression(term), cap=RANK_READS) <= RANK_READS for term in terms)


def _statement(portal: str | None, *, ranked: bool, few: bool) -> str:
    """The SQL for one page.

    Few hits are looked up and sorted; for many, the documents are walked in their order of publication until
    the page is full: sorting 600,000 hits would read 600,000 documents. SQLite's planner knows nothing about
    the size of either side, hence CROSS JOIN and INDEXED BY.
    """
    newest = "d.published_on DESC, d.id DESC"
    only = "" if portal is None else " AND d.portal = :portal"
    if few:
        return (
            f"SELECT {_FIELDS} FROM documents_fts CROSS JOIN documents AS d ON d.id = documents_fts.rowid "
            f"WHERE documents_fts MATCH :match AND d.revision_id IS NOT NULL{only} "
            f"ORDER BY {f'{_RANK}, ' if ranked else ''}{newest} LIMIT :limit OFFSET :offset"
        )
    index = "documents_published" if portal is None else "documents_portal_published"
    return (
        f"SELECT {_FIELDS} FROM documents AS d INDEXED BY {index} WHERE d.id IN {_MATCHING} "
        f"AND d.revision_id IS NOT NULL{only} ORDER BY {newest} LIMIT :limit OFFSET :offset"
    )


def _hit(db: Database, row: Sequence[Any], terms: Sequence[str]) -> Hit:
    document, body_text, *values = row
    known = dict(zip(_COLUMNS, values, strict=True))
    fields = [(name, known[name]) for name in _SAID]
    fields += [("attachment", row[0]) for row in db.execute(_ATTACHMENTS, [document])]
    marked = [(name, mark_all(text, terms)) for name, text in fields if text]
    matches = tuple((name, text) for name, text in marked if text.hits)
    matches += _in_files(db, document, [body_text, *(text for _, text in fields if text)], terms)
    return Hit(**known, snippet=make_snippet(body_text, terms), matches=matches)


def file_snippets(db: Database, document: int, query: str) -> list[Snippet]:
    """For a document that ``query`` found: the name and a line of the text of the first files in which a term stands
    that stands nowhere else; empty for no query."""
    try:
        terms = query_terms(query)
    except EmptyQuery:
        return []
    row = db.execute(f"SELECT {_FIELDS} FROM documents AS d WHERE d.id = ?", [document]).fetchone()
    if row is None:
        return []
    known = dict(zip(_COLUMNS, row[2:], strict=True))
    said = [row[1], *(known[name] or "" for name in _SAID)]
    said += [name for (name,) in db.execute(_ATTACHMENTS, [document])]
    return [line for _, line in _in_files(db, document, said, terms)]


def _in_files(
    db: Database, document: int, said: Sequence[str], terms: Sequence[str]
) -> tuple[tuple[str, Snippet], ...]:
    """For the first files in whose texts a term stands that is not ``said`` elsewhere: name and a line of the text."""
    folded = fold("\n".join(said))
    elsewhere = [term for term in terms if term not in folded]
    found: list[tuple[str, Snippet]] = []
    for name, text in db.execute(texts_of("?"), [document]) if elsewhere else ():
        part = part_with(text, elsewhere)
        if part is not None:
            line, name = make_snippet(part, elsewhere), f"{printable(name)}："
            places = tuple((start + len(name), end + len(name)) for start, end in line.hits)
            found.append(("attachment_text", Snippet(name + line.text, places)))
        if len(found) == FILES_SHOWN:
            break
    return tuple(found)


def search(
    db: Database, query: str, *, limit: int = 20, offset: int = 0, portal: str | None = None
) -> SearchPage:
    """The documents in whose title, body, numbers, agency, attachment names or texts every term of ``query`` stands.

    White space separates terms, everything else in them is literal; letters' case and width, traditional and
    simplified characters make no difference. Documents without an accepted revision are never found.

    Raises:
        EmptyQuery: nothing to look for. IndexOutdated: the index is of another version.
    """
    terms, expression = query_terms(query), match_expression(query)
    require_current(db)
    everywhere = _count(db, expression)
    count = everywhere if portal is None else _count(db, expression, portal)
    few = everywhere <= COUNT_CAP
    ranked = few and count <= RANK_CAP and _rankable(db, terms)
    rows = db.execute(
        _statement(portal, ranked=ranked, few=few),
        {"match": expression, "portal": portal, "limit": limit, "offset": offset},
    ).fetchall()
    hits = [_hit(db, row, terms) for row in rows]
    return SearchPage(min(count, COUNT_CAP), count > COUNT_CAP, ranked, hits)
