"""What a night's crawls changed, and which addresses keep failing."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlite_utils import Database

MOST = 200
"""Rows listed of one kind; the totals count all. A mass change is one line for the operator, not a page of 100,000."""

KINDS: dict[str, tuple[str, ...]] = {
    "new": ("new",),
    "revised": ("revised", "renumbered", "attachment-changed"),
    "withdrawn": ("withdrawn",),
    "returned": ("returned",),
    "quarantined": ("quarantined",),
    "released": ("released",),
}

_EVENTS = """
    FROM events AS e JOIN documents AS d ON d.id = e.document_id
    WHERE e.kind IN (SELECT value FROM json_each(:kinds)) AND e.at >= :since
      AND (e.crawl_id IN (SELECT value FROM json_each(:crawls)) OR e.kind = 'released' AND d.portal IN (
        SELECT portal FROM crawls WHERE id IN (SELECT value FROM json_each(:crawls))))
"""
"""A release belongs to no crawl: what an earlier one held back is shown since."""


def changes(db: Database, crawls: Collection[str], since: str) -> dict[str, dict[str, Any]]:
    """By kind the number of documents, and the first ``MOST`` of them: uid, title, portal, number, address, event, time."""
    found = {}
    for name, kinds in KINDS.items():
        asked = {
            "crawls": json.dumps(sorted(crawls)),
            "kinds": json.dumps(kinds),
            "since": since,
            "most": MOST,
        }
        total = db.execute(f"SELECT count(DISTINCT e.document_id) {_EVENTS}", asked).fetchone()[0]
        rows = db.query(
            "SELECT d.uid, d.title, d.portal, d.index_number, d.url, group_concat(DISTINCT e.kind) AS event,"
            f" max(e.at) AS at {_EVENTS} GROUP BY d.id ORDER BY max(e.seq) LIMIT :most",
            asked,
        )
        found[name] = {"total": total, "documents": list(rows)}
    return found


def failing(db: Database, portals: Collection[str], state: str) -> dict[str, Any]:
    """Addresses of ``portals`` in ``state`` (``error`` or ``blocked``): how many, and those failing longest."""
    asked = {"portals": json.dumps(sorted(portals)), "state": state, "most": MOST}
    where = (
        "FROM sightings AS s WHERE s.portal IN (SELECT value FROM json_each(:portals)) AND s.state = :state"
    )
    total = db.execute(f"SELECT count(*) {where}", asked).fetchone()[0]
    rows = db.query(
        "SELECT s.portal, s.url, s.last_error, s.failures, s.visited_at,"
        f" (SELECT d.uid FROM documents AS d WHERE d.id = s.document_id) AS uid {where}"
        " ORDER BY s.failures DESC, s.id LIMIT :most",
        asked,
    )
    return {"total": total, "addresses": list(rows)}
