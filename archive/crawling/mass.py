"""How much of a portal changed at once: counts that one crawl made, for the judgement of the whole."""

from __future__ import annotations

from typing import NamedTuple

from sqlite_utils import Database

_VISITED = """
    FROM sightings AS s JOIN crawls AS c ON c.id = :crawl AND c.portal = s.portal
    WHERE s.visited_at >= c.started_at AND s.first_seen_at < c.started_at AND s.kind = 'page'
      AND EXISTS (SELECT 1 FROM entries AS e WHERE e.sighting_id = s.id AND e.delisted_at IS NULL)
"""
_GONE = "s.state = 'gone' AND s.gone_days = 1"


class Vanished(NamedTuple):
    """``gone`` of ``visited`` addresses that are still listed; ``url`` is one of them."""

    gone: int
    visited: int
    url: str | None


class Delisted(NamedTuple):
    """``lost`` of the ``total`` entries of a directory (its key) that were listed until this crawl."""

    directory: str
    lost: int
    total: int


def vanished(db: Database, crawl_id: str) -> Vanished:
    """Known addresses that a listing still names and that were gone for the first time in this crawl, and those visited.

    Each withdrawal is an event of its own; so many at once, of documents that the portal itself still lists, is a portal
    that moved or broke.
    """
    row = db.execute(
        f"SELECT coalesce(sum({_GONE}), 0), coalesce(sum(s.state = 'ok' OR {_GONE}), 0), min(iif({_GONE}, s.url, NULL)) {_VISITED}",
        {"crawl": crawl_id},
    ).fetchone()
    return Vanished(int(row[0]), int(row[1]), row[2])


def delisted(db: Database, crawl_id: str) -> list[Delisted]:
    """By directory, how many of the entries that it had were missed by a whole walk of this crawl."""
    rows = db.execute(
        """
        SELECT d.key, sum(e.delisted_at >= c.started_at), count(*) FROM crawls AS c
        JOIN directories AS d ON d.portal = c.portal JOIN entries AS e ON e.directory_id = d.id
        WHERE c.id = :crawl AND coalesce(e.delisted_at >= c.started_at, 1)
          AND EXISTS (SELECT 1 FROM entries AS o WHERE o.directory_id = d.id AND o.delisted_at >= c.started_at)
        GROUP BY d.id ORDER BY d.key
        """,
        {"crawl": crawl_id},
    )
    return [Delisted(key, int(lost), int(total)) for key, lost, total in rows]
