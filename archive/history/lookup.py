"""Which documents a person means: by uid (any that was ever shown), index number, or address."""

from __future__ import annotations

import unicodedata

from sqlite_utils import Database

from archive.history.content import index_key
from archive.urls import url_key

# The indexes begin with the portal: the few portals first (CROSS JOIN keeps the order), instead of one long scan.
BY_NUMBER = """
SELECT d.id FROM portals AS p CROSS JOIN documents AS d ON d.portal = p.id AND d.index_key = ?
ORDER BY d.first_seen_at, d.uid
"""
BY_ADDRESS = """
SELECT s.document_id, s.state FROM portals AS p CROSS JOIN sightings AS s ON s.portal = p.id AND s.url_key = ?
ORDER BY p.id
"""


class NotFound(Exception):
    """One sentence: what the archive knows about the name that was given."""


def find_documents(db: Database, name: str) -> list[int]:
    """The ids of the documents that ``name`` names, the oldest first; several only for an index number.

    Width, case and spaces of a number make no difference. Raises :class:`NotFound`.
    """
    wanted = unicodedata.normalize("NFKC", name).strip()
    row = db.conn.execute("SELECT document_id FROM document_uids WHERE uid = ?", (wanted.lower(),)).fetchone()
    if row:
        return [int(row[0])]
    number = index_key(wanted)
    if number is not None and (found := db.conn.execute(BY_NUMBER, (number,)).fetchall()):
        return [int(row[0]) for row in found]
    found = _sightings(db, name.strip())
    documents = list(dict.fromkeys(int(row[0]) for row in found if row[0] is not None))
    if documents:
        return documents
    if found:
        raise NotFound(f"{name} is known but was never read (its state is {found[0][1]}): crawl its portal")
    raise NotFound(f"nothing in this archive is named {name}: give a uid, an index number or an address")


def _sightings(db: Database, address: str) -> list[tuple[int | None, str]]:
    """The sightings at an address, as the portals' profiles may have keyed it."""
    try:
        keys = dict.fromkeys((url_key(address), url_key(address, keep_fragment=True)))
    except ValueError:
        return []
    return [row for key in keys for row in db.conn.execute(BY_ADDRESS, (key,))]
