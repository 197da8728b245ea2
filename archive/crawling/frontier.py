"""What to fetch next, read off the archive itself (DESIGN §7): there is no second state that could
disagree.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlite_utils import Database

from archive.captures.model import Capture
from archive.captures.table import add_capture
from archive.times import stamp_of

FIRST_RETRY = timedelta(hours=1)
"""How long after its first failure an address is due again; twice as long after each further one."""

LAST_RETRY = timedelta(days=7)
"""The longest wait between two tries of a failing address."""

GONE_DAYS = 3
"""On so many different days an address has to be gone until its absence is believed (DESIGN §4)."""

STATES = ("pending", "ok", "error", "blocked", "gone", "offsite")


@dataclass(frozen=True, slots=True)
class Due:
    """An address to visit, with what makes the visit conditional and what its listing says of it.

    ``title``, ``published_on``, ``fields``, ``directory_key`` and ``listing_capture_id`` are of one entry:
    not delisted where there is one, then the first directory by key. All are empty when no directory lists
    it. ``visited``: it was asked for before.
    """

    sighting_id: int
    url: str
    url_key: str
    kind: str
    etag: str | None
    last_modified: str | None
    title: str | None
    published_on: str | None
    fields: Mapping[str, str]
    directory_key: str | None
    listing_capture_id: int | None
    visited: bool = True


_FIELDS = tuple(field.name for field in fields(Due))

# In the order of _FIELDS.
_COLUMNS = """
    SELECT s.id, s.url, s.url_key, s.kind, s.etag, s.last_modified, e.title, e.published_on, e.fields,
           d.key, e.capture_id, s.visited_at IS NOT NULL
"""

_LISTED = """
    LEFT JOIN entries AS e ON e.sighting_id = s.id AND e.directory_id = (
        SELECT o.directory_id FROM entries AS o JOIN directories AS od ON od.id = o.directory_id
        WHERE o.sighting_id = s.id ORDER BY o.delisted_at IS NOT NULL, od.key LIMIT 1)
    LEFT JOIN directories AS d ON d.id = e.directory_id
"""

# By address, not by id: ids depend on how the walks of several directories interleaved, and on kills. Where few are
# pending both halves seek in sightings_due and sort; where many are, the first walks the index of addresses.
_CHOSEN = """
    WITH crawl AS (SELECT started_at, command = 'crawl' AS eager FROM crawls WHERE id = :crawl_id),
    chosen AS (
      SELECT id, url_key FROM (
        SELECT id, url_key FROM sightings WHERE portal = :portal AND state = 'pending' AND next_visit_at IS NULL
          AND {key} > :after AND kind IN (SELECT value FROM json_each(:kinds)) ORDER BY {key} LIMIT :limit)
      UNION ALL
      SELECT id, url_key FROM (
        SELECT id, url_key FROM sightings WHERE portal = :portal AND state IN ('pending', 'error', 'blocked')
          AND next_visit_at <= iif((SELECT eager FROM crawl), '9999', :at)
          AND +url_key > :after AND kind IN (SELECT value FROM json_each(:kinds))
          AND coalesce(visited_at < (SELECT started_at FROM crawl), 1)
        ORDER BY +url_key LIMIT :limit)
      ORDER BY url_key LIMIT :limit)
"""
_FEW = 2000
_COUNT_PENDING = f"""
    SELECT count(*) FROM (SELECT 1 FROM sightings WHERE portal = ? AND state = 'pending' AND next_visit_at IS NULL
    LIMIT {_FEW})
"""


def _due_query(key: str) -> str:
    chosen = _CHOSEN.format(key=key)
    return f"{chosen} {_COLUMNS} FROM chosen JOIN sightings AS s ON s.id = chosen.id {_LISTED} ORDER BY chosen.url_key"


_DUE = _due_query("+url_key")
_DUE_OF_MANY = _due_query("url_key")

_VANISHING = f"state = 'gone' AND gone_days < {GONE_DAYS}"


def _revisits_query(where: str) -> str:
    return f"""
    WITH chosen AS (
      SELECT id,
        CASE WHEN {_VANISHING} THEN 0 WHEN next_visit_at <= :at THEN 1 ELSE 2 END AS urgency,
        date(visited_at) AS visited_on, url_key
      FROM sightings
      WHERE {where} AND visited_at < :before
        AND kind IN (SELECT value FROM json_each(:kinds))
      ORDER BY urgency, visited_on, url_key LIMIT :limit)
    {_COLUMNS} FROM chosen JOIN sightings AS s ON s.id = chosen.id {_LISTED}
    ORDER BY chosen.urgency, chosen.visited_on, s.url_key
