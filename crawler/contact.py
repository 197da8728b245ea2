"""How the crawler names itself to portals: what it is and whom to write to (asked by ``gongkai init``)."""

from __future__ import annotations

import sqlite3

from archive import __version__
from archive.info import get_info
from archive.layout import DataDirectory
from archive.transaction import connect

_UNKNOWN = "no contact given"


def user_agent(data: DataDirectory) -> str:
    """The User-Agent: name, version and the operator's contact from the archive, if there is one."""
    return (
        f"gongkai/{__version__} (archive of government information disclosure; {contact(data) or _UNKNOWN})"
    )


def contact(data: DataDirectory) -> str | None:
    """The contact (an e-mail address or a URL) that ``gongkai init`` keeps; None without an archive or a contact."""
    if not data.database.is_file():
        return None
    try:
        db = connect(data.database, readonly=True)
        try:
            return get_info(db, "contact")
        finally:
            db.close()
    except sqlite3.DatabaseError:
        return None  # the crawl itself will say what is wrong with the database
