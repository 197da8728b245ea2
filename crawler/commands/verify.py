"""``gongkai verify``: the archive's verb, and how its pages are read again."""

from __future__ import annotations

from sqlite_utils import Database

from archive.captures.reader import DamagedCapture
from archive.commands.verify import make_command
from archive.history.sources import portal_of
from archive.layout import DataDirectory
from archive.verify import Reading, Reread
from crawler.config_error import ConfigError
from crawler.portals.model import Portal
from crawler.portals.stored import archived_portal
from crawler.reextraction import NoPage, archived_record
from pipelines.page import Unreadable


def reread_in(db: Database, data: DataDirectory) -> Reread:
    """Reads a revision of ``db`` from its captures with today's code and portal files."""
    portals: dict[str, Portal | str] = {}

    def reread(revision_id: int) -> Reading:
        portal = _portal(portals, portal_of(db, revision_id), db, data)
        if isinstance(portal, str):
            return Reading(None, portal)
        try:
            return Reading(archived_record(db, data, portal, revision_id))
        except (DamagedCapture, NoPage, Unreadable) as error:
            return Reading(None, str(error))

    return reread


def _portal(known: dict[str, Portal | str], id_: str, db: Database, data: DataDirectory) -> Portal | str:
    """The portal, loaded once; a sentence where its file cannot be read."""
    if id_ not in known:
        try:
            known[id_] = archived_portal(db, data, id_)
        except ConfigError as error:
            known[id_] = str(error)
    return known[id_]


command = make_command(reread_in)
