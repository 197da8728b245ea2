"""What a JSON answer keeps where, when nobody has said so: by names that real services use, and by form."""

from __future__ import annotations

import json
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
    "index_number": re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{1,50}[/-](?:19|20)\d\d(?:\d\d)?-\d{3,10}"),
    "document_number": re.compile(
        r"[\u4e00-\u9fff]{2,20}\s?[〔﹝\[［(（]\s?(?:19|20)\d\d\s?[〕﹞\]］)）]\s?\d{1,5}\s?号"
    ),
}
"""What two fields look like (platforms.md §29), for services that call them ``table-2`` or ``f_2023419305471``."""
_DAY = re.compile(r"(?:19|20)\d\d[-./年]\d{1,2}[-./月]\d{1,2}.{0,20}")
_NUMBER_DAY = re.compile(r"(?:19|20)\d{6}(?:\d{6})?|[6-9]\d{8}(?:\d{3})?|1\d{9}(?:\d{3})?")
"""20240102, 20240102153000, and epochs since 1990 in seconds or milliseconds: many numbers look so, so that the key has
to speak of time."""
_OF_TIME = re.compile(r"time|date|day|rq|sj|riqi|shijian|cwr|fbr", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?:)?//[^\s\"'<>]{4,2000}|\.{0,2}/[^\s\"'<>]{3,2000}|[\w./-]{1,300}\.(?:[sx]?html?|jsp|aspx?|do|php)(?:\?[^\s\"'<>]{0,1000})?"
)
_NO_PAGE = re.compile(r"\.(?:png|jpe?g|gif|svg|ico|bmp|webp|js|css|mp4|mp3)(?:\?|$)", re.IGNORECASE)
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
    value = _opened(value)
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
    value = _opened(value)
    if isinstance(value, list):
        objects = [element for element in value if isinstance(element, dict)]
        if objects:
            yield objects
        value = dict(enumerate(value[:3]))
    if isinstance(value, dict):
        for inner in list(value.values())[:_MOST_LISTS]:
            yield from lists(inner, depth + 1)


def _opened(value: Any) -> Any:
    """What a string that holds JSON holds; anything else as it is."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value, strict=False)
    except (ValueError, RecursionError):
        return value


def look_like_entries(items: Sequence[Mapping[str, Any]]) -> bool:
    """Whether most have an address and a title, under a well-known name or one that looks so."""
    good = 0
    titled, addressed = title_key(items) is not None, address_key(items) is not None
    for item in items:
        low = {key.lower(): key for key in item}
        good += bool(
            (addressed or known_values(item, low, names()["url"]))
            and (titled or known_values(item, low, names()["title"]))
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
    for name, known in (("published_on", _day_key(items)), ("url", address_key(items))):
        if known is not None:
            found[name] = known
    return found


def address_key(items: Sequence[Mapping[str, Any]]) -> str | None:
    """The key whose texts are addresses of pages, another one in each entry, for services that call it as nobody else."""
    values: dict[str, set[str]] = {}
    for item in items[:100]:
        for key, value in item.items():
            if isinstance(value, str) and _ADDRESS.fullmatch(value) and not _NO_PAGE.search(value):
                values.setdefault(key, set()).add(value)
    shown = min(len(items), 100)
    likely = [key for key, found in values.items() if len(found) * 10 >= shown * 9]
    return max(likely, key=lambda key: len(values[key]), default=None)


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
        days.update(key for key, value in item.items() if _is_day(key, value))
    likely = [key for key, count in days.items() if count * 10 >= min(len(items), 100) * 8]
    return next(
        (key for key in likely if "pub" in key.lower() or "fb" in key.lower()), next(iter(likely), None)
    )


def _is_day(key: str, value: Any) -> bool:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return True
    number = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return _OF_TIME.search(key) is not None and _NUMBER_DAY.fullmatch(number) is not None


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
