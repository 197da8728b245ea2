"""The directories that a portal's ``[discover]`` has found: kept in the archive, so that a night on which the tree does not
answer loses none of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from pydantic import ValidationError
from sqlite_utils import Database

from archive.info import get_info, set_info
from archive.urls import url_key
from crawler.portals.model import Directory, Portal
from crawler.portals.register import register


@dataclass(frozen=True, slots=True)
class Known:
    """``at``: when they were found; None: never looked for."""

    directories: tuple[Directory, ...] = ()
    at: str | None = None


def known_directories(db: Database, portal: Portal) -> Known:
    """What was found so far; nothing where the portal's file does not ask for it."""
    text = get_info(db, _name(portal)) if portal.discover is not None else None
    if text is None:
        return Known()
    kept = json.loads(text)
    found = []
    for values in kept["directories"]:
        try:
            found.append(Directory.model_validate(values))
        except ValidationError:
            continue  # of an older version of the model; it is found again
    return Known(tuple(found), kept["at"])


def remember(db: Database, portal: Portal, found: list[Directory], at: str) -> None:
    """Keep what was found, inside the caller's transaction."""
    values = [directory.model_dump(mode="json", exclude_unset=True) for directory in found]
    set_info(db, _name(portal), json.dumps({"at": at, "directories": values}, ensure_ascii=False))


def registered(db: Database, portal: Portal, at: str) -> tuple[Portal, dict[str, int]]:
    """The portal with what was found earlier, saved inside the caller's transaction; its directories' ids by key."""
    whole = extended(portal, known_directories(db, portal).directories)
    return whole, register(db, whole, at)


def extended(portal: Portal, found: tuple[Directory, ...] | list[Directory]) -> Portal:
    """The portal with those of ``found`` that its file does not have already, by key, address or params."""
    taken = {directory.key for directory in portal.directories}
    places = {_place(portal, directory) for directory in portal.directories}
    more = [
        directory
        for directory in found
        if directory.key not in taken and _place(portal, directory) not in places
    ]
    return portal.model_copy(update={"directories": [*portal.directories, *more]}) if more else portal


def _place(portal: Portal, directory: Directory) -> tuple[str, ...]:
    asked = sorted(f"{name}={value}" for name, value in directory.params.items())
    if directory.url is None:
        return tuple(asked)
    url, _, fragment = portal.absolute(directory.url).partition("#")
    return (url_key(url), fragment, *asked)


def _name(portal: Portal) -> str:
    return f"discovered:{portal.id}"
