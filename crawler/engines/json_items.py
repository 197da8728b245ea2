"""From a JSON answer to entries: by the profile's paths, and by well-known names where those say nothing.

Families share their services' shapes, not their field names (platforms.md §1e, §1f), so that names seen at any
portal are tried behind the profile's own; what stands under an opaque name (``f_2023419305471``) may be known
by its form.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from crawler.engines import links
from crawler.engines.base import Entry
from crawler.engines.row_values import best_title, field_value
from crawler.json_paths import date_of, find, number_of, raw_text, text_at, text_of_value
from crawler.portals.plan import DirectoryPlan

_PLACE = re.compile(r"\{([^{}]{1,120})\}")
_FORMS = {
    "index_number": re.compile(r"[0-9A-Za-z]{8,20}/(?:19|20)\d\d(?:\d\d)?-\d{3,10}"),
    "document_number": re.compile(
        r"[\u4e00-\u9fff]{2,20}\s?[〔﹝\[［(（]\s?(?:19|20)\d\d\s?[〕﹞\]］)）]\s?\d{1,5}\s?号"
    ),
}
"""What two fields look like (platforms.md §29), for services that call them ``table-2`` or ``f_2023419305471``."""
_DAYS = frozenset({"written_on", "effective_on", "expires_on"})
_MOST_LISTS = 200


@cache
def names() -> Mapping[str, Any]:
    """The well-known names, by what stands under them."""
    text = (files("crawler.engines") / "json_names.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def items_of(plan: DirectoryPlan, answer: Any) -> list[dict[str, Any]] | None:
    """The entries' objects; None where the answer has no list of them, an empty one where it is empty."""
    rule = plan.listing.json_
    found = [reached for path in rule.items if (reached := find(answer, path))]
    if found:
        listed = (reached for reached in found if any(isinstance(value, list) for value in reached))
        return _objects(
            next(listed, found[0])
        )  # an object is a list of objects only where no path leads to a list
    if rule.items and not rule.guess:
        return None
    lists = [found for found in _lists(answer) if _looks_like_entries(found)]
    return max(lists, key=len, default=[] if rule.items or _says_nothing(answer) else None)


def entries_of(plan: DirectoryPlan, items: Sequence[Mapping[str, Any]]) -> tuple[tuple[Entry, ...], int]:
    """The entries of ``items``, each address once, and how many gave none."""
    opaque = _opaque_keys(items) if plan.listing.json_.guess else {}
    entries: dict[str, Entry] = {}
    skipped = 0
    for item in items:
        entry = _entry(plan, item, opaque)
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
    return next(filter(lambda number: number is not None, _known_numbers(answer, names()[name], 0)), None)


def _known_numbers(value: Any, known: Sequence[str], depth: int) -> Iterator[int | None]:
    """The numbers under known names in the objects around the list, the outer ones first."""
    if not isinstance(value, dict) or depth > 4:
        return
    low = {key.lower(): here for key, here in value.items()}
    yield from (
        number_of(low[name]) for name in known if name in low and not isinstance(low[name], dict | list)
    )
    for here in value.values():
        yield from _known_numbers(here, known, depth + 1)


def _entry(plan: DirectoryPlan, item: Mapping[str, Any], opaque: Mapping[str, str]) -> Entry | None:
    rule = plan.listing.json_
    low = {key.lower(): key for key in item}
    url = _address(plan, item, low)
    if url is None:
        return None
    like = links.likeness(plan.urls, plan.portal.own_hosts, url)
    if like is None:
        return None
    title, pinned = best_title([*_texts(item, rule.title), *_known_texts(item, low, "title", rule.guess)])
    published = next(
        filter(None, (date_of(value) for path in rule.published_on for value in find(item, path))), None
    )
    if published is None and rule.guess:
        published = next(
            filter(None, (date_of(value) for value in _known(item, low, names()["published_on"]))), None
        )
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
        values += _known(item, low, known.get(name, ()))
        texts = (date_of(value) if name in _DAYS else text_of_value(value) for value in values)
        found = next(filter(None, (field_value(name, text) for text in texts if text)), None)
        if found is not None:
            fields[name] = found
    for name, key in opaque.items():
        text = text_of_value(item.get(key))
        if name not in fields and text is not None and _FORMS[name].fullmatch(text):
            fields[name] = text
    return fields


