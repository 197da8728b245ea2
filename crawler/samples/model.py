"""What a sample portal consists of, as its data files say it (``data/<portal>/``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Document:
    """One document: a line of ``documents.tsv``.

    ``id`` is unique in its portal, ``directories`` are the keys of the columns that list it; it has one address
    in each. Dates are YYYY-MM-DD: ``published_on`` is what listing and page say, ``created_on`` goes into the
    address (the day of entry; often another one, platforms.md §1). ``text`` is the marked-up body (``text.py``).
    """

    id: str
    directories: tuple[str, ...]
    title: str
    index_number: str
    document_number: str
    agency: str
    published_on: str
    written_on: str
    created_on: str
    catalog: str
    text: str


@dataclass(frozen=True, slots=True)
class Quirk:
    """A peculiarity of a portal: ``kind`` is what the site's code does, ``cites`` the catalogue's section."""

    kind: str
    cites: str
    document: str | None = None
    directory: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to a document from ``edition`` on: ``added``, ``edited`` (``replace``), ``removed``, or ``replaced``:
    its attachment called ``file`` is another one at the same address, with the line ``adds`` more."""

    document: str
    kind: str
    edition: int
    replace: tuple[tuple[str, str], ...] = ()
    file: str = ""
    adds: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One directory of a sample portal; ``url`` is its path, ``data`` what its family needs."""

    key: str
    name: str
    url: str
    expect: str = "entries"
    page_size: int = 6
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a listing: ``href`` is an absolute path or URL; ``document`` is None for other rows."""

    href: str
    title: str
    published_on: str
    document: Document | None = None
    pinned: bool = False
    kind: str = "page"


@dataclass(frozen=True, slots=True)
class PortalData:
    """All data of one sample portal."""

    id: str
    name: str
    family: str
    place: str
    charset: str
    content_type: str
    columns: tuple[Column, ...]
    documents: tuple[Document, ...]
    quirks: tuple[Quirk, ...]
    changes: tuple[Change, ...]
    site: Mapping[str, Any]

    def column(self, key: str) -> Column:
        """The column with this key; raises ``StopIteration`` for none, a slip in a data file."""
        return next(column for column in self.columns if column.key == key)

    def document(self, id_: str) -> Document:
        """The document with this id."""
        return next(document for document in self.documents if document.id == id_)

    def quirk(self, kind: str, *, document: str | None = None, directory: str | None = None) -> Quirk | None:
        """The first quirk of a kind, of one document or directory if asked so."""
        for quirk in self.quirks:
            if quirk.kind != kind:
                continue
            if document in (None, quirk.document) and directory in (None, quirk.directory):
                return quirk
        return None

    def change(self, document: str, kind: str, edition: int) -> Change | None:
        """The change of a kind that has happened to a document by ``edition``."""
        for change in self.changes:
            if change.document == document and change.kind == kind and change.edition <= edition:
                return change
        return None
