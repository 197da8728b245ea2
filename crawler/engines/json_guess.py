"""What a JSON answer keeps where, when nobody has said so: by names that real services use, and by form."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from crawler.json_paths import number_of, text_of_value

_MOST_LISTS = 200
_MOST_STRINGS = 500
FORMS = {
    "index_number": re.compile(r"[0-9A-Za-z]{8,20}/(?:19|20)\d\d(?:\d\d)?-\d{3,10}"),
    "document_number": re.compile(
        r"[\u4e00-\u9fff]{2,20}\s?[〔﹝\[［(（]\s?(?:19|20)\d\d\s?[〕﹞\]］)）]\s?\d{1,5}\s?号"
    ),
}
"""What two fields look like (platforms.md §29), for services that call them ``table-2`` or ``f_2023419305471``."""
_DAY = re.compile(r"(?:19|20)\d\d[-./年]\d{1,2}[-./月]\d{1,2}.{0,20}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_TITLE_LENGTHS = range(8, 200)


@cache
def names() -> Mapping[str, Any]:
    """The well-known names, by what stands under them."""
    text = (files("crawler.engines") / "json_names.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def known_texts(item: Mapping[str, Any], low: Mapping[str, str], name: str, guess: bool) -> list[str]:
    """The texts under well-known names, a title one object further down (``tip.title``) too; none without ``guess``."""
    if not guess:
        return []
    texts = []
    for value in known_values(item, low, names()[name]):
        reached = value.get("title") if isinstance(value, dict) else value  # tip: {title, dates}
        text = text_of_value(reached)
        if text:
            texts.append(text)
    return texts


def known_values(item: Mapping[str, Any], low: Mapping[str, str], known: Sequence[str]) -> list[Any]:
    """The values under well-known names, also one object further down (``tip.dates``, ``data.title``)."""
    values = [item[low[name]] for name in known if name in low]
    for inner in item.values():
        if isinstance(inner, dict):
            inside = {key.lower(): key for key in inner}
            values += [inner[inside[name]] for name in known if name in inside]
    return values


def known_numbers(value: Any, known: Sequence[str], depth: int) -> Iterator[int | None]:
    """The numbers under known names in the objects around the list, the outer ones first."""
    if not isinstance(value, dict) or depth > 4:
        return
    low = {key.lower(): here for key, here in value.items()}
    yield from (
        number_of(low[name]) for name in known if name in low and not isinstance(low[name], dict | list)
    )
    for here in value.values():
        yield from known_numbers(here, known, depth + 1)


def lists(value: Any, depth: int = 0) -> Iterator[list[dict[str, Any]]]:
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
            yield from lists(inner, depth + 1)


def look_like_entries(items: Sequence[Mapping[str, Any]]) -> bool:
    """Whether most have an address under a well-known name, and a title under one or one that looks so."""
    good = 0
    titled = title_key(items) is not None
    for item in items:
        low = {key.lower(): key for key in item}
        good += bool(
            known_values(item, low, names()["url"]) and (titled or known_values(item, low, names()["title"]))
        )
    return good * 2 > len(items)


def says_nothing(answer: Any) -> bool:
    """Whether an answer without entries is an empty listing: a known name holds an empty list, or a total is 0."""
    if answer == []:
        return True
    if 0 in known_numbers(answer, names()["total"], 0):
        return True
    return any(value in ([], {}) for value in _under(answer, names()["items"], 0))


def _under(value: Any, known: Sequence[str], depth: int) -> Iterator[Any]:
    if isinstance(value, dict) and depth <= 4:
        for key, inner in value.items():
            if key.lower() in known:
                yield inner
            yield from _under(inner, known, depth + 1)


def opaque_keys(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Record field → the key whose texts have that field's form in most entries that have any."""
    found: dict[str, str] = {}
    for name, form in FORMS.items():
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
    day = _day_key(items)
    return {**found, "published_on": day} if day is not None else found


def title_key(items: Sequence[Mapping[str, Any]]) -> str | None:
    """The key whose texts look like titles, for services that call everything ``f_…``: Chinese, of a title's length,
    another one in each entry, the longest on average.
    """
    texts: dict[str, list[str]] = {}
    for item in items[:100]:
        for key, value in item.items():
            if isinstance(value, str) and len(value) in _TITLE_LENGTHS and _CHINESE.search(value):
                texts.setdefault(key, []).append(value)
    shown = min(len(items), 100)
    likely = [
        key
        for key, values in texts.items()
        if len(values) * 10 >= shown * 9 and len(set(values)) * 10 >= len(values) * 8
    ]
    return max(likely, key=lambda key: sum(map(len, texts[key])) / len(texts[key]), default=None)


def _day_key(items: Sequence[Mapping[str, Any]]) -> str | None:
    """The key whose texts are days in most entries; one that speaks of publication goes first."""
    days: Counter[str] = Counter()
    for item in items[:100]:
        days.update(key for key, value in item.items() if isinstance(value, str) and _DAY.fullmatch(value))
    likely = [key for key, count in days.items() if count * 10 >= min(len(items), 100) * 8]
    return next(
        (key for key in likely if "pub" in key.lower() or "fb" in key.lower()), next(iter(likely), None)
    )


def markup_strings(value: Any, depth: int = 0) -> list[str]:
    """The strings of an answer that hold links, in its order; else those that hold any markup."""
    found = _markup(value, depth)
    return [text for text in found if "<a" in text or "<A" in text] or found


def _markup(value: Any, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value] if "<" in value and ">" in value else []
    if depth > 6 or not isinstance(value, dict | list):
        return []
    inside = list(value.values() if isinstance(value, dict) else value)[:_MOST_STRINGS]
    return [found for inner in inside for found in _markup(inner, depth + 1)]
