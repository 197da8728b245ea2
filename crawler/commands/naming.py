"""The portal that a command names."""

from __future__ import annotations

from archive.commands.common import fail
from archive.layout import DataDirectory
from crawler.config_error import ConfigError
from crawler.portals.loader import load_portal
from crawler.portals.model import Portal


def named_portal(name: str, data: DataDirectory) -> Portal:
    """The portal that ``name`` (an id or a file) means; ends the command with one sentence if there is none."""
    try:
        return load_portal(name, data)
    except ConfigError as error:
        fail(str(error))
