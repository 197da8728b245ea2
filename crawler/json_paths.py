"""Paths into JSON answers, and their values as texts and dates.

A path is keys joined by dots: ``data.list``. A list on the way is gone through whole; ``*`` takes every value
of an object; ``[key=refno]`` behind a key keeps the elements of which that is true
(``domainMetaList.resultList[key=refno].value``); a string that holds JSON is gone into.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from pipelines.dates import first_date

_STEP = re.compile(r"([^.\[\]]{0,80})(?:\[([^\[\]=]{1,80})=([^\[\]]{0,80})\])?")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_PERCENT_U = re.compile(r"%u([0-9A-Fa-f]{4})")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_EPOCH = re.compile(r"-?\d{9,10}|-?\d{12,13}")
_COMPACT = re.compile(
    r"((?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))\d{4}(?:\d\d)?"
)  # 20240102153000
_OFFSET = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.{0,12}(?:Z|[+-]\d\d:?\d\d)")
SHANGHAI = timezone(timedelta(hours=8))
_MILLISECONDS = 10**11
_MOST = 10_000


@lru_cache(maxsize=1024)
def steps(path: str) -> tuple[tuple[str, str | None, str | None], ...]:
    """The steps of a path; raises ``ValueError`` if it is none."""
    found = []
    for part in re.split(r"\.(?![^\[]*\])", path):
        match = _STEP.fullmatch(part)
        if match is None or not (match[1] or match[2]):
            raise ValueError(f"has the path '{path}': write keys joined by dots, as data.list")
        found.append((match[1], match[2], match[3]))
    return tuple(found)


def find(value: Any, path: str) -> list[Any]:
    """Everything at ``path``, lists on the way gone through; the last step's value as it is."""
    found = [value]
    for key, name, wanted in steps(path):
        reached: list[Any] = []
        for here in found:
            for element in _elements(here):
                reached += _step(element, key)
        if name is not None:
            spread = (element for here in reached for element in _elements(here))
            reached = [
                element
                for element in spread
                if isinstance(element, dict) and _same(element.get(name), wanted)
            ]
        found = reached[:_MOST]
    return found


def text_at(value: Any, path: str) -> str | None:
    """The first text at ``path``, as :func:`text_of_value` writes it."""
    return next(filter(None, map(text_of_value, find(value, path))), None)


def text_of_value(value: Any) -> str | None:
    """A value as text without markup, entities, ``%uXXXX`` and spare white space; lists joined by 、."""
    if isinstance(value, bool) or value is None or isinstance(value, dict):
        return None
    if isinstance(value, list):
        texts = [text for text in map(text_of_value, value[:50]) if text]
        return "、".join(texts) or None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unpercented(str(value))
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    return " ".join(_sound(text).split()) or None


def raw_text(value: Any) -> str | None:
    """A string or number as it is, for addresses."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return unpercented(str(value)).strip() or None


def date_of(value: Any) -> str | None:
    """The day (YYYY-MM-DD, Asia/Shanghai) of an epoch in seconds or milliseconds, an ISO time or a written date."""
    text = text_of_value(value)
    if text is None:
        return None
    if compact := _COMPACT.fullmatch(text):
        return first_date(compact.group(1))
    if _EPOCH.fullmatch(text):
        return _day(int(text))
    if _OFFSET.fullmatch(text):
        try:
            return datetime.fromisoformat(text).astimezone(SHANGHAI).date().isoformat()
        except (ValueError, OverflowError):
            return first_date(text)
    return first_date(text)


def number_of(value: Any) -> int | None:
    """A count, also one written as text; None for anything else and below 0."""
    text = text_of_value(value)
    return int(text) if text is not None and re.fullmatch(r"\d{1,9}", text) else None


def unpercented(text: str) -> str:
    """``text`` with JavaScript's ``escape`` undone, where it holds a ``%uXXXX`` (platforms.md §1c)."""
    if "%u" not in text or not _PERCENT_U.search(text):
        return text
    plain = _PERCENT_U.sub(lambda match: chr(int(match.group(1), 16)), text)
    return _sound(_PERCENT.sub(lambda match: chr(int(match.group(1), 16)), plain))


def _sound(text: str) -> str:
    """Surrogates paired, lone ones replaced."""
    if not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _day(epoch: int) -> str | None:
    seconds = epoch / 1000 if abs(epoch) >= _MILLISECONDS else epoch
    day = datetime(1970, 1, 1, tzinfo=SHANGHAI) + timedelta(hours=8, seconds=seconds)
    return day.date().isoformat() if 1900 <= day.year <= 2199 else None


def _elements(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for element in value:
            yield from _elements(element) if isinstance(element, list) else (element,)
    else:
        yield value


def _step(element: Any, key: str) -> list[Any]:
    if not key:
        return [element]
    if isinstance(element, str) and element.lstrip()[:1] in ("{", "["):
        try:
            return [
                reached
                for part in _elements(json.loads(element, strict=False))
                for reached in _step(part, key)
            ]
        except (ValueError, RecursionError):
            return []
    if not isinstance(element, dict):
        return []
    if key == "*":
        return list(element.values())
    return [element[key]] if key in element else []


def _same(value: Any, wanted: str | None) -> bool:
    return value is not None and str(value) == wanted
