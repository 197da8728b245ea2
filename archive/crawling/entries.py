"""What a listing page says, archived: sightings (the frontier), entries, the walk's counts and cursor
together.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple

from sqlite_utils import Database

from archive.captures.model import Capture
from archive.captures.table import add_capture
from archive.crawling.walks import store_cursor
from archive.privacy import mask_record


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """One row of a listing page: its absolute address and key, and what the row says of it.

    ``published_on`` is YYYY-MM-DD; ``fields`` uses the record's names; ``kind`` ``offsite`` is kept, not
    visited.
    """

    url: str
    url_key: str
    kind: Literal["page", "file", "offsite"] = "page"
    title: str | None = None
    published_on: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    pinned: bool = False

    def to_dict(self) -> dict[str, Any]:
        """For a capture file's event; without what is as by default."""
        return {
            name: value
            for name, value in asdict(self).items()
            if name in ("url", "url_key") or value != _DEFAULTS[name]
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ListedEntry:
        """The entry that ``to_dict`` gave; raises ``TypeError`` on an unknown key."""
        return cls(**data)


_DEFAULTS: dict[str, Any] = {
    "kind": "page",
    "title": None,
    "published_on": None,
    "fields": {},
    "pinned": False,
}


@dataclass(frozen=True, slots=True)
class ListingResult:
    """How a page's distinct entries (``new + known``) stand to what the directory had listed before it.

    ``on_this_walk`` of the known ones had been on an earlier page of this very walk, and of no other walk since:
    an entry remembers its last walk only, so a head crawl that passes while a backfill is interrupted takes
    over what it lists (``archive.crawling.delisting`` knows what that means for what was seen).
    """

    new: int
    known: int
    on_this_walk: int


class _Known(NamedTuple):
    sighting_id: int
    url: str
    kind: str
    state: str
    first_seen_at: str
    last_walk_id: int | None  # None: this directory has not listed it


# CROSS JOIN keeps SQLite from reading all the portal's sightings to find a page's.
_KNOWN = """
    SELECT s.url_key, s.id, s.url, s.kind, s.state, s.first_seen_at, e.last_walk_id
    FROM json_each(?) AS page CROSS JOIN sightings AS s ON s.portal = ? AND s.url_key = page.value
    LEFT JOIN entries AS e ON e.directory_id = ? AND e.sighting_id = s.id
"""

_INSERT_SIGHTING = """
    INSERT INTO sightings(portal, url_key, url, kind, state, first_seen_at) VALUES (?, ?, ?, ?, ?, ?)
"""

# A pinned row that stands again at its own place stays pinned for this walk. Of walks on their way at once (those of
# two machines, merged) the entry remembers the one that began last, so that each finds what it saw.
_UPSERT_ENTRY = """
    INSERT INTO entries(directory_id, sighting_id, title, published_on, fields, capture_id, position, pinned,
                        first_walk_id, last_walk_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT(directory_id, sighting_id) DO UPDATE SET
      title = excluded.title, published_on = excluded.published_on, fields = excluded.fields,
      capture_id = excluded.capture_id, position = excluded.position,
      pinned = CASE WHEN last_walk_id = excluded.last_walk_id THEN max(pinned, excluded.pinned)
                    ELSE excluded.pinned END,
      last_walk_id = iif((SELECT o.finished_at IS NULL AND o.started_at > n.started_at FROM walks AS o, walks AS n
                          WHERE o.id = entries.last_walk_id AND n.id = excluded.last_walk_id),
                         last_walk_id, excluded.last_walk_id),
      delisted_at = NULL
"""


def record_listing(
    db: Database,
    walk_id: int,
    capture: Capture,
    entries: Sequence[ListedEntry],
    *,
    announced_total: int | None,
    cursor: Mapping[str, Any] | None,
    position: int,
    at: str,
) -> ListingResult:
    """Archive one listing page inside the caller's transaction: capture, sightings, entries, counts, cursor.

    ``position`` is that of the page's first entry in the whole listing, from 0. ``cursor`` is where the walk
    goes on after this page, None when nowhere. A new address becomes a ``pending`` sighting (``offsite``
    stays ``offsite``); an entry that was delisted and is back loses ``delisted_at``. Several rows with one
    address count once, the first one's words hold. Raises ``sqlite3.IntegrityError`` for an unknown walk's
    portal.
    """
    walk = db.conn.execute(
        "SELECT d.id, d.portal FROM walks AS w JOIN directories AS d ON d.id = w.directory_id WHERE w.id = ?",
        (walk_id,),
    ).fetchone()
    if walk is None:
        raise KeyError(f"no walk {walk_id}")
    directory_id, portal = walk
    capture_id = add_capture(db, capture)
    distinct: dict[str, tuple[int, ListedEntry]] = {}
    for offset, entry in enumerate(entries):
        distinct.setdefault(entry.url_key, (position + offset, entry))
    before = _known(db, portal, directory_id, distinct)
    _save_sightings(db, portal, [entry for _, entry in distinct.values()], before, at)
    ids = _known(db, portal, directory_id, distinct)
    db.conn.executemany(
        _UPSERT_ENTRY,
        [
            (
                directory_id, ids[key].sighting_id, *_masked(entry), capture_id, place, int(entry.pinned),
                walk_id, walk_id,
            )
            for key, (place, entry) in distinct.items()
        ],
    )  # fmt: skip
    listed = [known for known in before.values() if known.last_walk_id is not None]
    result = ListingResult(
        new=len(distinct) - len(listed),
        known=len(listed),
        on_this_walk=sum(known.last_walk_id == walk_id for known in listed),
    )
    _count_page(db, walk_id, len(distinct) - result.on_this_walk, result.new, announced_total)
    store_cursor(db, walk_id, cursor)
    return result


def _masked(entry: ListedEntry) -> tuple[str | None, str | None, str]:
    """Title, date and fields (JSON) without personal data: unmasked they are in the captures alone."""
    said = mask_record({"title": entry.title, **entry.fields})
    title = said.pop("title")
    return title, entry.published_on, json.dumps(said, ensure_ascii=False, sort_keys=True)


def _known(db: Database, portal: str, directory_id: int, keys: Mapping[str, object]) -> dict[str, _Known]:
    """The sightings among ``keys``, and whether this directory lists them."""
    wanted = json.dumps(list(keys), ensure_ascii=False)
    rows = db.conn.execute(_KNOWN, (wanted, portal, directory_id))
    return {key: _Known(*rest) for key, *rest in rows}


def _save_sightings(
    db: Database, portal: str, entries: Sequence[ListedEntry], known: Mapping[str, _Known], at: str
) -> None:
    """Insert unknown addresses; of known ones, follow the listing where its word is newer than ours."""
    db.conn.executemany(
        _INSERT_SIGHTING,
        [
            (portal, entry.url_key, entry.url, entry.kind, _first_state(entry.kind), at)
            for entry in entries
            if entry.url_key not in known
        ],
    )
    for entry in entries:
        old = known.get(entry.url_key)
        if old is None:
            continue
        kind, state = old.kind, old.state
        if state in ("pending", "offsite"):  # not visited: the portal file's hosts may say otherwise today
            kind, state = entry.kind, _first_state(entry.kind)
        first = min(at, old.first_seen_at)
        if (entry.url, kind, state, first) != (old.url, old.kind, old.state, old.first_seen_at):
            db.conn.execute(
                "UPDATE sightings SET url = ?, kind = ?, state = ?, first_seen_at = ? WHERE id = ?",
                (entry.url, kind, state, first, old.sighting_id),
            )


def _first_state(kind: str) -> str:
    return "offsite" if kind == "offsite" else "pending"


def _count_page(db: Database, walk_id: int, seen: int, new: int, announced_total: int | None) -> None:
    """Add one page to the walk; the newest announced total holds."""
    db.conn.execute(
        """
        UPDATE walks SET pages = pages + 1, entries_seen = entries_seen + ?, entries_new = entries_new + ?,
          announced_total = coalesce(?, announced_total)
        WHERE id = ?
        """,
        (seen, new, announced_total, walk_id),
    )


def listed_count(db: Database, directory_id: int) -> int:
    """How many rows the directory lists, as far as the archive knows; delisted ones are left out.

    An address that stands in several rows counts as often as the last whole walk found that it must.
    """
    query = """
        SELECT (SELECT count(*) FROM entries WHERE directory_id = ?1 AND delisted_at IS NULL)
          + coalesce((SELECT max(0, announced_total - entries_seen) FROM walks WHERE directory_id = ?1
                      AND mode <> 'head' AND verdict = 'complete' ORDER BY finished_at DESC LIMIT 1), 0)
    """
    return int(db.execute(query, [directory_id]).fetchone()[0])


def listed_titles(db: Database, crawl_id: str, directory_id: int | None = None, limit: int = 30) -> list[str]:
    """Titles of rows that a crawl read, of one directory or of any."""
    query = """
        SELECT e.title FROM walks AS w JOIN entries AS e ON e.directory_id = w.directory_id AND e.last_walk_id = w.id
        WHERE w.crawl_id = ? AND coalesce(w.directory_id = ?, 1) AND e.title IS NOT NULL
        ORDER BY e.position, e.directory_id LIMIT ?
    """
    return [row[0] for row in db.execute(query, [crawl_id, directory_id, limit])]


def lists_all(db: Database, directory_id: int, url_keys: Collection[str]) -> bool:
    """Whether the directory is known to list every one of these addresses."""
    query = """
        SELECT count(*) FROM entries AS e JOIN sightings AS s ON s.id = e.sighting_id
        WHERE e.directory_id = ? AND s.url_key IN (SELECT value FROM json_each(?))
    """
    wanted = sorted(set(url_keys))
    found = db.execute(query, [directory_id, json.dumps(wanted, ensure_ascii=False)]).fetchone()[0]
    return int(found) == len(wanted)
