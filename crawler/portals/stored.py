"""A portal file as the archive and the captures keep it: JSON that gives the same portal again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from crawler.config_error import ConfigError, sentence
from crawler.portals.model import Portal


def config_of(portal: Portal) -> dict[str, Any]:
    """What the portal's file says, as JSON."""
    config: dict[str, Any] = json.loads(portal.model_dump_json(exclude_unset=True, by_alias=True))
    return config


def portal_of(config: Mapping[str, Any], source: str) -> Portal:
    """The portal of :func:`config_of`; raises :class:`ConfigError`, which names ``source``."""
    try:
        return Portal.model_validate(dict(config))
    except ValidationError as error:
        raise ConfigError(sentence(source, error, dict(config))) from error
