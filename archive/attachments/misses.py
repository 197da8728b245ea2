"""A file that did not come: why, and when to ask again. What is known of it stays.

The reason stands in a finding of the document, ``attachment-gone``, ``attachment-error`` or ``attachment-refused``,
which is resolved when the file comes; the table ``attachments`` has the state alone. It is a warning where nothing of
the file is kept.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Literal

from sqlite_utils import Database

from archive.attachments.rows import Link, links_to
from archive.captures.model import Capture
from archive.captures.table import add_capture
from archive.crawling.frontier import next_try
from archive.findings import fingerprint, save_finding
from archive.times import stamp_of

Miss = Literal["gone", "error", "refused"]

RULES: dict[Miss, str] = {
    "gone": "attachment-gone",
    "error": "attachment-error",
    "refused": "attachment-refused",
}
OFFSITE = "offsite"
"""The reason of a refusal that holds until the portal file names the host."""
REFUSED_FOR = timedelta(days=30)
"""What was refused (too large, forbidden by robots.txt, no public address) is asked for again after this long."""

_FAILURES = "SELECT data FROM findings WHERE fingerprint = ? AND resolved_at IS NULL"
_RESOLVE = """
UPDATE findings SET resolved_at = ? WHERE document_id = ? AND location = ? AND resolved_at IS NULL
  AND rule IN (SELECT value FROM json_each(?)) AND rule IS NOT ?
"""


def miss_attachment(
    db: Database,
    portal: str,
    url_key: str,
    *,
    state: Miss,
    reason: str,
    error: str,
    at: str,
    crawl_id: str,
    capture: Capture | None = None,
) -> int:
    """Note at every document that links to the address that its file did not come; how many there are.

    ``state``: ``gone`` (404, 410, a page that says so), ``error`` (the network, the server, a page instead of the
    file), ``refused`` (never asked for, or too large). ``reason`` is one word, ``error`` a sentence for people.
    ``capture`` is what came instead, if anything.
    """
    if capture is not None:
        add_capture(db, capture)
    links = links_to(db, portal, url_key)
    for link in links:
        db.conn.execute("UPDATE attachments SET state = ? WHERE id = ?", (state, link.id))
        resolve_misses(db, link.document_id, url_key, at, but=RULES[state])
        _find(db, portal, url_key, link, state, reason, error, at, crawl_id)
    return len(links)


def _find(
    db: Database,
    portal: str,
    url_key: str,
    link: Link,
    state: Miss,
    reason: str,
    error: str,
    at: str,
    crawl_id: str,
) -> None:
    row = db.conn.execute(_FAILURES, (fingerprint(RULES[state], link.uid, url_key),)).fetchone()
    failures = int(json.loads(row[0]).get("failures", 0)) if row else 0
    again: str | None = next_try(at, failures)
    if state == "refused":
        again = stamp_of(datetime.fromisoformat(at) + REFUSED_FOR) if reason != OFFSITE else None
    save_finding(
        db, RULES[state], "info" if state == "refused" or link.digest else "warning", f"{link.name}: {error}",
        at=at, portal=portal, location=url_key, document_id=link.document_id, crawl_id=crawl_id,
        data={"name": link.name, "url": link.url, "reason": reason, "failures": failures + 1, "next_try": again},
    )  # fmt: skip


def resolve_misses(db: Database, document_id: int, url_key: str, at: str, but: str | None = None) -> None:
    """Close what is open about a file that did not come, except under the rule ``but``."""
    db.conn.execute(_RESOLVE, (at, document_id, url_key, json.dumps(list(RULES.values())), but))
