"""A portal file with a new era: the text that the user wrote stays as it is, the new layout is added at its end."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from crawler.config_error import ConfigError
from crawler.portals.loader import read_portal
from crawler.portals.merge import merged, written
from crawler.portals.model import Era, Portal
from crawler.portals.plan import era_of

_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_-]+)")
_ERA = re.compile(r"\s*\[\[\s*eras\s*\]\]")
_UNTIL = re.compile(r"\s*until\s*=")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ORDER = ("until", "family", "evidence", "listing", "urls", "detail")


def with_era(text: str, portal: Portal, since: date, values: Mapping[str, Any], evidence: str) -> str:
    """``text``, the portal's file, in which pages captured from ``since`` on are read with ``values`` on top.

    ``values``: ``listing``, ``detail`` and ``directories`` (by key). The era that was in force on that day ends the day
    before, and what it said goes on in the new one; where none was, the file itself is the layout until then. Raises
    :class:`ConfigError` where the file is written in a way that this cannot keep.
    """
    last = since - timedelta(days=1)
    current = era_of(portal, since)
    ended = last in {era.until for era in portal.eras if era is not current}
    if current is not None:
        text = _closed(text, portal.eras.index(current), None if ended else last)
    elif not ended:
        text = f"{text.rstrip()}\n\n# Until this day the portal looked as the file says so far.\n[[eras]]\nuntil = {last}\n"
    new = merged(_content(current), {**values, "evidence": evidence})
    added = "\n".join(era_lines(new))
    text = f"{text.rstrip()}\n\n# Since {since} it looks so, as gongkai portals repair found out.\n{added}\n"
    _check(text, portal, since)
    return text


def parsed(text: str, portal_id: str) -> Portal:
    """The portal that ``text`` describes; raises :class:`ConfigError`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{portal_id}.toml"
        file.write_text(text, encoding="utf-8")
        return read_portal(file)


def _check(text: str, portal: Portal, since: date) -> None:
    """The rest of the file must say what it said, on the days before what it said then."""
    try:
        new = parsed(text, portal.id)
    except ConfigError as error:
        raise ConfigError(
            f"the new era does not fit into the portal file ({error}): write it by hand"
        ) from error
    before = since - timedelta(days=1)
    kept = new.model_copy(update={"eras": portal.eras}) == portal
    if not kept or _content(era_of(new, before)) != _content(era_of(portal, before)):
        raise ConfigError(
            "the portal file writes its eras in a way that cannot be added to: write the era by hand"
        )


def _closed(text: str, number: int, until: date | None) -> str:
    """``text`` with its era of that number ended, or, where ``until`` is None, taken out."""
    lines = text.split("\n")
    starts = [place for place, line in enumerate(lines) if _ERA.match(line)]
    if number >= len(starts):
        raise ConfigError("the portal file writes its eras without [[eras]]: add the new era by hand")
    start = end = starts[number]
    end += 1
    while end < len(lines):
        header = _HEADER.match(lines[end])
        if header and (header.group(1) != "eras" or _ERA.match(lines[end])):
            break
        end += 1
    chunk = lines[start:end]
    if until is None:
        while start and lines[start - 1].lstrip().startswith("#"):
            start -= 1
        return "\n".join([*lines[:start], *lines[end:]])
    chunk = [line for line in chunk if not _UNTIL.match(line)]
    return "\n".join([*lines[:start], chunk[0], f"until = {until}", *chunk[1:], *lines[end:]])


def _content(era: Era | None) -> dict[str, Any]:
    """What an era says, its directories by key, without its end."""
    if era is None:
        return {}
    said = written(era)
    said.pop("until", None)
    if "directories" in said:
        said["directories"] = {item.pop("key"): item for item in map(dict, said["directories"])}
    return said


def era_lines(values: Mapping[str, Any]) -> Iterator[str]:
    """The lines of an era with these keys; ``directories`` by key."""
    yield "[[eras]]"
    yield from _keys({name: values[name] for name in _ORDER if name in values})
    for key, said in values.get("directories", {}).items():
        yield "[[eras.directories]]"
        yield f"key = {toml(key)}"
        yield from _keys(said)


def _keys(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """A table's lines, nested ones with dotted keys."""
    for name, value in values.items():
        path = prefix + (name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False))
        if isinstance(value, Mapping):
            yield from _keys(value, f"{path}.")
        else:
            yield f"{path} = {toml(value)}"


def toml(value: Any) -> str:
    """A value as TOML writes it on one line."""
    if isinstance(value, Mapping):
        inside = ", ".join(
            f"{name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)} = {toml(item)}"
            for name, item in value.items()
        )
        return f"{{ {inside} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)
