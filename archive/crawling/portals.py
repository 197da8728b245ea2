"""The tables ``portals`` and ``directories``: what the portal files say, kept beside what was crawled with
it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlite_utils import Database


def save_portal(
    db: Database,
    *,
    id: str,
    name: str,
    family: str,
    base_url: str,
    region_code: str | None,
    site_code: str | None,
    enabled: bool,
    verified_on: str | None,
    config: Mapping[str, Any],
    config_hash: str,
    at: str,
) -> None:
    """Insert or update a portal. ``enabled`` counts for a new one only: later it is the user's choice.

    ``updated_at`` moves only when something else did, so that an unchanged portal file writes no new row.
    """
    db.conn.execute(
        """
        INSERT INTO portals(id, name, family, base_url, region_code, site_code, enabled, verified_on, config,
                            config_hash, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT(id) DO UPDATE SET name = excluded.name, family = excluded.family,
          base_url = excluded.base_url, region_code = excluded.region_code, site_code = excluded.site_code,
          verified_on = excluded.verified_on, config = excluded.config, config_hash = excluded.config_hash,
          updated_at = excluded.updated_at
        WHERE (name, family, base_url, region_code, site_code, verified_on, config, config_hash) IS NOT
          (excluded.name, excluded.family, excluded.base_url, excluded.region_code, excluded.site_code,
           excluded.verified_on, excluded.config, excluded.config_hash)
        """,
        (
            id, name, family, base_url, region_code, site_code, int(enabled), verified_on,
            json.dumps(config, ensure_ascii=False, sort_keys=True), config_hash, at,
        ),
    )  # fmt: skip


def set_enabled(db: Database, portal: str, enabled: bool, *, at: str) -> bool:
    """Switch a portal on or off for ``nightly``; False when the archive does not know it."""
    cursor = db.conn.execute(
        "UPDATE portals SET enabled = ?, updated_at = ? WHERE id = ?", (int(enabled), at, portal)
    )
    return cursor.rowcount > 0


def save_directory(
    db: Database, portal: str, key: str, name: str, url: str, expect: str, parent: int | None = None
) -> int:
    """The id of a portal's directory, inserted or updated; one that had been retired comes back."""
    db.conn.execute(
        """
        INSERT INTO directories(portal, key, name, parent_id, url, expect) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT(portal, key) DO UPDATE SET name = excluded.name, parent_id = excluded.parent_id,
          url = excluded.url, expect = excluded.expect, retired_at = NULL
        """,
        (portal, key, name, parent, url, expect),
    )
    row = db.conn.execute("SELECT id FROM directories WHERE portal = ? AND key = ?", (portal, key)).fetchone()
    return int(row[0])


def directory_id(db: Database, portal: str, key: str) -> int | None:
    """The id of a portal's directory, retired or not; None when it never had one of this key."""
    row = db.conn.execute("SELECT id FROM directories WHERE portal = ? AND key = ?", (portal, key)).fetchone()
    return int(row[0]) if row else None


def retire_missing(db: Database, portal: str, keys: Collection[str], at: str) -> int:
    """Mark the portal's directories that are not among ``keys`` as retired; how many were. Entries stay."""
    cursor = db.conn.execute(
        "UPDATE directories SET retired_at = ? WHERE portal = ? AND retired_at IS NULL"
        " AND key NOT IN (SELECT value FROM json_each(?))",
        (at, portal, json.dumps(sorted(keys), ensure_ascii=False)),
    )
    return cursor.rowcount


def portal_ids(db: Database) -> list[str]:
    """The ids of all portals in the archive, sorted."""
    return [row[0] for row in db.execute("SELECT id FROM portals ORDER BY id")]


def portal_states(db: Database) -> dict[str, dict[str, Any]]:
    """By id: whether the portal is enabled, its number of documents, when it was last crawled and with which verdict."""
    query = """
        SELECT p.id, p.enabled, (SELECT count(*) FROM documents AS d WHERE d.portal = p.id AND d.revision_id IS NOT NULL) AS documents,
               c.started_at AS crawled_at, c.verdict
        FROM portals AS p LEFT JOIN crawls AS c ON c.id = (
          SELECT id FROM crawls WHERE portal = p.id ORDER BY started_at DESC, id DESC LIMIT 1)
    """
    return {row["id"]: row for row in db.query(query)}