"""


_DUE_REVISITS = _revisits_query("portal = :portal AND state IN ('ok', 'gone')")
_DUE_FIRST = _revisits_query(f"""id IN (
        SELECT id FROM sightings WHERE portal = :portal AND {_VANISHING}
        UNION ALL SELECT id FROM sightings WHERE portal = :portal AND state IN ('ok', 'gone') AND next_visit_at <= :at)""")


def due(
    db: Database,
    portal: str,
    *,
    at: str,
    crawl_id: str,
    after: str = "",
    limit: int,
    kinds: Sequence[str] = ("page", "file"),
) -> list[Due]:
    """Never visited addresses, and failing ones whose time has come, by ascending url_key after ``after``.

    A crawl of the command ``crawl`` tries every failing address again whatever its waiting time: somebody
    asked for it now. None is given twice in one crawl: what was visited since its start is left out.
    """
    parameters = {
        "portal": portal, "at": at, "crawl_id": crawl_id, "after": after, "limit": limit,
        "kinds": json.dumps(list(kinds)),
    }  # fmt: skip
    many = db.conn.execute(_COUNT_PENDING, (portal,)).fetchone()[0] == _FEW
    return _read(db.conn.execute(_DUE_OF_MANY if many else _DUE, parameters))


def due_revisits(
    db: Database,
    portal: str,
    *,
    before: str,
    limit: int,
    at: str | None = None,
    first: bool = False,
    kinds: Sequence[str] = ("page", "file"),
) -> list[Due]:
    """Known addresses last visited before ``before``: those that may be going first, then by age.

    First the ones found gone on fewer than ``GONE_DAYS`` days, then those whose ``next_visit_at`` has come at ``at``
    (delisted ones), then the oldest day of visit, of one day by url_key. ``first``: only the first two. ``before``
    is the crawl's start, so that none comes twice in it.
    """
    parameters = {
        "portal": portal, "before": before, "at": at or before, "limit": limit, "kinds": json.dumps(list(kinds)),
    }  # fmt: skip
    return _read(db.conn.execute(_DUE_FIRST if first else _DUE_REVISITS, parameters))


def _read(rows: Iterable[Sequence[Any]]) -> list[Due]:
    found = []
    for row in rows:
        values = dict(zip(_FIELDS, row, strict=True))
        values["fields"] = json.loads(values["fields"] or "{}")
        found.append(Due(**values))
    return found


def fetch_failed(
    db: Database,
    sighting_id: int,
    *,
    state: Literal["error", "blocked"],
    error: str,
    at: str,
    capture: Capture | None,
) -> None:
    """Note a visit that brought no answer to believe: counted, with the time of the next try.

    It says nothing about the document, which stays as it is. ``capture`` is what came instead, if anything.
    Raises ``KeyError`` for an unknown sighting.
    """
    row = db.conn.execute("SELECT failures FROM sightings WHERE id = ?", (sighting_id,)).fetchone()
    if row is None:
        raise KeyError(f"no sighting {sighting_id}")
    if capture is not None:
        add_capture(db, capture)
    db.conn.execute(
        """
        UPDATE sightings SET state = ?, failures = failures + 1, last_error = ?, visited_at = ?,
        next_visit_at = ? WHERE id = ? """,
        (state, error, at, next_try(at, row[0]), sighting_id),
    )


def next_try(at: str, failures: int) -> str:
    """When to try again after a failure at ``at`` that followed ``failures`` earlier ones (UTC, ``…Z``)."""
    wait = min(FIRST_RETRY * (1 << min(failures, 20)), LAST_RETRY)
    return stamp_of(datetime.fromisoformat(at) + wait)


def sighting_id(db: Database, portal: str, url_key: str) -> int | None:
    """The id of a portal's address; None when nothing ever named it."""
    row = db.conn.execute(
        "SELECT id FROM sightings WHERE portal = ? AND url_key = ?", (portal, url_key)
    ).fetchone()
    return int(row[0]) if row else None


def make_sighting(db: Database, portal: str, url_key: str, *, url: str, kind: str, at: str) -> int:
    """An address that no listing named, as other tools' captures bring them; its id."""
    cursor = db.conn.execute(
        "INSERT INTO sightings(portal, url_key, url, kind, first_seen_at) VALUES (?, ?, ?, ?, ?)",
        (portal, url_key, url, kind, at),
    )
    return int(cursor.lastrowid or 0)


def listing_capture(db: Database, sighting_id: int) -> int | None:
    """The capture of the listing page whose words of this address count (see :class:`Due`)."""
    row = db.conn.execute(
        f"SELECT e.capture_id FROM sightings AS s {_LISTED} WHERE s.id = ?", (sighting_id,)
    ).fetchone()
    return row[0] if row else None


def counts(db: Database, portal: str) -> dict[str, int]:
    """How many of the portal's sightings are in each state; every state is named."""
    rows = db.conn.execute("SELECT state, count(*) FROM sightings WHERE portal = ? GROUP BY state", (portal,))
    return dict.fromkeys(STATES, 0) | dict(rows)


def is_listed_in(db: Database, sighting_id: int, directory_key: str) -> bool:
    """Whether the directory with this key lists the address."""
    query = (
        "SELECT 1 FROM entries JOIN directories ON directories.id = directory_id"
        " WHERE sighting_id = ? AND directories.key = ?"
    )
    return db.execute(query, [sighting_id, directory_key]).fetchone() is not None


def newest_visit(db: Database, portal: str) -> str | None:
    """When an address of the portal was last visited (UTC, ``…Z``); None: never."""
    row = db.execute("SELECT max(visited_at) FROM sightings WHERE portal = ?", [portal]).fetchone()
    return row[0] if row else None


def visited_count(db: Database, portal: str, before: str) -> int:
    """How many addresses with a document, or gone ones, were last visited before ``before``."""
    query = "SELECT count(*) FROM sightings WHERE portal = ? AND state IN ('ok', 'gone') AND visited_at < ?"
    return int(db.execute(query, [portal, before]).fetchone()[0])
