"""List services that a page names, and what they are asked with (``services.toml``)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from html import unescape
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from archive.urls import url_key
from crawler.platforms.loader import load_profile
from crawler.probing.page import Seen

MAX_FOUND = 8
_DATA = re.compile(r"\bdata\s?:\s?\{")
_PAIR = re.compile(
    r"""["']?([A-Za-z_][\w.\[\]-]{0,60})["']?\s?:\s?(?:"([^"\n]{0,300})"|'([^'\n]{0,300})'|(\d{1,12})\b)"""
)
_NEAR = 1500


@dataclass(frozen=True, slots=True)
class Way:
    """One way to list a column: a family with an address or params, and what the directory overrides."""

    family: str
    url: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    listing: Mapping[str, Any] = field(default_factory=dict)
    evidence: str = ""


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("crawler.probing").joinpath("services.toml").read_text("utf-8"))


def services(seen: Seen) -> list[Way]:
    """Every service that the page's scripts and forms call, each once, with what they ask it with.

    What the page links to is a column of its own, not the page's.
    """
    text = unescape(seen.text)
    linked = {url_key(link.url) for link in seen.links}
    found: list[Way] = []
    for row in _table()["service"]:
        for match in re.finditer(row["find"], text):
            way = _called(row, match, text, seen.url)
            if way is not None and way not in found and url_key(way.url or "") not in linked:
                found.append(way)
    found += [way for row in _table()["params"] if (way := _asked(row, text)) is not None]
    return found[:MAX_FOUND]


def of_a_column(way: Way) -> bool:
    """Whether a service is asked for one column, and not for all that the site has."""
    names = [name for name, value in parse_qsl(urlsplit(way.url or "").query) if value]
    return bool(way.params) or any(re.search(_table()["column"], name) for name in names)


def variants(family: str, seen: Seen) -> list[dict[str, Any]]:
    """What a directory of ``family`` may have to override, as far as its page shows such a front; the last is nothing."""
    host = urlsplit(seen.url).netloc
    shown = _own_front(family, host)
    shown += [
        row["listing"]
        for row in _table()["variant"]
        if row["family"] == family and re.search(row["marks"], seen.text)
    ]
    return [*(_filled(listing, host) for listing in shown), {}]


def _own_front(family: str, host: str) -> list[dict[str, Any]]:
    """A service that the family asks on a host of its own may stand on the portal's."""
    url = load_profile(family).listing.request.url or ""
    parts = urlsplit(url)
    return (
        [{"request": {"url": url[url.index(parts.netloc) + len(parts.netloc) :]}}]
        if parts.netloc not in ("", host)
        else []
    )


def _filled(listing: dict[str, Any], host: str) -> dict[str, Any]:
    return {
        key: _filled(value, host) if isinstance(value, dict) else value.replace("{host}", host)
        for key, value in listing.items()
    }


def _called(row: dict[str, Any], match: re.Match[str], text: str, base: str) -> Way | None:
    parts = urlsplit(urljoin(base, match.group().replace("&amp;", "&")))
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    if row["family"] != "trs-folder-json":
        asked = {**dict(_script_values(text[match.end() : match.end() + _NEAR])), **asked}
    asked = {name: value for name, value in asked.items() if name not in row.get("drop", ())}
    if any(name not in asked for name in row.get("needs", ())):
        return None
    url = urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(asked, safe="[]/,*:!"), ""))
    return Way(row["family"], url, evidence=f"the page calls {match.group()[:120]}")


def _script_values(text: str) -> Iterator[tuple[str, str]]:
    """The literal values of the ``data: {…}`` that stands behind an address, up to its end; variables are not known."""
    begin = _DATA.search(text[:300])
    if begin is None:
        return
    depth, end = 1, begin.end()
    while end < len(text) and depth:
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
    for name, double, single, number in _PAIR.findall(text[begin.end() : end]):
        yield name, double or single or number


def _asked(row: dict[str, Any], text: str) -> Way | None:
    mark = re.search(row["marks"], text)
    if mark is None:
        return None
    found = {name: re.search(pattern, text) for name, pattern in row["values"].items()}
    params = {name: match.group(1) for name, match in found.items() if match is not None}
    if next(iter(row["values"])) not in params:  # the first is the one without which nothing is listed
        return None
    return Way(
        row["family"], params=params, evidence=f"the page calls {mark.group()[:120]} with {', '.join(params)}"
    )


def sliced(way: Way, total: int | None, pages: int | None, per_page: int) -> Way:
    """The way by ranges of days, where fewer entries can be asked for than there are; else the way itself."""
    row = next((row for row in _table()["capped"] if row["family"] == way.family), None)
    if row is None or not total or not pages or pages * per_page >= total:
        return way
    field_name = dict(parse_qsl(urlsplit(way.url or "").query)).get(row["by"])
    if field_name is None:
        return way
    rule = {"cap": pages * per_page, "from_param": row["from"].replace("{by}", field_name)}
    rule["to_param"] = row["to"].replace("{by}", field_name)
    request = {**way.listing.get("request", {}), "slices": rule}
    said = f"{way.evidence}; {pages} pages of {total} entries can be asked for"
    return replace(way, listing={**way.listing, "request": request}, evidence=said)