def _address(plan: DirectoryPlan, item: Mapping[str, Any], low: Mapping[str, str]) -> str | None:
    rule = plan.listing.json_
    base = plan.portal.absolute(rule.base) if rule.base else plan.portal.base_url
    for raw in (*_written(item, rule.url), *_known_addresses(item, low, rule.guess)):
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
        for value in _known(item, low, names()["url"]):
            reached = find(value, "pc") if isinstance(value, str) and value[:1] == "{" else [value]
            yield from filter(None, map(raw_text, reached))


def _on_host(url: str, host: str) -> str:
    scheme, _, rest = url.partition("://")
    _, slash, path = rest.partition("/")
    return f"{scheme}://{host}{slash}{path}"


def _texts(item: Mapping[str, Any], paths: Sequence[str]) -> list[str]:
    return [text for path in paths if (text := text_at(item, path))]


def _known_texts(item: Mapping[str, Any], low: Mapping[str, str], name: str, guess: bool) -> list[str]:
    if not guess:
        return []
    texts = []
    for value in _known(item, low, names()[name]):
        reached = value.get("title") if isinstance(value, dict) else value  # tip: {title, dates}
        text = text_of_value(reached)
        if text:
            texts.append(text)
    return texts


def _known(item: Mapping[str, Any], low: Mapping[str, str], known: Sequence[str]) -> list[Any]:
    """The values under well-known names, also one object further down (``tip.dates``, ``data.title``)."""
    values = [item[low[name]] for name in known if name in low]
    for inner in item.values():
        if isinstance(inner, dict):
            inside = {key.lower(): key for key in inner}
            values += [inner[inside[name]] for name in known if name in inside]
    return values


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


def _lists(value: Any, depth: int = 0) -> Iterator[list[dict[str, Any]]]:
    """Every list of objects in an answer, down to a bounded depth."""
    if depth > 6:
        return
    if isinstance(value, list):
        objects = [element for element in value if isinstance(element, dict)]
        if objects:
            yield objects
        value = dict(enumerate(value[:3]))
    if isinstance(value, dict):
        for inner in list(value.values())[:_MOST_LISTS]:
            yield from _lists(inner, depth + 1)


def _looks_like_entries(items: Sequence[Mapping[str, Any]]) -> bool:
    """Whether most have an address and a title under well-known names."""
    good = 0
    for item in items:
        low = {key.lower(): key for key in item}
        good += bool(_known(item, low, names()["url"]) and _known(item, low, names()["title"]))
    return good * 2 > len(items)


def _says_nothing(answer: Any) -> bool:
    """Whether an answer without entries is an empty listing: a known name holds an empty list, or a total is 0."""
    if answer == []:
        return True
    if 0 in _known_numbers(answer, names()["total"], 0):
        return True
    return any(value == [] for value in _under(answer, names()["items"], 0))


def _under(value: Any, known: Sequence[str], depth: int) -> Iterator[Any]:
    if isinstance(value, dict) and depth <= 4:
        for key, inner in value.items():
            if key.lower() in known:
                yield inner
            yield from _under(inner, known, depth + 1)


def _opaque_keys(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Record field → the key whose texts have that field's form in most entries that have any."""
    found: dict[str, str] = {}
    for name, form in _FORMS.items():
        fitting: Counter[str] = Counter()
        filled: Counter[str] = Counter()
        for item in items[:100]:
            for key, value in item.items():
                if isinstance(value, str) and value:
                    filled[key] += 1
                    fitting[key] += len(value) < 60 and form.fullmatch(value) is not None
        best = max(fitting, key=lambda key: fitting[key], default=None)
        if best is not None and fitting[best] * 2 > filled[best]:
            found[name] = best
    return found
