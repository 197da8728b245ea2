"""The tables of a portal's history: what a row is known by in every archive, and which ids it refers to.

Integer ids are local to one file. A row of the replayed database is found again in the archive by its natural key,
whose parts may themselves be ids of rows that were found before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Table:
    """``key``: the natural key; ``refers``: column → table whose ids it holds; ``late``: those among them that are
    filled when all rows are there (rows that refer to each other). ``mine``: an SQL condition on the archive's row
    ``t`` that holds for a row of the portal ``:portal``. ``kept``: columns of which the archive's value stays."""

    name: str
    key: tuple[str, ...]
    refers: Mapping[str, str] = field(default_factory=dict)
    late: frozenset[str] = frozenset()
    mine: str = "t.portal = :portal"
    has_id: bool = True
    kept: frozenset[str] = frozenset()


_OF_DOCUMENT = "t.document_id IN (SELECT id FROM main.documents WHERE portal = :portal)"

CRAWLS = Table("crawls", ("id",), has_id=False)
DIRECTORIES = Table("directories", ("portal", "key"), {"parent_id": "directories"}, frozenset({"parent_id"}))
WALKS = Table(
    "walks",
    ("directory_id", "crawl_id", "mode"),
    {"directory_id": "directories"},
    mine="t.directory_id IN (SELECT id FROM main.directories WHERE portal = :portal)",
)
CAPTURES = Table("captures", ("file", "offset"), {"refers_to_id": "captures"}, frozenset({"refers_to_id"}))
AGENCIES = Table(
    "agencies",
    ("portal", "name"),
    {"same_as_id": "agencies"},
    frozenset({"same_as_id"}),
    kept=frozenset({"same_as_id"}),  # somebody's judgement, which no capture holds
)
DOCUMENTS = Table(
    "documents",
    ("uid",),
    {"revision_id": "revisions", "agency_id": "agencies"},
    frozenset({"revision_id"}),
)
SIGHTINGS = Table(
    "sightings",
    ("portal", "url_key"),
    {"document_id": "documents", "revision_id": "revisions"},
    frozenset({"revision_id"}),
)
REVISIONS = Table(
    "revisions",
    ("sighting_id", "capture_id"),
    {"document_id": "documents", "sighting_id": "sightings", "capture_id": "captures"},
    mine="t.sighting_id IN (SELECT id FROM main.sightings WHERE portal = :portal)",
)
FILES = Table(
    "files",
    ("digest",),
    {"capture_id": "captures"},
    mine="0",
    has_id=False,
    kept=frozenset({"capture_id", "text", "text_status", "text_note", "extractor_version"}),
)
ATTACHMENTS = Table(
    "attachments",
    ("document_id", "url_key"),
    {"document_id": "documents"},
    mine=_OF_DOCUMENT,
    kept=frozenset({"text_digest"}),  # what the index holds here; no capture says it
)
FINDINGS = Table(
    "findings",
    ("fingerprint",),
    {
        "directory_id": "directories",
        "document_id": "documents",
        "revision_id": "revisions",
        "sighting_id": "sightings",
    },
)
ENTRIES = Table(
    "entries",
    ("directory_id", "sighting_id"),
    {
        "directory_id": "directories",
        "sighting_id": "sightings",
        "capture_id": "captures",
        "first_walk_id": "walks",
        "last_walk_id": "walks",
    },
    mine="t.sighting_id IN (SELECT id FROM main.sightings WHERE portal = :portal)",
    has_id=False,
)
REVISION_CAPTURES = Table(
    "revision_captures",
    ("revision_id", "part", "ordinal"),
    {"revision_id": "revisions", "capture_id": "captures"},
    mine="t.revision_id IN (SELECT r.id FROM main.revisions AS r JOIN main.sightings AS s ON s.id = r.sighting_id"
    " WHERE s.portal = :portal)",
    has_id=False,
)
DOCUMENT_UIDS = Table("document_uids", ("uid",), {"document_id": "documents"}, mine="0", has_id=False)
DOCUMENT_LINKS = Table(
    "document_links",
    ("document_id", "other_id", "relation"),
    {"document_id": "documents", "other_id": "documents"},
    mine=_OF_DOCUMENT,
    has_id=False,
)
ATTACHMENT_VERSIONS = Table(
    "attachment_versions",
    ("attachment_id", "capture_id"),
    {"attachment_id": "attachments", "capture_id": "captures"},
    mine="t.attachment_id IN (SELECT a.id FROM main.attachments AS a JOIN main.documents AS d ON d.id = a.document_id"
    " WHERE d.portal = :portal)",
    has_id=False,
)

FIRST = (CRAWLS, DIRECTORIES, WALKS, CAPTURES, FILES, AGENCIES, DOCUMENTS, SIGHTINGS)
"""In an order in which each row finds what it refers to."""
LAST = (ATTACHMENTS, FINDINGS, ENTRIES, REVISION_CAPTURES, DOCUMENT_UIDS, DOCUMENT_LINKS, ATTACHMENT_VERSIONS)
