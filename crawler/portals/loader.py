"""Loads portal files: the bundled ones beside this module, and the user's in the data directory, which go
before.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from archive.layout import DataDirectory
from crawler.config_error import ConfigError, sentence
from crawler.platforms.loader import load_profile
from crawler.portals.model import Portal

BUNDLED = Path(__file__).parent
_SAFE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class KnownPortals(NamedTuple):
    """All portals that could be loaded, by id, and one error for each file that could not."""

    portals: list[Portal]
    errors: list[ConfigError]


def load_portal(id_or_path: str | Path, data: DataDirectory | None) -> Portal:
    """The portal called ``id_or_path``, or the one in that file (anything that ends in .toml or has a
    separator).

    A user's file goes before a bundled one of the same id. Raises :class:`ConfigError`.
    """
    return read_portal(file_of(str(id_or_path), data))


def file_of(name: str, data: DataDirectory | None) -> Path:
    """The file of the portal called ``name``, or ``name`` itself where it is a path; raises :class:`ConfigError`."""
    if name.endswith(".toml") or "/" in name or "\\" in name:
        return Path(name)
    file = _files(data).get(name)
    if file is None:
        raise ConfigError(f"there is no portal '{name}': `gongkai portals list` names the known ones")
    return file


def has_file(portal_id: str, data: DataDirectory | None) -> bool:
    """Whether there is a portal file of this id, a sound one or not."""
    return portal_id in _files(data)


def list_portals(data: DataDirectory | None) -> KnownPortals:
    """Every known portal; a broken file is reported beside them and hides no other (nor falls back to a
    bundled one).
    """
    known = KnownPortals([], [])
    for _, file in sorted(_files(data).items()):
        try:
            known.portals.append(read_portal(file))
        except ConfigError as error:
            known.errors.append(error)
    return known


def read_portal(file: Path) -> Portal:
    """The portal that ``file`` describes, its families checked; raises :class:`ConfigError`."""
    if not _SAFE_ID.fullmatch(file.stem):
        raise ConfigError(
            f"{file}: the name is the portal's id: rename the file to small letters, digits and hyphens"
        )
    values = _parsed(file)
    if "id" in values:
        raise ConfigError(f"{file}: id is an unknown key: remove it, the file's name is the id")
    try:
        portal = Portal.model_validate({**values, "id": file.stem})
    except ValidationError as error:
        raise ConfigError(sentence(str(file), error, values)) from error
    _check_families(file, portal)
    return portal


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"{file}: there is no such file: check the path") from error
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror or error}): check the path") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: is not UTF-8 (byte {error.start + 1}): save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: is not TOML ({error}): correct it there") from error


def _check_families(file: Path, portal: Portal) -> None:
    """Every family that the file names must have a profile."""
    named: list[tuple[str, str | None]] = [("family", portal.family)]
    named += [(f"directories.{directory.key}.family", directory.family) for directory in portal.directories]
    for era in portal.eras:
        named.append((f"eras.{era.until}.family", era.family))
        named += [
            (f"eras.{era.until}.directories.{change.key}.family", change.family) for change in era.directories
        ]
    for key, family in named:
        if family is not None:
            try:
                load_profile(family)
            except ConfigError as error:
                raise ConfigError(f"{file}: {key}: {error}") from error


def _files(data: DataDirectory | None) -> dict[str, Path]:
    """Portal files by id; the user's folder may be missing."""
    folders = [BUNDLED] if data is None else [BUNDLED, data.portals]
    return {file.stem: file for folder in folders for file in sorted(folder.glob("*.toml"))}
