"""What a visit shows about index numbers: links between documents, and findings (DESIGN §4)."""

from __future__ import annotations

from sqlite_utils import Database

from archive.findings import save_finding
from archive.history.documents import read_shown
from archive.identity import MAX_TEXTS, Placement

REUSED = "index-number-reused"
PLACEHOLDER = "index-number-placeholder"

_LINK = "INSERT OR IGNORE INTO document_links(document_id, other_id, relation, since) VALUES (?, ?, ?, ?)"


def note_numbers(
    db: Database, document_id: int, placement: Placement, number: str | None, *, at: str, crawl_id: str | None
) -> None:
    """Write the placement's links and its findings about ``number`` (an index key)."""
    shared = []
    for link in placement.links:
        pair = (document_id, link.other) if link.relation == "shares-number" else (link.other, document_id)
        db.conn.execute(_LINK, (*pair, link.relation, at))
        if link.relation == "shares-number":
            shared.append(link.other)
    if not shared and not placement.placeholder:
        return
    portal = read_shown(db, document_id).portal
    if shared:
        others = [read_shown(db, other).uid for other in shared]
        save_finding(
            db, REUSED, "warning", f"the index number {number} names other texts too: {len(others)}",
            at=at, portal=portal, location=number, data={"index_key": number, "others": others},
            document_id=document_id, crawl_id=crawl_id,
        )  # fmt: skip
    if placement.placeholder:
        save_finding(
            db, PLACEHOLDER, "warning", f"{number} names more than {MAX_TEXTS} texts: a placeholder, it names none",
            at=at, portal=portal, location=number, data={"index_key": number}, crawl_id=crawl_id,
        )  # fmt: skip
