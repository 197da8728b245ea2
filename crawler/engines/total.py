"""How long a listing says it is: the ``[[listing.paging.total]]`` rules over a page (platforms.md §1, §5,
§22).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache

from lxml import etree

from crawler.engines.calls import SIGNATURES, Announced, announced, called, from_values, objects
from crawler.engines.comments import without_comments
from crawler.platforms.model import Paging, TotalRule
from crawler.selectors import compile_selector

_STANDARD = frozenset({"createPageHTML", "createPage"})
_TAG = re.compile(r"<[^<>]{0,2000}>")
_NUMBER = re.compile(r"[0-9]{1,9}")


def read_total(paging: Paging, text: str, root: etree._Element | None) -> Announced:
    """What ``text`` (and its tree ``root``) announces: every rule adds what the ones before it did not say.

    What stands in comments counts only where nothing else says how long the listing is: a pager that was left
    there is an old one, unless the whole list stands in the comment. Where only one of pages and records is
    said, ``paging.per_page`` (or a rule's) turns records into pages.
    """
    known = _said(paging, _Source(without_comments(text), root))
    if known.pages is None and known.records is None:
        known = _filled(known, _said(paging, _Source(text, root)))
    per_page = known.per_page or paging.per_page
    if known.pages is None and known.records is not None and per_page:
        known = replace(known, pages=max(1, -(-known.records // per_page)))
    return known


def _said(paging: Paging, source: _Source) -> Announced:
    known = Announced()
    for rule in paging.total:
        said = next(_facts(rule, source), None)
        if said is not None:
            known = _filled(known, said)
    return known


def _filled(known: Announced, more: Announced) -> Announced:
    missing = {
        field.name: getattr(more, field.name)
        for field in fields(Announced)
        if getattr(known, field.name) is None and getattr(more, field.name) is not None
    }
    return replace(known, **missing) if missing else known


@dataclass(frozen=True)
class _Source:
    text: str
    root: etree._Element | None

    @cached_property
    def plain(self) -> str:
        """The text without tags, white space collapsed."""
        return " ".join(_TAG.sub(" ", self.text).split())


def _facts(rule: TotalRule, source: _Source) -> Iterator[Announced]:
    text = source.text
    if rule.call is not None and rule.keys:
        for inside in objects(text, rule.call):
            values = {meaning: _property(inside, key) for meaning, key in rule.keys.items()}
            if any(value is not None for value in values.values()):
                yield from_values(values)
    elif rule.call is not None:
        signatures = (tuple(rule.args), *SIGNATURES) if rule.call in _STANDARD else (tuple(rule.args),)
        for arguments in called(text, rule.call):
            for signature in signatures:
                said = announced(arguments, signature) if signature else None
                if said is not None:
                    yield said
                    break
    elif rule.var is not None:
        yield from _numbered(rule, _variable(text, rule.var))
    elif rule.regex is not None:
        pattern = _regex(rule.regex)
        found = pattern.findall(text) or pattern.findall(source.plain)
        yield from _numbered(rule, _first_group(found[-1]) if found else None)
    elif rule.css is not None and source.root is not None:
        numbers = (_NUMBER.search(value) for value in compile_selector(rule.css).values(source.root))
        yield from _numbered(rule, next((match.group() for match in numbers if match), None))


def _first_group(found: str | tuple[str, ...]) -> str:
    return found if isinstance(found, str) else found[0]


def _numbered(rule: TotalRule, digits: str | None) -> Iterator[Announced]:
    if digits is not None and _NUMBER.fullmatch(digits):
        yield from_values({rule.is_: int(digits)})


def _variable(text: str, name: str) -> str | None:
    """The number that a variable is set to; ``object.key`` also where the object is written out."""
    if name.rpartition(".")[2] not in text:
        return None
    match = _assigned(name).search(text)
    if match:
        return match.group(1)
    holder, _, key = name.rpartition(".")
    if not holder:
        return None
    inside = _written_out(holder).search(text)
    value = _property(inside.group(1), key) if inside else None
    return str(value) if isinstance(value, int) else None


def _property(inside: str, key: str) -> int | str | None:
    match = _key(key).search(inside)
    if match is None:
        return None
    text = match.group(1) or match.group(2) or match.group(3)
    return int(text) if _NUMBER.fullmatch(text) else text


@lru_cache(maxsize=64)
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@lru_cache(maxsize=64)
def _assigned(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$.]){re.escape(name)}\s{{0,20}}[=:]\s{{0,20}}['\"]?([0-9]{{1,9}})\b")


@lru_cache(maxsize=64)
def _written_out(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$.]){re.escape(name)}\s{{0,20}}=\s{{0,20}}\{{([^{{}}]{{0,2000}})\}}")


@lru_cache(maxsize=64)
def _key(name: str) -> re.Pattern[str]:
    value = r"""(?:'([^'\n]{1,200})'|"([^"\n]{1,200})"|([0-9]{1,9})\b)"""
    return re.compile(rf"""(?<![\w$])['"]?{re.escape(name)}['"]?\s{{0,20}}:\s{{0,20}}{value}""")
