"""JavaScript calls in the text of a page, and what their arguments say of a listing's length.

Only calls with literal arguments are read; the definition of a function, whose arguments are names, is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

_ARGUMENT = re.compile(r"""\s{0,40}(?:'([^'\n]{0,200})'|"([^"\n]{0,200})"|([^,'"\n]{0,80}))\s{0,40}(,|$)""")
_STEM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
_EXT = re.compile(r"\.?([A-Za-z]{2,6})")
_TEXTUAL = frozenset({"stem", "ext", "container"})
MAX_CALLS = 50

SIGNATURES: tuple[tuple[str, ...], ...] = (
    ("container", "pages", "current1", "stem", "ext", "records"),
    ("container", "pages", "current1", "stem", "ext"),
    ("records", "pages", "current0", "stem", "ext"),
    ("records", "pages", "current0"),
    ("pages", "current0", "stem", "ext"),
    ("pages", "current0"),
)
"""The known forms of ``createPageHTML`` and ``createPage`` (platforms.md §1, §5, §33), told apart by the
kinds of their first arguments: a quoted first one is UCAP's container; three leading numbers are
records, pages, current.
"""


@dataclass(frozen=True, slots=True)
class Announced:
    """What a page says of its listing's length, and how the next pages are called (None: not said)."""

    pages: int | None = None
    records: int | None = None
    per_page: int | None = None
    stem: str | None = None
    ext: str | None = None


Value = int | str | None


def called(text: str, name: str) -> Iterator[list[Value]]:
    """The arguments of each call of ``name``: numbers as int, quoted texts as str, anything else None."""
    if name not in text:
        return
    for match in islice(_call(name).finditer(text), MAX_CALLS):
        yield _arguments(match.group(1))


def objects(text: str, name: str) -> Iterator[str]:
    """The inside of the object that each call of ``name`` is given."""
    if name not in text:
        return
    for match in islice(_object_call(name).finditer(text), MAX_CALLS):
        yield match.group(1)


def announced(arguments: Sequence[Value], meaning: Sequence[str]) -> Announced | None:
    """What ``arguments`` say if they are of the kinds that ``meaning`` names, in that order; None if they
    are not.
    """
    if len(arguments) < len(meaning):
        return None
    if all(name not in _TEXTUAL for name in meaning) and len(arguments) > len(meaning):
        following = arguments[len(meaning)]
        if isinstance(following, int):
            return None
    named: dict[str, Value] = {}
    for name, value in zip(meaning, arguments, strict=False):
        if name == "_":
            continue
        if not isinstance(value, str if name in _TEXTUAL else int):
            return None
        named[name] = value
    return from_values(named)


def from_values(values: Mapping[Any, Value]) -> Announced:
    """The facts among named values; a stem or extension that could lead elsewhere is left out."""
    stem, ext = values.get("stem"), values.get("ext")
    return Announced(
        pages=_number(values.get("pages")),
        records=_number(values.get("records")),
        per_page=_number(values.get("per_page")) or None,
        stem=stem if isinstance(stem, str) and _STEM.fullmatch(stem) and ".." not in stem else None,
        ext=match.group(1) if isinstance(ext, str) and (match := _EXT.fullmatch(ext)) else None,
    )


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def _arguments(text: str) -> list[Value]:
    values: list[Value] = []
    at = 0
    while at <= len(text) and (match := _ARGUMENT.match(text, at)):
        single, double, bare, comma = match.groups()
        quoted = single if single is not None else double
        plain = (quoted if quoted is not None else bare).strip()
        if re.fullmatch(r"[0-9]{1,9}", plain):
            values.append(int(plain))
        else:
            values.append(plain if quoted is not None else None)
        at = match.end()
        if not comma:
            break
    return values


@lru_cache(maxsize=64)
def _call(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$]){re.escape(name)}\s{{0,20}}\(([^()]{{0,600}})\)")


@lru_cache(maxsize=64)
def _object_call(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$]){re.escape(name)}\s{{0,20}}\(\s{{0,20}}\{{([^{{}}]{{0,2000}})\}}")
