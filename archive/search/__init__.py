"""Full-text search that finds any part of a Chinese text (DESIGN §8)."""

from archive.search.check import check_index
from archive.search.find import Hit, SearchPage, file_snippets, search
from archive.search.fold import fold
from archive.search.index import (
    SEARCH_VERSION,
    FtsRow,
    IndexOutdated,
    fts_row,
    index_document,
    index_later,
    rebuild_index,
    search_version,
)
from archive.search.snippet import Snippet, printable
from archive.search.sql import register
from archive.search.tokens import EmptyQuery, index_tokens, match_expression

__all__ = [
    "SEARCH_VERSION",
    "EmptyQuery",
    "FtsRow",
    "Hit",
    "IndexOutdated",
    "SearchPage",
    "Snippet",
    "check_index",
    "file_snippets",
    "fold",
    "fts_row",
    "index_document",
    "index_later",
    "index_tokens",
    "match_expression",
    "printable",
    "rebuild_index",
    "register",
    "search",
    "search_version",
]
