"""The table ``findings``: what a reader or operator should know, each thing once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

_UPSERT = """
    INSERT INTO findings(fingerprint, rule, severity, message, location, data, portal, directory_id,
                         document_id, revision_id, sighting_id, crawl_id, first_seen_at, last_seen_at)
    VALUES (:fingerprint, :rule, :severity, :message, :location, :data, :portal, :directory_id, :document_id,
            :revision_id, :sighting_id, :crawl_id, :at, :at)
    ON CONFLICT(fingerprint) DO UPDATE SET severity = excluded.severity, message = excluded.message,
      data = excluded.data, directory_id = excluded.directory_id, document_id = excluded.document_id,
      revision_id = excluded.revision_id, sighting_id = excluded.sighting_id, crawl_id = excluded.crawl_id,
      first_seen_at = min(first_seen_at, excluded.first_seen_at),
      last_seen_at = max(last_seen_at, excluded.last_seen_at), resolved_at = NULL
    RETURNING id
"""


def save_finding(
    db: Database,
    rule: str,
    severity: str,
    message: str,
    *,
    at: str,
    portal: str,
    location: str | None = None,
    data: Mapping[str, Any] | None = None,
    directory_id: int | None = None,
    document_id: int | None = None,
    revision_id: int | None = None,
    sighting_id: int | None = None,
    crawl_id: str | None = None,
) -> int:
    """Note a finding; the same rule, subject and place again is the same row, seen at ``at`` and open again.

    The subject is the document by its uid, else the portal; ``location`` tells apart what one subject has
    several of (a cell, an address, a directory's key). Gives the row's id. Raises ``sqlite3.IntegrityError``
    for a severity other than info, warning, error.
    """
    subject = portal
    if document_id is not None:
        row = db.conn.execute("SELECT uid FROM documents WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            raise KeyError(f"no document {document_id}")
        subject = row[0]
    values = {
        "fingerprint": fingerprint(rule, subject, location), "rule": rule, "severity": severity,
        "message": message, "location": location,
        "data": json.dumps(dict(data or {}), ensure_ascii=False, sort_keys=True),
        "portal": portal, "directory_id": directory_id, "document_id": document_id,
        "revision_id": revision_id, "sighting_id": sighting_id, "crawl_id": crawl_id, "at": at,
    }  # fmt: skip
    return int(db.conn.execute(_UPSERT, values).fetchone()[0])


def fingerprint(rule: str, subject: str, location: str | None) -> str:
    """sha256 (hex) of rule, the subject's uid or portal, and location: the same in every archive."""
    return hashlib.sha256(
        "\n".join((rule, subject, location or "")).encode("utf-8", "surrogatepass")
    ).hexdigest()
