"""Findings of extraction, kept for the record that a document shows, resolved when it no longer has them."""

from __future__ import annotations

from sqlite_utils import Database

from archive.findings import save_finding
from archive.record import Record

_OPEN = """
SELECT id, rule, location FROM findings
WHERE document_id = ? AND revision_id IS NOT NULL AND resolved_at IS NULL
"""


def save_record_findings(
    db: Database,
    record: Record,
    *,
    portal: str,
    document_id: int,
    revision_id: int,
    at: str,
    crawl_id: str | None,
) -> None:
    """Save the record's findings and resolve the document's other ones that a record had.

    A finding about a record has a ``revision_id``; those about identity or attachments have none and are left
    alone.
    """
    present = {(finding.rule, finding.location) for finding in record.findings}
    for finding_id, rule, location in db.conn.execute(_OPEN, (document_id,)).fetchall():
        if (rule, location) not in present:
            db.conn.execute("UPDATE findings SET resolved_at = ? WHERE id = ?", (at, finding_id))
    for finding in record.findings:
        save_finding(
            db, finding.rule, finding.severity, finding.message, at=at, portal=portal, location=finding.location,
            document_id=document_id, revision_id=revision_id, crawl_id=crawl_id,
        )  # fmt: skip
