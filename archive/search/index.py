"""The index ``documents_fts``: contentless, so it keeps no text, and :func:`index_document` alone writes it.

In SQLite 3.40 a contentless table takes no DELETE and no UPDATE, and its 'delete' command leaves ghosts
behind when it gets another text than was inserted. Whoever changes a document reads :func:`fts_row` before
and after and gives both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass

from sqlite_utils import Database

from archive.batches import in_batches
from archive.search.tokens import index_tokens

SEARCH_VERSION = "2"
"""What the index holds; raise it when folding (``simplified.tsv``), tokens or the columns' content change."""

COLUMNS = ("title", "body", "numbers", "agency", "attachments")

MOST_OF_TEXT, MOST_OF_TEXTS = 200_000, 400_000
"""Characters of one file's text, and of all texts of a document, that are indexed: 1.3 ms for each 1,000."""

_REBUILDING = re.compile(rf"{SEARCH_VERSION}, rebuilt to ([0-9]+)")

_NAMES = ", ".join(COLUMNS)
_INSERT = f"INSERT INTO documents_fts(rowid, {_NAMES}) VALUES (?, ?, ?, ?, ?, ?)"
_DELETE = f"INSERT INTO documents_fts(documents_fts, rowid, {_NAMES}) VALUES ('delete', ?, ?, ?, ?, ?, ?)"


def texts_of(document: str) -> str:
    """SQL: name and ``text`` of the files whose texts the index holds for a document, ``document`` an expression."""
    return (
        f"SELECT a.name, substr(f.text, 1, {MOST_OF_TEXT}) AS text FROM attachments AS a"
        f" JOIN files AS f ON f.digest = a.text_digest WHERE a.document_id = {document} AND f.text IS NOT NULL"
        " GROUP BY a.text_digest ORDER BY min(a.ordinal), min(a.id)"
    )


# Lines of one column are joined by line feeds, so no hit reaches over from one number or name to the next.
# Texts of files come after all names, each file's once.
_ROWS = f"""
SELECT id, coalesce(title, ''), body_text,
       coalesce(index_number, '') || char(10) || coalesce(document_number, ''), coalesce(agency, ''),
       coalesce((SELECT group_concat(name, char(10)) FROM
                 (SELECT name FROM attachments WHERE document_id = documents.id ORDER BY ordinal, id)), '')
       || coalesce((SELECT char(10) || substr(group_concat(text, char(10)), 1, {MOST_OF_TEXTS}) FROM
                    ({texts_of("documents.id")})), '')
FROM documents WHERE revision_id IS NOT NULL
"""


class IndexOutdated(Exception):
    """The index was written by another version: its answers would be wrong."""


@dataclass(frozen=True, slots=True)
class FtsRow:
    """The texts of one document that search looks in, as the archive has them."""

    title: str
    body: str
    numbers: str
    agency: str
    attachments: str


def fts_row(db: Database, document_id: int) -> FtsRow | None:
    """What the index must hold for a document as it stands now; None while it is not shown."""
    found = db.execute(f"{_ROWS} AND id = ?", [document_id]).fetchone()
    return FtsRow(*found[1:]) if found else None


def all_rows(db: Database) -> Iterator[tuple[int, FtsRow]]:
    """Every document that the index must hold, by ascending id."""
    for found in db.execute(f"{_ROWS} ORDER BY id"):
        yield found[0], FtsRow(*found[1:])


def index_document(db: Database, document_id: int, new: FtsRow | None, old: FtsRow | None) -> None:
    """Replace a document's entry in the index; the only writer of ``documents_fts`` beside a rebuilding.

    ``old`` is :func:`fts_row` from before the change in the same transaction (None: the document was not
    indexed), ``new`` that from after it (None: it is not to be found any more). While the index is rebuilt, a document
    that the rebuilding has not come to is left to it.
    """
    if new == old:
        return
    reached = rebuilt_to(db)
    if reached is None or document_id <= reached:
        replace_entry(db, document_id, new, old)


def replace_entry(db: Database, document_id: int, new: FtsRow | None, old: FtsRow | None) -> None:
    """The same whatever the state of the index: ``old`` must be what stands in it."""
    if old is not None:
        db.execute(_DELETE, [document_id, *map(index_tokens, astuple(old))])
    if new is not None:
        db.execute(_INSERT, [document_id, *map(index_tokens, astuple(new))])


def search_version(db: Database) -> str | None:
    """The version that wrote the index, from ``archive_info``; a phrase while it is not whole."""
    found = db.execute("SELECT value FROM archive_info WHERE key = 'search_version'").fetchone()
    return str(found[0]) if found else None


def rebuilt_to(db: Database) -> int | None:
    """The last document that a rebuilding for this version has indexed; None when none is under way."""
    found = _REBUILDING.fullmatch(search_version(db) or "")
    return int(found[1]) if found else None


def require_current(db: Database) -> None:
    """Raise :class:`IndexOutdated` when the index is not of this version, or not whole."""
    found = search_version(db)
    if found == SEARCH_VERSION:
        return
    if rebuilt_to(db) is not None:
        raise IndexOutdated(
            "the search index is being rebuilt, or its rebuilding was broken off: wait, or run"
            " `gongkai verify --repair`, which goes on with it"
        )
    raise IndexOutdated(
        f"the search index has version {found or 'none'}, this gongkai needs {SEARCH_VERSION}: "
        "run `gongkai init` to rebuild it"
    )


def rebuild_index(db: Database, progress: Callable[[int], None] | None = None) -> int:
    """Write the whole index anew, or go on where a rebuilding was broken off; the number of documents it wrote.

    In short transactions, about 2 ms for each 1,000 characters, while others write. ``archive_info.search_version``
    says how far it is: until the end nobody searches, and a kill leaves nothing to undo. ``progress`` is told the
    number so far. Raises ``NestedTransaction`` inside a transaction.
    """
    count, begun = 0, rebuilt_to(db) is not None

    def step() -> bool:
        nonlocal count, begun
        reached = rebuilt_to(db)
        if reached is None:
            if begun:  # another process has finished it
                return False
            begun = True
            db.execute("INSERT INTO documents_fts(documents_fts) VALUES ('delete-all')")
            _set_version(db, _reached(0))
            return True
        found = db.execute(f"{_ROWS} AND id > ? ORDER BY id LIMIT 1", [reached]).fetchone()
        if found is None:
            _set_version(db, SEARCH_VERSION)
            return False
        replace_entry(db, found[0], FtsRow(*found[1:]), None)
        _set_version(db, _reached(found[0]))
        count += 1
        if progress is not None:
            progress(count)
        return True

    in_batches(db, step)
    return count


def index_later(db: Database, after: int) -> None:
    """Leave the documents with ids above ``after`` to a rebuilding, inside the caller's transaction.

    For who writes so many at once that indexing them would keep others out for minutes: their ids must be higher than
    any before, and :func:`rebuild_index` is to be called after the commit. Until that is done nobody searches.
    """
    if rebuilt_to(db) is None:
        _set_version(db, _reached(after))


def _reached(document_id: int) -> str:
    return f"{SEARCH_VERSION}, rebuilt to {document_id}"


def _set_version(db: Database, value: str) -> None:
    db.execute(
        "INSERT INTO archive_info(key, value) VALUES ('search_version', ?) "
        "ON CONFLICT(key) DO UPDATE SET value = excluded.value",
        [value],
    )
