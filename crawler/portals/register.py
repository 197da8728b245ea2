"""Keeps what a portal file says in the archive, beside what was crawled with it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from archive.crawling.portals import retire_missing, save_directory, save_portal
from crawler.portals.model import Directory, Portal
from crawler.portals.plan import config_hash
from crawler.portals.stored import config_of


def register(db: Database, portal: Portal, at: str) -> dict[str, int]:
    """Save ``portal`` and its directories inside the caller's transaction; the directories' ids by key."""
    save_portal(
        db,
        id=portal.id,
        name=portal.name,
        family=portal.family,
        base_url=portal.base_url,
        region_code=portal.region_code,
        site_code=portal.site_code,
        enabled=portal.enabled,
        verified_on=portal.verified_on.isoformat() if portal.verified_on else None,
        config=config_of(portal),
        config_hash=config_hash(portal),
        at=at,
    )
    directories: dict[str, int] = {}
    for directory in _parents_first(portal.directories):
        directories[directory.key] = save_directory(
            db,
            portal.id,
            directory.key,
            directory.name,
            directory.url or portal.base_url,
            directory.expect,
            directories.get(directory.parent) if directory.parent else None,
        )
    retire_missing(db, portal.id, directories, at)
    return directories


def _parents_first(directories: Sequence[Directory]) -> list[Directory]:
    """Each directory behind its parent, as far as there is one; a circle is taken in the file's order."""
    left, ordered = list(directories), list[Directory]()
    while left:
        known = {directory.key for directory in ordered}
        ready = [item for item in left if item.parent is None or item.parent in known] or left[:1]
        ordered += ready
        left = [item for item in left if item not in ready]
    return ordered
