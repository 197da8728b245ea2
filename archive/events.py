"""The table ``events``: what happened in this archive, in its order; only ever appended to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database


def add_event(
    db: Database,
    kind: str,
    document_id: int,
    *,
    at: str,
    crawl_id: str | None = None,
    revision_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> int:
    """Append an event about a document; its ``seq``, which never repeats.

    ``data`` holds what the rows no longer say (the old number or uid). Raises ``sqlite3.IntegrityError``
    for a kind that the schema does not know.
    """
    cursor = db.conn.execute(
        "INSERT INTO events(at, crawl_id, kind, document_id, revision_id, data) VALUES (?, ?, ?, ?, ?, ?)"
        " RETURNING seq",
        (
            at, crawl_id, kind, document_id, revision_id,
            json.dumps(dict(data or {}), ensure_ascii=False, sort_keys=True),
        ),
    )  # fmt: skip
    return int(cursor.fetchone()[0])
