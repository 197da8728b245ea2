"""Loads the bundled family profiles, ``crawler/platforms/<family>.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from crawler.config_error import ConfigError, sentence
from crawler.platforms.model import Profile

FOLDER = Path(__file__).parent


def families() -> list[str]:
    """The names of all bundled families, sorted."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


@cache
def load_profile(family: str) -> Profile:
    """The profile of ``family``; raises :class:`ConfigError` if there is none or its file is wrong."""
    if family not in families():
        raise ConfigError(f"family '{family}' is unknown: use one of {', '.join(families())}")
    file = FOLDER / f"{family}.toml"
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: is not TOML in UTF-8 ({error}): correct it") from error
    try:
        return Profile.model_validate({**values, "family": family})
    except ValidationError as error:
        raise ConfigError(sentence(str(file), error, values)) from error


def profiles() -> list[Profile]:
    """All bundled profiles, in the order in which they are recognised (platforms.md §21)."""
    return sorted(
        (load_profile(family) for family in families()), key=lambda profile: profile.recognise.priority
    )
