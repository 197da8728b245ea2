"""A portal file as the archive and the captures keep it: JSON that gives the same portal again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from sqlite_utils import Database

from archive.layout import DataDirectory
from crawler.config_error import ConfigError, sentence
from crawler.portals.loader import has_file, load_portal
from crawler.portals.model import Portal


def config_of(portal: Portal) -> dict[str, Any]:
    """What the portal's file says, as JSON."""
    config: dict[str, Any] = json.loads(portal.model_dump_json(exclude_unset=True, by_alias=True))
    return config


def archived_portal(db: Database, data: DataDirectory, portal_id: str) -> Portal:
    """The portal as its file says today; where there is none any more, as the archive keeps it.

    Raises :class:`ConfigError` for a broken file, or when neither knows it.
    """
    if not has_file(portal_id, data):
        row = db.execute("SELECT config FROM portals WHERE id = ?", [portal_id]).fetchone()
        if row is not None:
            return portal_of(json.loads(row[0]), f"the archive's portal '{portal_id}'")
    return load_portal(portal_id, data)


def portal_of(config: Mapping[str, Any], source: str) -> Portal:
    """The portal of :func:`config_of`; raises :class:`ConfigError`, which names ``source``."""
    try:
        return Portal.model_validate(dict(config))
    except ValidationError as error:
        raise ConfigError(sentence(source, error, dict(config))) from error
