"""What a repair learns from: pages that are held back beside what their addresses said before, and the last listings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from sqlite_utils import Database


class HeldBack(NamedTuple):
    """A revision that is held back; ``accepted_id`` is what readers see of its address or its document instead."""

    revision_id: int
    accepted_id: int | None
    url: str
    seen_at: str
    directory_key: str | None


class Listed(NamedTuple):
    """What a directory's listings said of one address when it was last listed."""

    url_key: str
    url: str
    title: str | None
    published_on: str | None
    fields: Mapping[str, str]


class Response(NamedTuple):
    """Where an answer's bytes lie, and what it was the answer to."""

    request_key: str
    file: str
    offset: int
    length: int
    fetched_at: str
    url: str


_DIRECTORY = """
(SELECT d.key FROM entries AS e JOIN directories AS d ON d.id = e.directory_id
 WHERE e.sighting_id = s.id ORDER BY e.delisted_at IS NOT NULL, d.key LIMIT 1)
"""
# The last one of each address: what it says now.
_HELD_BACK = f"""
SELECT r.id, coalesce(s.revision_id, d.revision_id), s.url, r.seen_at, {_DIRECTORY}
FROM revisions AS r JOIN sightings AS s ON s.id = r.sighting_id JOIN documents AS d ON d.id = r.document_id
WHERE s.portal = ? AND s.kind = 'page' AND r.status = 'quarantined'
  AND r.number = (SELECT max(number) FROM revisions WHERE sighting_id = s.id)
ORDER BY coalesce(s.revision_id, d.revision_id) IS NULL, r.seen_at DESC, s.url_key
"""
_ACCEPTED = f"""
SELECT r.id, r.id, s.url, r.seen_at, {_DIRECTORY}
FROM sightings AS s JOIN revisions AS r ON r.id = s.revision_id
WHERE s.portal = ? AND s.kind = 'page' AND r.status = 'accepted' ORDER BY r.seen_at DESC, s.url_key LIMIT ?
"""
_RESPONSES = """
SELECT c.request_key, o.file, o.offset, o.length, c.fetched_at, c.url
FROM captures AS c JOIN captures AS o ON o.id = coalesce(c.refers_to_id, c.id)
WHERE c.crawl_id = ? AND c.role = 'listing' AND c.status < 400 ORDER BY c.id
"""


def held_back(db: Database, portal: str) -> list[HeldBack]:
    """The last revision of each of the portal's addresses that is held back, those with an accepted one first."""
    return [HeldBack(*row) for row in db.execute(_HELD_BACK, [portal]).fetchall()]


def last_accepted(db: Database, portal: str, limit: int) -> list[HeldBack]:
    """The portal's accepted revisions that readers see, the newest first."""
    return [HeldBack(*row) for row in db.execute(_ACCEPTED, [portal, limit]).fetchall()]


def listing_responses(db: Database, crawl_id: str) -> dict[str, Response]:
    """The listing answers of a crawl by request key; of several to one request the last."""
    return {row[0]: Response(*row) for row in db.execute(_RESPONSES, [crawl_id]).fetchall()}


def listed_entries(db: Database, portal: str, directory_key: str) -> list[Listed]:
    """What is listed in a directory, as its listings said last."""
    rows = db.execute(
        "SELECT s.url_key, s.url, e.title, e.published_on, e.fields FROM entries AS e"
        " JOIN sightings AS s ON s.id = e.sighting_id JOIN directories AS d ON d.id = e.directory_id"
        " WHERE d.portal = ? AND d.key = ? ORDER BY e.delisted_at IS NOT NULL, e.position, s.url_key",
        [portal, directory_key],
    )
    return [Listed(key, url, title, day, json.loads(said)) for key, url, title, day, said in rows.fetchall()]


def last_total(db: Database, portal: str, directory_key: str, crawls: list[str]) -> int | None:
    """How many entries the directory announced, or else had, in the newest of ``crawls`` that walked it well."""
    row = db.execute(
        "SELECT coalesce(w.announced_total, w.entries_seen) FROM walks AS w JOIN directories AS d ON d.id = w.directory_id"
        " WHERE d.portal = ? AND d.key = ? AND w.crawl_id IN (SELECT value FROM json_each(?)) AND w.verdict = 'complete'"
        " ORDER BY w.crawl_id DESC LIMIT 1",
        [portal, directory_key, json.dumps(crawls)],
    ).fetchone()
    return int(row[0]) if row and row[0] else None


def revisions_to_read(db: Database, portal: str, since: str) -> list[int]:
    """The ids of the portal's revisions that are held back or were seen from ``since`` (UTC) on, the oldest first."""
    rows = db.execute(
        "SELECT r.id FROM revisions AS r JOIN documents AS d ON d.id = r.document_id"
        " WHERE d.portal = ? AND (r.status = 'quarantined' OR r.seen_at >= ?) ORDER BY r.id",
        [portal, since],
    )
    return [row[0] for row in rows.fetchall()]


def held_back_count(db: Database, portal: str) -> int:
    """How many of the portal's revisions are held back."""
    query = (
        "SELECT count(*) FROM revisions AS r JOIN documents AS d ON d.id = r.document_id"
        " WHERE d.portal = ? AND r.status = 'quarantined'"
    )
    return int(db.execute(query, [portal]).fetchone()[0])
