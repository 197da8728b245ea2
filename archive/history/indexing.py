"""Keeping the search index in step with a document."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlite_utils import Database

from archive.search import fts_row, index_document


@contextmanager
def indexed(db: Database, document_id: int) -> Iterator[None]:
    """Index a document anew after the block changed its rows or removed it.

    When the block raises, the transaction around it is rolled back and there is nothing to index. Not once
    for a whole batch: measured, FTS5 then only writes as much later.
    """
    old = fts_row(db, document_id)
    yield
    index_document(db, document_id, fts_row(db, document_id), old)
