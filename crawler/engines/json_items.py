"""From a JSON answer to entries: by the profile's paths, and by well-known names where those say nothing.

Families share their services' shapes, not their field names (platforms.md §1e, §1f), so that names seen at any
portal are tried behind the profile's own; what stands under an opaque name (``f_2023419305471``) may be known
by its form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from crawler.engines import links
from crawler.engines.base import Entry
from crawler.engines.json_guess import (
    FORMS,
    known_numbers,
    known_texts,
    known_values,
    lists,
    look_like_entries,
    names,
    opaque_keys,
    says_nothing,
    title_key,
)
from crawler.engines.row_values import best_title, field_value
from crawler.json_paths import date_of, find, number_of, raw_text, text_at, text_of_value
from crawler.portals.plan import DirectoryPlan

_PLACE = re.compile(r"\{([^{}]{1,120})\}")
_DAYS = frozenset({"written_on", "effective_on", "expires_on"})


def items_of(plan: DirectoryPlan, answer: Any) -> list[dict[str, Any]] | None:
    """The entries' objects; None where the answer has no list of them, an empty one where it is empty."""
    rule = plan.listing.json_
    found = [reached for path in rule.items if (reached := find(answer, path))]
    if found:
        # An object is an entry, or holds entries by key, only where no path leads to a list.
        listed = (reached for reached in found if any(isinstance(value, list) for value in reached))
        return _objects(next(listed, found[0]))
    if rule.items and not rule.guess:
        return None
    likely = (objects for objects in lists(answer) if look_like_entries(objects))
    return max(likely, key=len, default=[] if says_nothing(answer) else None)


def entries_of(plan: DirectoryPlan, items: Sequence[Mapping[str, Any]]) -> tuple[tuple[Entry, ...], int]:
    """The entries of ``items``, each address once, and how many gave none."""
    opaque = opaque_keys(items) if plan.listing.json_.guess else {}
    titled = title_key(items) if plan.listing.json_.guess else None
    entries: dict[str, Entry] = {}
    skipped = 0
    for item in items:
        entry = _entry(plan, item, opaque, titled)
        if entry is None:
            skipped += 1
        else:
            entries.setdefault(entry.url, entry)
    return tuple(entries.values()), skipped


def totals_of(plan: DirectoryPlan, answer: Any) -> tuple[int | None, int | None]:
    """How many entries and pages the answer announces (None: it does not say)."""
    rule = plan.listing.json_
    return _count(answer, rule.total, "total", rule.guess), _count(answer, rule.pages, "pages", rule.guess)


def _count(answer: Any, paths: Sequence[str], name: str, guess: bool) -> int | None:
    for path in paths:
        for value in find(answer, path):
            number = number_of(value)
            if number is not None:
                return number
    if paths or not guess:
        return None
    return next(filter(lambda number: number is not None, known_numbers(answer, names()[name], 0)), None)


def _entry(
    plan: DirectoryPlan, item: Mapping[str, Any], opaque: Mapping[str, str], titled: str | None
) -> Entry | None:
    rule = plan.listing.json_
    low = {key.lower(): key for key in item}
    url = _address(plan, item, low, opaque)
    if url is None:
        return None
    like = links.likeness(plan.urls, plan.portal.own_hosts, url)
    if like is None:
        return None
    shown = [*_texts(item, rule.title), *known_texts(item, low, "title", rule.guess)]
    title, pinned = best_title(shown or _texts(item, [titled] if titled else []))
    published = next(
        filter(None, (date_of(value) for path in rule.published_on for value in find(item, path))), None
    )
    if published is None and rule.guess:
        values = [*known_values(item, low, names()["published_on"]), item.get(opaque.get("published_on", ""))]
        published = next(filter(None, map(date_of, values)), None)
    if published is None and (plan.listing.dated or (like == "offsite" and title is None)):
        return None
    return Entry(url, title, published, _fields(plan, item, low, opaque), pinned)


def _fields(
    plan: DirectoryPlan, item: Mapping[str, Any], low: Mapping[str, str], opaque: Mapping[str, str]
) -> dict[str, str]:
    rule = plan.listing.json_
    fields: dict[str, str] = {}
    known: Mapping[str, Sequence[str]] = names()["fields"] if rule.guess else {}
    for name in (*rule.fields, *(name for name in known if name not in rule.fields)):
        values = [value for path in rule.fields.get(name, ()) for value in find(item, path)]
        values += known_values(item, low, known.get(name, ()))
        texts = (date_of(value) if name in _DAYS else text_of_value(value) for value in values)
        found = next(filter(None, (field_value(name, text) for text in texts if text)), None)
        if found is not None:
            fields[name] = found
    for name, key in opaque.items():
        text = text_of_value(item.get(key))
        if name in FORMS and name not in fields and text is not None and FORMS[name].fullmatch(text):
            fields[name] = text
    return fields


def _address(
    plan: DirectoryPlan, item: Mapping[str, Any], low: Mapping[str, str], opaque: Mapping[str, str]
) -> str | None:
    rule = plan.listing.json_
    base = plan.portal.absolute(rule.base) if rule.base else plan.portal.base_url
    formed = filter(None, (raw_text(item.get(opaque.get("url", ""))),))
    for raw in (*_written(item, rule.url), *_known_addresses(item, low, rule.guess), *formed):
        url = links.resolve(raw, base)
        if url is not None:
            return _on_host(url, rule.host) if rule.host else url
    return None


def _written(item: Mapping[str, Any], templates: Sequence[str]) -> Iterator[str]:
    """The addresses that paths and templates give."""
    for template in templates:
        if "{" not in template:
            yield from filter(None, map(raw_text, find(item, template)))
            continue
        values = {path: text_at(item, path) for path in _PLACE.findall(template)}
        if all(values.values()):
            yield _PLACE.sub(lambda match: quote(values[match.group(1)] or "", safe=""), template)  # noqa: B023


def _known_addresses(item: Mapping[str, Any], low: Mapping[str, str], guess: bool) -> Iterator[str]:
    if guess:
        for value in known_values(item, low, names()["url"]):
            reached = find(value, "pc") if isinstance(value, str) and value[:1] == "{" else [value]
            yield from filter(None, map(raw_text, reached))


def _on_host(url: str, host: str) -> str:
    scheme, _, rest = url.partition("://")
    _, slash, path = rest.partition("/")
    return f"{scheme}://{host}{slash}{path}"


def _texts(item: Mapping[str, Any], paths: Sequence[str]) -> list[str]:
    return [text for path in paths if (text := text_at(item, path))]


def _objects(found: Sequence[Any]) -> list[dict[str, Any]]:
    """Lists and objects of objects, made one list of objects."""
    objects: list[dict[str, Any]] = []
    for value in found:
        if isinstance(value, list):
            objects += [element for element in value if isinstance(element, dict)]
        elif isinstance(value, dict) and value and all(isinstance(inner, dict) for inner in value.values()):
            objects += value.values()
        elif isinstance(value, dict) and value:
            objects.append(value)
    return objects
