"""Configuration errors: one sentence that names the file, the key and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError


class ConfigError(ValueError):
    """A portal file or profile that cannot be used; ``str()`` is one sentence: file, dotted key, what to
    do.
    """


def sentence(file: str, error: ValidationError, source: Mapping[str, Any]) -> str:
    """The first of pydantic's complaints about ``source`` (the parsed TOML of ``file``) as one sentence."""
    first = error.errors(include_url=False)[0]
    location = dotted(first["loc"], source)
    more = error.error_count() - 1
    rest = f" (and {more} more to mend)" if more else ""
    return f"{file}: {location}{_complaint(first)}{rest}"


def dotted(location: Sequence[int | str], source: Any) -> str:
    """pydantic's location as a dotted path; tables of a list are called by their ``key``, else by number
    from 1.
    """
    parts: list[str] = []
    here = source
    for step in location:
        if isinstance(step, int):
            here = here[step] if isinstance(here, Sequence) and step < len(here) else None
            named = here.get("key") if isinstance(here, Mapping) else None
            parts.append(str(named or step + 1))
        else:
            here = here.get(step) if isinstance(here, Mapping) else None
            parts.append(step)
    return ".".join(parts) + " " if parts else ""


def _complaint(error: Mapping[str, Any]) -> str:
    kind = error["type"]
    if kind == "extra_forbidden":
        return "is an unknown key: remove it or correct its spelling"
    if kind == "missing":
        return "is missing: add it"
    message = str(error["msg"]).removeprefix("Value error, ")
    if kind == "value_error":
        return message
    return f"is not usable ({message[:1].lower()}{message[1:]}): correct it"
