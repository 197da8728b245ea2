"""``gongkai.toml`` in the data directory: where a night's report goes, and what crawls are judged by.

A file and not the database: the database is served, copied and given away, and passwords are not.
"""

from __future__ import annotations

import tomllib
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from archive.layout import DataDirectory
from crawler.config_error import ConfigError, sentence
from crawler.platforms.values import Table
from crawler.portals.values import AbsoluteAddress
from crawler.thresholds import DEFAULTS, Thresholds

FILE = "gongkai.toml"


class Report(Table):
    """``datasette``: the address below which ``/-/document/<uid>`` leads to a document."""

    datasette: AbsoluteAddress = "http://127.0.0.1:8001/"


class Webhook(Table):
    """``url`` gets the summary as JSON by POST; ``when``: every night, or only one with trouble."""

    url: AbsoluteAddress
    when: Literal["always", "trouble"] = "always"
    timeout: Annotated[float, Field(gt=0, le=120)] = 20.0


class Mail(Table):
    """``tls``: ``starttls``, ``tls`` from the start, or ``none``; ``sender`` and ``to`` are addresses."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = None
    sender: str
    to: Annotated[list[str], Field(min_length=1)]
    when: Literal["always", "trouble"] = "trouble"
    timeout: Annotated[float, Field(gt=0, le=120)] = 20.0


class NightSettings(Table):
    """The whole file; without one nothing is sent."""

    report: Report = Report()
    webhook: Webhook | None = None
    mail: Mail | None = None
    health: Thresholds = DEFAULTS


def night_settings(data: DataDirectory) -> NightSettings:
    """The settings of ``data``; raises :class:`ConfigError` with one sentence."""
    file = data.root / FILE
    try:
        values = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return NightSettings()
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror or error})") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file}: is not TOML in UTF-8 ({error}): correct it there") from error
    try:
        return NightSettings.model_validate(values)
    except ValidationError as error:
        raise ConfigError(sentence(str(file), error, values)) from error
