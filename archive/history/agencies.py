"""The names of bodies, once a portal, so that readers can count and follow what each of them publishes."""

from __future__ import annotations

from sqlite_utils import Database


def agency_id(db: Database, portal: str, name: str | None) -> int | None:
    """The id of the agency with this name at this portal, made when it is new; None for no name.

    Names are kept as written; that two are one body is said by ``same_as_id``, never decided here.
    """
    name = (name or "").strip()
    if not name:
        return None
    select = "SELECT id FROM agencies WHERE portal = ? AND name = ?"
    row = db.conn.execute(select, (portal, name)).fetchone()
    if row is None:
        db.conn.execute("INSERT INTO agencies(portal, name) VALUES (?, ?)", (portal, name))
        row = db.conn.execute(select, (portal, name)).fetchone()
    return int(row[0])
