"""The SQLite archive: captures, documents, revisions, search. Knows no HTML parsing and no HTTP client."""

__version__ = "0.1.0"
