"""A draft portal file: what a probe found, as TOML that a crawl takes, with its evidence in comments; ``verified_on`` absent."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from archive.urls import host_of
from crawler import clock
from crawler.portals.model import Http
from crawler.probing.columns import GENERIC, GUESSES, Column
from crawler.probing.page import Seen
from crawler.probing.survey import Findings

_SITE_CODE = re.compile(r"网站标识码\s?[：:]?\s?(\d{10})")
_KEY_CHARS = re.compile(r"[^A-Za-z0-9_-]+")
_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_DULL = frozenset(
    {
        "index",
        "list",
        "xlist",
        "zwgklist",
        "xxgklist",
        "common_list",
        "govlist",
        "default",
        "page_1",
        "html",
        "search",
    }
)


def family_of(columns: list[Column]) -> str:
    """The family of most columns; where there are only single pages, the generic one."""
    counted = Counter(column.way.family for column in columns if not column.single)
    return counted.most_common(1)[0][0] if counted else GENERIC


def portal_name(found: Findings) -> str:
    """The portal's name, as its pages give it."""
    for page in (found.home, found.first):
        said = page.meta.get("SiteName") or re.split(r"[-_|—–]", page.title)[-1].strip() or page.title
        if said:
            return said[:60]
    return host_of(found.first.url)


def site_code(*pages: Seen) -> str | None:
    """网站标识码: meta SiteIDCode, else what the footer says."""
    for page in pages:
        code = page.meta.get("SiteIDCode", "")
        match = re.fullmatch(r"[A-Za-z]{0,2}\d{8,10}", code) or _SITE_CODE.search(page.text)
        if match is not None:
            return match.group(match.lastindex or 0)
    return None


def values_of(found: Findings, http: Http) -> dict[str, Any]:
    """The portal file's values, in its order."""
    family = family_of(found.columns)
    values: dict[str, Any] = {
        "schema": 1,
        "name": portal_name(found),
        "family": family,
        "base_url": found.site.base_url,
        "hosts": list(found.site.hosts),
    }
    code = site_code(found.home, found.first)
    if code is not None:
        if re.fullmatch(r"[1-9]\d{9}", code):
            values["region_code"] = code[:6]
        values["site_code"] = code
    values["evidence"] = f"gongkai probe {found.first.asked}, {clock.day()}"
    values["http"] = http.model_dump(exclude_unset=True)
    taken: set[str] = set()
    values["directories"] = [
        _directory(column, family, found.site.base_url, taken) for column in found.columns
    ]
    return values


def _directory(column: Column, family: str, base_url: str, taken: set[str]) -> dict[str, Any]:
    way = column.way
    directory: dict[str, Any] = {"key": _key(column, taken), "name": column.name}
    if way.url:
        directory["url"] = way.url.removeprefix(base_url.rstrip("/")) or "/"
    if way.params:
        directory["params"] = dict(way.params)
    if column.single:
        directory["expect"] = "single"
    elif way.family != family:
        directory["family"] = way.family
    if way.listing:
        directory["listing"] = dict(way.listing)
    return directory


def _key(column: Column, taken: set[str]) -> str:
    """A short key, unlike the others: the last telling word of the address, else the params."""
    parts = urlsplit(column.way.url or "")
    words = [word.partition(".")[0] for word in parts.path.split("/") if word]
    asked = [value for _, value in parse_qsl(parts.query) if re.fullmatch(r"[\w-]{1,32}", value)]
    telling = [word for word in words if word.lower() not in _DULL]
    given = next(iter(column.way.params.values()), "")
    chosen = (
        parts.fragment
        or (asked[-1] if asked and "." in parts.path else "")
        or (telling[-1] if telling else given)
    )
    stem = _KEY_CHARS.sub("-", chosen).strip("-_")[:60] or "column"
    key = next(key for n in range(1, 10_000) if (key := stem if n == 1 else f"{stem}-{n}") not in taken)
    taken.add(key)
    return key


def draft(found: Findings, http: Http) -> str:
    """The text of the draft."""
    return "\n".join(_lines(found, values_of(found, http))) + "\n"


def _lines(found: Findings, values: Mapping[str, Any]) -> Iterator[str]:
    family = values["family"]
    yield f"# Draft by `gongkai probe {_plain(found.first.asked)}` on {clock.day()}. Nobody has crawled it yet: look at the result, then"
    yield "# set verified_on."
    if family in GUESSES:
        yield "# A GUESS: no known family lists this portal. The rows below are its repeated sibling links with dates."
    for said in found.clues.get(family, []):
        yield f"# {family}: {_plain(said)}"
    if found.section is not None:
        yield f"# Disclosure section: {_plain(found.section.name)} {_plain(found.section.url)}"
    if found.unopened:
        yield f"# Not everything was looked at: {found.unopened} more pages promised columns when the requests were used up."
    for name in ("schema", "name", "family", "base_url", "hosts", "region_code", "site_code", "evidence"):
        if name in values:
            yield f"{name} = {_value(values[name])}"
    if values["http"]:
        yield ""
        yield "[http]"
        yield from (f"{name} = {_value(value)}" for name, value in values["http"].items())
    for column, directory in zip(found.columns, values["directories"], strict=True):
        yield ""
        yield from (f"# {_plain(line)}" for line in remarks(column))
        yield "[[directories]]"
        for name, value in directory.items():
            if name != "listing":
                yield f"{name} = {_value(value)}"
        yield from (f"listing.{key} = {_value(value)}" for key, value in _flat(directory.get("listing", {})))


def remarks(column: Column) -> list[str]:
    """What was seen of a column, for the comments above it."""
    lines = [" > ".join(column.trail)] if len(column.trail) > 1 else []
    if column.guessed:
        lines.append("a guess")
    if column.way.evidence:
        lines.append(column.way.evidence)
    if column.single:
        lines.append("one page")
    elif column.trial is None:
        lines.append(
            f"not tried; the tree says {column.total if column.total is not None else 'no number of'} documents"
        )
    else:
        total = column.count
        said = f"{total} announced" if total is not None else "no total announced"
        pages = f", {column.trial.pages} pages" if column.trial.pages else ""
        newest = max(
            (entry.published_on for entry in column.trial.entries if entry.published_on), default=None
        )
        lines.append(
            f"{said}{pages}, {len(column.trial.entries)} on page 1" + (f", newest {newest}" if newest else "")
        )
        lines += [column.trial.second] if column.trial.second else []
    return lines


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _value(value: Any) -> str:
    """A TOML value; JSON's strings are TOML's basic strings, save for DEL."""
    if isinstance(value, Mapping):
        inside = ", ".join(
            f"{key if _BARE.match(key) else _value(key)} = {_value(item)}" for key, item in value.items()
        )
        return f"{{ {inside} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _plain(text: str) -> str:
    """A page's text for a comment: one line, no control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in " ".join(text.split()))[:220]
